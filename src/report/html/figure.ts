// One figure: what is seen in words, the drawings, what the marks mean, and the numbers behind them.
import { type DataTable, dataTable } from './data-table.ts';
import { html, type Markup, NOTHING } from './markup.ts';
import { type Chart, chartMarkup } from './plot.ts';

export interface Figure {
  readonly id: string;
  /** A conclusion, not "chart of": it is the heading. */
  readonly seen: string;
  /** What the marks stand for. */
  readonly marks: string;
  /** One drawing a scenario; its heading is left out where there is one only. */
  readonly charts: readonly NamedChart[];
  readonly tables: readonly DataTable[];
}

export interface NamedChart {
  readonly scenario: string;
  readonly chart: Chart;
}

/** Empty without drawings. */
export function figure({ id, seen, marks, charts, tables }: Figure): Markup {
  if (charts.length === 0) return NOTHING;
  return html`<figure id="${id}" aria-labelledby="${id}-seen">
<figcaption><h3 id="${id}-seen">${seen}</h3>
<p class="marks">${marks}</p></figcaption>
${charts.map((one) => named(one, charts.length > 1))}
<details><summary>The numbers</summary>
${tables.map(dataTable)}
</details>
</figure>
`;
}

function named({ scenario, chart }: NamedChart, several: boolean): Markup {
  return html`<div class="panel">${several ? html`<h4>${scenario}</h4>` : NOTHING}${chartMarkup(chart)}</div>\n`;
}
