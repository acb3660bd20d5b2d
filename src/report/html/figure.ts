// One figure: what is seen in words, the drawings side by side, what the marks mean, and the numbers behind them.
import { type DataTable, dataTable } from './data-table.ts';
import { html, type Markup, NOTHING } from './markup.ts';
import { type Chart, chartMarkup } from './plot.ts';
import { prose } from './unbroken.ts';

export interface Figure {
  readonly id: string;
  /** A conclusion, not "chart of": it is the heading. */
  readonly seen: string;
  /** What the marks stand for. */
  readonly marks: string;
  readonly legend?: Markup;
  /** One drawing a scenario; its heading is left out where there is one only. */
  readonly charts: readonly NamedChart[];
  /** What can be opened below: `Each block in numbers`. */
  readonly summary?: string;
  readonly tables: readonly DataTable[];
}

export interface NamedChart {
  readonly scenario: string;
  readonly chart: Chart;
}

/** Empty without drawings. */
export function figure({ id, seen, marks, legend = NOTHING, charts, summary, tables }: Figure): Markup {
  if (charts.length === 0) return NOTHING;
  return html`<figure id="${id}" aria-labelledby="${id}-seen"${charts.length < 3 ? html` class="few"` : NOTHING}>
<figcaption><h3 id="${id}-seen">${prose(seen)}</h3>
<p class="marks">${prose(marks)}</p>
${legend}</figcaption>
<div class="panels">
${charts.map((one) => named(one, charts.length > 1))}</div>
${numbers(summary, tables)}</figure>
`;
}

function named({ scenario, chart }: NamedChart, several: boolean): Markup {
  return html`<div class="panel">${several ? html`<h4>${scenario}</h4>` : NOTHING}${chartMarkup(chart)}</div>\n`;
}

/** What a drawing would not tell better: a sentence, and the numbers behind it. */
export function statement(id: string, seen: string, tables: readonly DataTable[] = []): Markup {
  return html`<div class="statement" id="${id}">
<p>${prose(seen)}</p>
${numbers(undefined, tables)}</div>
`;
}

function numbers(summary = 'The numbers', tables: readonly DataTable[]): Markup {
  if (tables.length === 0) return NOTHING;
  return html`<details><summary>${summary}</summary>
<div class="tables">
${tables.map(dataTable)}
</div>
</details>
`;
}
