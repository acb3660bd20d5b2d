// Predictions in words and cells: whether contention for the port explains the failures that were measured.

import { finishedOf } from '../../result/row.ts';
import type { Prediction, RunResult, StrategyResult } from '../../result/types.ts';
import { enumerate, formatCount, formatInterval, formatPercent, NO_VALUE } from './format.ts';
import { groupBy } from './group.ts';

/** `52.1 %` and `49.0–55.3`. */
export function predictionCell(prediction: Pick<Prediction, 'failureRate' | 'interval'> | null): string[] {
  if (prediction === null) return [NO_VALUE];
  return [formatPercent(prediction.failureRate), formatInterval(prediction.interval)];
}

const VERDICTS = {
  explained: 'explained by contention',
  'within-model-error': "within the model's error",
  'more-failures': 'something else fails',
  'fewer-failures': 'fewer failures than contention alone would cause',
} satisfies Record<Prediction['verdict'], string>;

export function explanationInWords(verdict: Prediction['verdict'] | null): string {
  return verdict === null ? NO_VALUE : VERDICTS[verdict];
}

type Predicted = StrategyResult & { readonly prediction: Prediction };

/** Sentences on the strategies that failed, or should have: without failures that were due there is nothing to explain. */
export function predictionFindings({ strategies }: RunResult): string[] {
  const predicted = strategies.filter((one): one is Predicted => one.prediction !== null);
  const failing = predicted.filter(({ failed }) => failed > 0);
  const otherwise = predicted.filter((one) => !isExplained(one) && (one.failed > 0 || isTooFew(one)));
  const near = otherwise.filter(({ prediction }) => prediction.verdict === 'within-model-error');
  const beside = otherwise.filter((one) => !near.includes(one));
  return [
    ...explanation(
      failing.filter(isExplained),
      failing,
      new Set(strategies.map(({ scenario }) => scenario)).size,
    ),
    ...nearExplanation(near),
    ...groupBy(beside, ({ contestant, prediction }) => [contestant, prediction.verdict]).map(contradiction),
  ];
}

/** Without a failure nothing can fail beyond what contention explains, whatever a result says. */
function isTooFew({ prediction: { verdict } }: Predicted): boolean {
  return verdict === 'fewer-failures';
}

function isExplained({ prediction: { verdict } }: Predicted): boolean {
  return verdict === 'explained';
}

/** `Contention for the port explains the failures of legacy in 2 of 2 scenarios, and of legacy-bsd in 1 of 2.` Scenarios without failures are not counted. */
function explanation(
  explained: readonly Predicted[],
  failing: readonly Predicted[],
  scenarios: number,
): string[] {
  if (explained.length === 0) return [];
  const parts = groupBy(explained, ({ contestant }) => contestant).map((group) => {
    const contestant = group[0]?.contestant ?? '';
    const all = failing.filter((one) => one.contestant === contestant).length;
    return `of ${contestant}${scenarios > 1 ? ` in ${scenariosOf(group.length, all)}` : ''}`;
  });
  return [`Contention for the port explains the failures ${enumerate(parts)}.`];
}

function scenariosOf(count: number, all: number): string {
  return all === 1 ? 'the one scenario that has any' : `${count} of ${all} scenarios`;
}

/** Beside what was simulated, and yet no further from it than the model itself may be. */
function nearExplanation(near: readonly Predicted[]): string[] {
  if (near.length === 0) return [];
  const parts = groupBy(near, ({ contestant }) => contestant).map(
    (group) => `${group[0]?.contestant}, ${enumerate(group.map(rates))}`,
  );
  return [`Within the model's error of what contention for the port alone would cause: ${parts.join('; ')}.`];
}

/** One strategy, one verdict. */
function contradiction(group: readonly Predicted[]): string {
  const [first] = group;
  const where = enumerate(group.map(rates));
  if (first?.prediction.verdict === 'fewer-failures') {
    return `${first.contestant}: fewer failures than contention for the port alone would cause, ${where}.`;
  }
  return `${first?.contestant}: something else than contention for the port fails, ${where}.`;
}

/** `60.0 % in small-files, predicted 45.2–55.1`; a port that is never held is predicted to fail none. */
function rates({ scenario, failureRate, prediction, ...counts }: Predicted): string {
  const { interval, tolerance, verdict } = prediction;
  const error = verdict === 'within-model-error' ? ` (with that error ${formatInterval(tolerance)})` : '';
  const predicted = interval[1] === 0 ? 'none predicted' : `predicted ${formatInterval(interval)}${error}`;
  const failed = `${formatCount(counts.failed)} of ${formatCount(finishedOf(counts))}`;
  return `${formatPercent(failureRate)} (${failed}) in ${scenario}, ${predicted}`;
}
