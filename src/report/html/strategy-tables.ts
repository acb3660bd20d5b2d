// The table of every scenario: the columns of the terminal's and Markdown's, and what they mean.
import type { RunResult, StrategyResult } from '../../result/types.ts';
import { type Column, columnsFor, footnotes, signOf, type Tone } from '../text/columns.ts';
import { joinedHeader } from '../text/markdown.ts';
import { legend, loadOfScenario, nothingToTell, realScaleBounds } from '../text/scenario.ts';
import { timelineTable } from '../text/timeline.ts';
import type { Place } from './contents.ts';
import { chartId, type Page, type ScenarioRows } from './data.ts';
import { dataTable } from './data-table.ts';
import { html, type Markup, NOTHING } from './markup.ts';
import { prose, thin } from './unbroken.ts';

export function strategyTables(page: Page): Markup {
  const all = allRows(page.result);
  return html`<section id="strategies" aria-labelledby="strategies-heading">
<h2 id="strategies-heading">Strategies</h2>
${all.map((rows) => scenarioTable(page, rows))}<details><summary>How it was measured, and what the columns mean</summary>
<ul>${legend(page.result).map((line) => html`<li>${prose(line)}</li>\n`)}</ul>
</details>
</section>
`;
}

/** Where the scenarios are. */
export function scenarioPlaces({ result }: Page): Place[] {
  return result.requested.scenarios.map(({ name }) => ({
    id: chartId({ result }, 'scenario', name),
    title: name,
  }));
}

function allRows({ requested, strategies }: RunResult): ScenarioRows[] {
  return requested.scenarios.map((scenario) => ({
    scenario,
    strategies: strategies.filter((one) => one.scenario === scenario.name),
  }));
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
  return html`<div class="scenario" id="${chartId({ result }, 'scenario', scenario.name)}">
<h3>${scenario.name}</h3>
${lines([loadOfScenario(result.requested, scenario)])}${strategies.length === 0 ? html`<p>${nothingToTell(result, scenario)}.</p>` : table}
${notes.map((line) => html`<p class="aside">${prose(line)}</p>\n`)}${
  overTime === null
    ? NOTHING
    : dataTable({ caption: `${scenario.name} by half-minutes`, ...overTime, textColumns: [0, 1] })
}</div>
`;
}

function lines(texts: readonly string[]): Markup {
  if (texts.length === 0) return NOTHING;
  return html`<ul class="circumstances">${texts.map((text) => html`<li>${prose(text)}</li>\n`)}</ul>\n`;
}

/** Colour says nothing that the text does not. */
const CLASSES: Readonly<Partial<Record<Tone, string>>> = { good: 'good', bad: 'bad', caution: 'caution' };

function cellOf(column: Column, strategy: StrategyResult): Markup {
  const texts = column
    .cell(strategy)
    .map((line, i) => html`${i === 0 ? NOTHING : html`<br>`}${thin(line.trimStart())}`);
  const text = html`${texts}${signOf(column, strategy)}`;
  const tone = CLASSES[column.tone?.(strategy) ?? 'plain'];
  return tone === undefined ? text : html`<span class="${tone}">${text}</span>`;
}
