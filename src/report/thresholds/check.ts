// Thresholds held against a result: what passed, what did not, and why.
import { contestantsOf } from '../../plan/contestants.ts';
import { requireKnown, standsFor } from '../../plan/thresholds/known.ts';
import { unitOf } from '../../plan/thresholds/metrics.ts';
import type { Operator, Threshold } from '../../plan/thresholds/threshold.ts';
import type { Plan } from '../../plan/types.ts';
import type { QuantileMs, RunResult, StrategyResult } from '../../result/types.ts';
import { measuredOf } from './metrics.ts';

/** One threshold in one scenario for one contestant. */
export interface ThresholdOutcome {
  readonly threshold: Threshold;
  readonly scenario: string;
  readonly contestant: string;
  readonly passed: boolean;
  /** In the metric's unit; `failed` for a quantile that falls among failures; null when nothing was measured. */
  readonly measured: QuantileMs;
  /** `small-files/reuse-port.failureRate < 0.1%`. */
  readonly name: string;
  /** Why it did not pass: `measured 0.25`, `not measured`; null when it passed. */
  readonly reason: string | null;
  /** All of it in one line. */
  readonly text: string;
}

type Place = Pick<ThresholdOutcome, 'scenario' | 'contestant'>;

/**
 * An outcome for every scenario and strategy of the plan that a threshold names, in the order of the thresholds.
 * What was not measured does not pass; a quantile among failures is worse, that is more, than any number.
 * @throws UsageError as `requireKnown` does
 */
export function checkThresholds(result: RunResult, thresholds: readonly Threshold[]): ThresholdOutcome[] {
  requireKnown(thresholds, result.requested);
  const places = placesOf(result.requested);
  return thresholds.flatMap((threshold) =>
    places.filter((place) => names(threshold, place)).map((place) => check(result, threshold, place)),
  );
}

function check({ strategies }: RunResult, threshold: Threshold, place: Place): ThresholdOutcome {
  const own = strategies.find(
    ({ scenario, contestant }) => scenario === place.scenario && contestant === place.contestant,
  );
  const { isTrue: passed, measured } = heldAgainst(own, threshold);
  const seen = measuredInWords(measured, threshold);
  const name = `${place.scenario}/${place.contestant}.${threshold.metric} ${conditionOf(threshold)}`;
  const text = `${name}: ${passed ? 'passed' : 'failed'}, ${seen}`;
  return { threshold, ...place, passed, measured, name, reason: passed ? null : seen, text };
}

function heldAgainst(strategy: StrategyResult | undefined, { metric, operator, limit }: Threshold) {
  const measured = strategy === undefined ? null : measuredOf(metric, strategy);
  return { measured, isTrue: measured !== null && holds(asNumber(measured), operator, limit) };
}

/** The first that is true of a strategy, and what was measured; thresholds that name another place are none of it. */
export function firstTrue(
  thresholds: readonly Threshold[],
  strategy: StrategyResult,
): { readonly threshold: Threshold; readonly measured: QuantileMs } | undefined {
  for (const threshold of thresholds.filter((one) => names(one, strategy))) {
    const { isTrue, measured } = heldAgainst(strategy, threshold);
    if (isTrue) return { threshold, measured };
  }
  return undefined;
}

function holds(measured: number, operator: Operator, limit: number): boolean {
  switch (operator) {
    case '<':
      return measured < limit;
    case '<=':
      return measured <= limit;
    case '>':
      return measured > limit;
    case '>=':
      return measured >= limit;
    case '==':
      return measured === limit;
    default:
      return operator satisfies never;
  }
}

function asNumber(measured: number | 'failed'): number {
  return measured === 'failed' ? Number.POSITIVE_INFINITY : measured;
}

/** Six digits, or all of them where six would look like the limit. */
function measuredInWords(measured: QuantileMs, { metric, limit }: Threshold): string {
  if (measured === null) return 'not measured';
  if (measured === 'failed') return 'measured failures at this quantile';
  const rounded = Number(measured.toPrecision(6));
  const unit = unitOf(metric) === 'time' ? ' ms' : '';
  return `measured ${rounded === limit ? measured : rounded}${unit}`;
}

/** As the user wrote it: `< 0.1%`. */
function conditionOf({ text, operator }: Threshold): string {
  return `${operator} ${text.slice(text.indexOf(operator) + operator.length).trim()}`;
}

function placesOf(plan: Plan): Place[] {
  const contestants = contestantsOf(plan).map(({ name }) => name);
  return plan.scenarios.flatMap(({ name: scenario }) =>
    contestants.map((contestant) => ({ scenario, contestant })),
  );
}

function names(threshold: Threshold, place: Place): boolean {
  return standsFor(threshold.scenario, place.scenario) && standsFor(threshold.contestant, place.contestant);
}
