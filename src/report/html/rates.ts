// Forest plot of the failure rates: every strategy with its 95 % interval and its blocks, and what contention predicts behind it.
import type { StrategyResult } from '../../result/types.ts';
import { contended } from '../text/columns.ts';
import { enumerate, formatInterval, formatPercent } from '../words/format.ts';
import { rateAxis } from './axis.ts';
import { blockRates, blocksTable, widestSpread } from './blocks.ts';
import { chartId, inScenario, largest, lookOf, type Page, scenarioRowsOf } from './data.ts';
import { figure, statement } from './figure.ts';
import { type Markup, NOTHING } from './markup.ts';
import type { Chart } from './plot.ts';
import { type PointRow, pointMarks } from './row-marks.ts';
import { type RowsLayout, rowsChart, rowsLayout } from './rows.ts';

export function ratesFigure(page: Page): Markup {
  const { strategies } = page.result;
  if (strategies.length === 0) return NOTHING;
  const scenarios = scenarioRowsOf(page.result).map((of) => ({
    scenario: of.scenario.name,
    rows: of.strategies.map((one) => rowOf(page, one)),
    table: blocksTable(page, of),
  }));
  const tables = scenarios.map(({ table }) => table);
  if (strategies.every(isTold)) return statement('rates', `${seen(page)}: ${UNDRAWN}`, tables);
  const most = Math.max(...strategies.map(({ failureRate, interval }) => interval?.[1] ?? failureRate ?? 0));
  const layout = rowsLayout(scenarios.flatMap(({ rows }) => rows));
  return figure({
    id: 'rates',
    seen: seen(page),
    marks: [
      'Shape: share of the transfers that failed; line: its 95 % interval, with the block as the sampling unit; strokes below it: the blocks.',
      ...(contended(strategies) ? [BAND] : []),
      widestSpread(page),
    ].join(' '),
    charts: scenarios.map(({ scenario, rows }) => ({
      scenario,
      chart: chartOf(page, { scenario, rows, layout, most }),
    })),
    summary: 'Each block in numbers',
    tables,
  });
}

const BAND = 'Grey band: where 95 % of simulated runs lie when nothing but contention for the port fails.';

const UNDRAWN = 'the table above has the limits of the true rates.';

/** Nothing failed, and nothing was to fail. */
function isTold({ failed, prediction }: StrategyResult): boolean {
  return failed === 0 && (prediction?.interval[1] ?? 0) === 0;
}

function seen({ result }: Page): string {
  const names = [...new Set(result.strategies.map(({ contestant }) => contestant))];
  const everFailed = (name: string) =>
    result.strategies.some(({ contestant, failed }) => contestant === name && failed > 0);
  const sound = names.filter((name) => !everFailed(name));
  const worst = largest(result.strategies, ({ failureRate }) => failureRate ?? 0);
  if (worst === undefined || sound.length === names.length) return 'No strategy failed';
  const most = `${worst.contestant} failed most, ${formatPercent(worst.failureRate)}${inScenario(result, worst.scenario)}`;
  return sound.length === 0 ? most : `${most}; ${enumerate(sound)} never failed`;
}

interface Rates {
  readonly scenario: string;
  readonly rows: readonly PointRow[];
  readonly layout: RowsLayout;
  readonly most: number;
}

function chartOf(page: Page, { scenario, rows, layout, most }: Rates): Chart {
  return {
    id: chartId(page, 'rates', scenario),
    title: `Failure rates in ${scenario}`,
    description: rows
      .map(
        ({ label, numbers, interval }) => `${label}: ${numbers} (95 % interval ${formatInterval(interval)})`,
      )
      .join('; '),
    options: rowsChart({
      ...{ rows, layout, marks: pointMarks },
      axis: rateAxis(most || 0.01, 'transfers that failed, %'),
    }),
  };
}

function rowOf(page: Page, strategy: StrategyResult): PointRow {
  const { contestant, failureRate, interval, prediction } = strategy;
  return {
    label: contestant,
    numbers: formatPercent(failureRate),
    look: lookOf(page, contestant),
    ...{ value: failureRate, interval, strokes: blockRates(page, strategy) },
    band: prediction !== null && prediction.interval[1] > 0 ? prediction.interval : null,
  };
}
