// Forest plot of the failure rates: every strategy with its 95 % interval, and what contention predicts behind it.
import type { StrategyResult } from '../../result/types.ts';
import { contended, finishedOf } from '../text/columns.ts';
import { enumerate, formatCount, formatInterval, formatPercent, NO_VALUE } from '../words/format.ts';
import { predictionCell } from '../words/prediction.ts';
import { rateAxis } from './axis.ts';
import {
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
import { type PointRow, pointMarks } from './row-marks.ts';
import { rowsChart } from './rows.ts';

export function ratesFigure(page: Page): Markup {
  const { strategies } = page.result;
  const predicted = contended(strategies);
  const most = Math.max(...strategies.map(({ failureRate, interval }) => interval?.[1] ?? failureRate ?? 0));
  return figure({
    id: 'rates',
    seen: seen(page),
    marks: `Shape: share of the transfers that failed; line: its 95 % interval, with the block as the sampling unit.${
      predicted
        ? ' Grey band: where 95 % of simulated runs lie when nothing but contention for the port fails.'
        : ''
    }`,
    charts: scenarioRowsOf(page.result).map((rows) => ({
      scenario: rows.scenario.name,
      chart: chartOf(page, rows, most),
    })),
    tables: scenarioRowsOf(page.result).map((rows) => tableOf(rows, predicted)),
  });
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

function chartOf(page: Page, { scenario, strategies }: ScenarioRows, most: number): Chart {
  const rows = strategies.map((one) => rowOf(page, one));
  return {
    id: chartId(page, 'rates', scenario.name),
    title: `Failure rates in ${scenario.name}`,
    description: rows.map(({ label, numbers }) => `${label}: ${numbers}`).join('; '),
    draw: rowsChart({ rows, axis: rateAxis(most || 0.01, 'transfers that failed, %'), marks: pointMarks }),
  };
}

function rowOf(page: Page, { contestant, failureRate, interval, prediction }: StrategyResult): PointRow {
  const limits = interval === null ? '' : ` (${formatInterval(interval)})`;
  const band = prediction !== null && prediction.interval[1] > 0 ? prediction.interval : null;
  return {
    label: contestant,
    numbers: `${formatPercent(failureRate)}${limits}`,
    look: lookOf(page, contestant),
    ...{ value: failureRate, interval, band },
  };
}

function tableOf({ scenario, strategies }: ScenarioRows, predicted: boolean): DataTable {
  return {
    caption: `Failure rates in ${scenario.name}`,
    head: [
      ...['strategy', 'blocks', 'transfers', 'failed', 'failure rate', '95 % interval, %'],
      ...(predicted ? ['predicted', '95 % of simulated runs, %'] : []),
    ],
    rows: strategies.map((one) => [
      ...[one.contestant, formatCount(one.blocks), formatCount(finishedOf(one)), formatCount(one.failed)],
      ...[formatPercent(one.failureRate), formatInterval(one.interval)],
      ...(predicted ? (one.prediction === null ? [NO_VALUE, NO_VALUE] : predictionCell(one.prediction)) : []),
    ]),
  };
}
