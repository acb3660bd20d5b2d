// One dot a block: how much the blocks of a strategy differ, and whether one of them stands apart.
import type { BlockResult, StrategyResult } from '../../result/types.ts';
import { finishedOf } from '../text/columns.ts';
import { formatCount, formatPercent, plural } from '../words/format.ts';
import { rateAxis } from './axis.ts';
import {
  blocksOf,
  chartId,
  inScenario,
  largest,
  lookOf,
  type Page,
  type ScenarioRows,
  scenarioRowsOf,
} from './data.ts';
import type { DataTable } from './data-table.ts';
import { figure } from './figure.ts';
import type { Markup } from './markup.ts';
import type { Chart } from './plot.ts';
import { type DotsRow, dotsMarks } from './row-marks.ts';
import { rowsChart } from './rows.ts';

export function blocksFigure(page: Page): Markup {
  const { result } = page;
  const most = Math.max(0, ...result.strategies.flatMap((one) => ratesOf(page, one)));
  return figure({
    id: 'blocks',
    seen: seen(page),
    marks:
      'Each small shape is one block; the upright line is the rate of all blocks of the strategy together.',
    charts: scenarioRowsOf(result).map((rows) => ({
      scenario: rows.scenario.name,
      chart: chartOf(page, rows, most),
    })),
    tables: scenarioRowsOf(result).map((rows) => tableOf(page, rows)),
  });
}

function rateOf(block: BlockResult): number {
  return block.failed / finishedOf(block);
}

function finishedBlocks({ result }: Page, strategy: StrategyResult): BlockResult[] {
  return blocksOf(result, strategy).filter((block) => finishedOf(block) > 0);
}

function ratesOf(page: Page, strategy: StrategyResult): number[] {
  return finishedBlocks(page, strategy).map(rateOf);
}

function spanOf(rates: readonly number[]): number {
  return rates.length === 0 ? 0 : Math.max(...rates) - Math.min(...rates);
}

function seen(page: Page): string {
  const { result } = page;
  const widest = largest(result.strategies, (one) => spanOf(ratesOf(page, one)));
  if (widest === undefined) return 'No block finished anything';
  const rates = ratesOf(page, widest);
  if (spanOf(rates) === 0) return 'The blocks of each strategy failed alike';
  const [low, high] = [Math.min(...rates), Math.max(...rates)].map(formatPercent);
  return `Blocks of ${widest.contestant} differ most: from ${low} to ${high} failed${inScenario(result, widest.scenario)}`;
}

function chartOf(page: Page, { scenario, strategies }: ScenarioRows, most: number): Chart {
  const rows = strategies.map((one) => rowOf(page, one));
  return {
    id: chartId(page, 'blocks', scenario.name),
    title: `Failure rate of each block in ${scenario.name}`,
    description: rows.map(({ label, numbers }) => `${label}: ${numbers}`).join('; '),
    draw: rowsChart({
      rows,
      axis: rateAxis(most || 0.01, 'transfers of a block that failed, %'),
      marks: dotsMarks,
    }),
  };
}

function rowOf(page: Page, strategy: StrategyResult): DotsRow {
  const values = ratesOf(page, strategy);
  const range =
    values.length === 0
      ? ''
      : `, ${formatPercent(Math.min(...values))} to ${formatPercent(Math.max(...values))}`;
  return {
    label: strategy.contestant,
    numbers: spanOf(values) === 0 ? allAlike(values) : `${plural(values.length, 'block')}${range}`,
    look: lookOf(page, strategy.contestant),
    ...{ values, pooled: strategy.failureRate },
  };
}

function allAlike(values: readonly number[]): string {
  return values.length === 0
    ? 'no block'
    : `${plural(values.length, 'block')}, ${formatPercent(values[0] ?? 0)}`;
}

function tableOf(page: Page, { scenario, strategies }: ScenarioRows): DataTable {
  const found = new Map(strategies.map((one) => [one.contestant, finishedBlocks(page, one)]));
  const indices = [...new Set([...found.values()].flat().map(({ index }) => index))].sort((a, b) => a - b);
  return {
    caption: `Failed of finished transfers of each block in ${scenario.name}`,
    head: ['block', ...found.keys()],
    rows: indices.map((index) => [
      String(index + 1),
      ...[...found.values()].map((blocks) => cellOf(blocks.find((block) => block.index === index))),
    ]),
  };
}

function cellOf(block: BlockResult | undefined): string {
  if (block === undefined) return '–';
  return `${formatCount(block.failed)} of ${formatCount(finishedOf(block))} (${formatPercent(rateOf(block))})`;
}
