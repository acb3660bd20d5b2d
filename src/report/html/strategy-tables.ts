// The table of every scenario: the columns of the terminal's and Markdown's, and what they mean.
import type { StrategyResult } from '../../result/types.ts';
import { type Column, columnsFor, footnotes, signOf, type Tone } from '../text/columns.ts';
import { joinedHeader } from '../text/markdown.ts';
import { legend, loadOfScenario, nothingToTell, realScaleBounds } from '../text/scenario.ts';
import { timelineTable } from '../text/timeline.ts';
import type { Page, ScenarioRows } from './data.ts';
import { dataTable } from './data-table.ts';
import { html, type Markup, NOTHING } from './markup.ts';

export function strategyTables(page: Page): Markup {
  const { requested, strategies } = page.result;
  const all = requested.scenarios.map((scenario) => ({
    scenario,
    strategies: strategies.filter((one) => one.scenario === scenario.name),
  }));
  return html`<section id="strategies" aria-labelledby="strategies-heading">
<h2 id="strategies-heading">Strategies</h2>
${all.map((rows) => scenarioTable(page, rows))}<details><summary>How it was measured, and what the columns mean</summary>
<ul>${legend(page.result).map((line) => html`<li>${line}</li>\n`)}</ul>
</details>
</section>
`;
}

function scenarioTable({ result }: Page, { scenario, strategies }: ScenarioRows): Markup {
  const notes = [...footnotes(strategies), ...realScaleBounds(strategies)];
  const columns = columnsFor(strategies);
  const table = dataTable({
    caption: `Strategies in ${scenario.name}`,
    head: columns.map(({ header: [first, second] }) => joinedHeader(first, second)),
    textColumns: columns.flatMap(({ align }, i) => (align === 'left' ? [i] : [])),
    rows: strategies.map((strategy) => columns.map((column) => cellOf(column, strategy))),
  });
  const overTime = timelineTable(result, scenario);
  return html`<h3>${scenario.name}</h3>
<p class="circumstances">${loadOfScenario(result.requested, scenario)}</p>
${strategies.length === 0 ? html`<p>${nothingToTell(result, scenario)}.</p>` : table}
${notes.map((line) => html`<p>${line}</p>\n`)}${
  overTime === null
    ? NOTHING
    : dataTable({ caption: `${scenario.name} by half-minutes`, ...overTime, textColumns: [0, 1] })
}`;
}

/** Colour says nothing that the text does not. */
const CLASSES: Readonly<Partial<Record<Tone, string>>> = { good: 'good', bad: 'bad', caution: 'caution' };

function cellOf(column: Column, strategy: StrategyResult): Markup {
  const lines = column
    .cell(strategy)
    .map((line, i) => html`${i === 0 ? NOTHING : html`<br>`}${line.trimStart()}`);
  const text = html`${lines}${signOf(column, strategy)}`;
  const tone = CLASSES[column.tone?.(strategy) ?? 'plain'];
  return tone === undefined ? text : html`<span class="${tone}">${text}</span>`;
}
