// Predicted beside measured: where contention for the port alone explains the failures, the intervals meet.
import type { Prediction, StrategyResult } from '../../result/types.ts';
import { formatInterval, formatPercent, plural } from '../words/format.ts';
import { explanationInWords, predictionCell } from '../words/prediction.ts';
import { rateAxis } from './axis.ts';
import { chartId, lookOf, type Page, scenarioRowsOf } from './data.ts';
import type { DataTable } from './data-table.ts';
import { figure } from './figure.ts';
import type { Markup } from './markup.ts';
import type { Chart } from './plot.ts';
import { type PointRow, pointMarks } from './row-marks.ts';
import { rowsChart } from './rows.ts';

type Predicted = StrategyResult & { readonly prediction: Prediction };

/** Only strategies whose failures were measured or predicted: the others have nothing to explain. */
export function predictedFigure(page: Page): Markup {
  const scenarios = scenarioRowsOf(page.result)
    .map(({ scenario, strategies }) => ({ scenario, predicted: strategies.filter(isAtIssue) }))
    .filter(({ predicted }) => predicted.length > 0);
  const all = scenarios.flatMap(({ predicted }) => predicted);
  const most = Math.max(
    0,
    ...all.flatMap(({ interval, failureRate, prediction }) => [
      interval?.[1] ?? failureRate ?? 0,
      prediction.interval[1],
    ]),
  );
  return figure({
    id: 'predicted',
    seen: seen(all),
    marks:
      'Filled: measured, with its 95 % interval. Hollow: predicted from the measured arrivals and hold times, with the range of 95 % of simulated runs.',
    charts: scenarios.map(({ scenario, predicted }) => ({
      scenario: scenario.name,
      chart: chartOf(page, scenario.name, predicted, most),
    })),
    tables: scenarios.map(({ scenario, predicted }) => tableOf(scenario.name, predicted)),
  });
}

function isAtIssue(strategy: StrategyResult): strategy is Predicted {
  const { prediction, failed } = strategy;
  return prediction !== null && (failed > 0 || prediction.failureRate > 0);
}

function seen(predicted: readonly Predicted[]): string {
  const explained = predicted.filter(({ prediction }) => !prediction.verdict.endsWith('-failures')).length;
  if (explained === predicted.length) return 'Contention for the port alone explains every failure rate here';
  return `Contention for the port alone explains ${explained} of ${plural(predicted.length, 'failure rate')} here`;
}

function chartOf(page: Page, scenario: string, predicted: readonly Predicted[], most: number): Chart {
  const rows = predicted.flatMap((one) => rowsOf(page, one));
  return {
    id: chartId(page, 'predicted', scenario),
    title: `Predicted and measured failure rates in ${scenario}`,
    description: rows.map(({ label, numbers }) => `${label}: ${numbers}`).join('; '),
    draw: rowsChart({ rows, axis: rateAxis(most || 0.01, 'transfers that fail, %'), marks: pointMarks }),
  };
}

function rowsOf(page: Page, { contestant, failureRate, interval, prediction }: Predicted): PointRow[] {
  const look = lookOf(page, contestant);
  const numbers = (rate: number | null, limits: Prediction['interval'] | null) =>
    limits === null ? formatPercent(rate) : `${formatPercent(rate)} (${formatInterval(limits)})`;
  return [
    {
      label: `${contestant} measured`,
      numbers: numbers(failureRate, interval),
      look,
      value: failureRate,
      interval,
    },
    {
      label: 'predicted',
      numbers: numbers(prediction.failureRate, prediction.interval),
      ...{ look, value: prediction.failureRate, interval: prediction.interval, hollow: true },
    },
  ];
}

function tableOf(scenario: string, predicted: readonly Predicted[]): DataTable {
  return {
    caption: `Predicted and measured in ${scenario}`,
    head: [
      'strategy',
      'measured',
      '95 % interval, %',
      'predicted',
      '95 % of simulated runs, %',
      'simulated runs',
      'what it means',
    ],
    textColumns: [0, 6],
    rows: predicted.map(({ contestant, failureRate, interval, prediction }) => [
      ...[contestant, formatPercent(failureRate), formatInterval(interval), ...predictionCell(prediction)],
      ...[prediction.replications, explanationInWords(prediction.verdict)],
    ]),
  };
}
