// Predicted beside measured: where contention for the port alone explains the failures, the intervals meet.
import type { Prediction, StrategyResult } from '../../result/types.ts';
import { formatInterval, formatPercent } from '../words/format.ts';
import { explanationInWords, predictionCell, predictionFindings } from '../words/prediction.ts';
import { type Page, scenarioRowsOf } from './data.ts';
import type { DataTable } from './data-table.ts';
import { statement } from './figure.ts';
import { type Markup, NOTHING } from './markup.ts';

type Predicted = StrategyResult & { readonly prediction: Prediction };

/** Only of strategies whose failures were measured or predicted. The drawing of the rates has the band: here is what it means. */
export function predictedStatement(page: Page): Markup {
  const scenarios = scenarioRowsOf(page.result)
    .map(({ scenario, strategies }) => ({ scenario, predicted: strategies.filter(isAtIssue) }))
    .filter(({ predicted }) => predicted.length > 0);
  if (scenarios.length === 0) return NOTHING;
  const tables = scenarios.map(({ scenario, predicted }) => tableOf(scenario.name, predicted));
  return statement('predicted', predictionFindings(page.result).join(' '), tables);
}

function isAtIssue(strategy: StrategyResult): strategy is Predicted {
  const { prediction, failed } = strategy;
  return prediction !== null && (failed > 0 || prediction.failureRate > 0);
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
