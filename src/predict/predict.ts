// What contention for the port alone would make of a contestant's arrivals and hold times, beside what was measured.
import type { WaitRange } from '../binder/types.ts';
import type { Contestant, Scenario } from '../plan/types.ts';
import type { BlockResult, Prediction } from '../result/types.ts';
import { totals } from '../stats/blocks.ts';
import { createRandom } from '../stats/random.ts';
import { type Forecast, forecast } from './forecast.ts';
import { loadOf, measuredTransfers, type WorkloadDraws } from './inputs.ts';

export interface PredictionRequest {
  readonly scenario: Scenario;
  readonly contestant: Contestant;
  /** Those that the measured rate is made of; invalid ones are left out. */
  readonly blocks: readonly BlockResult[];
  /** The contestant's retry schedule. */
  readonly waits: readonly WaitRange[];
  /** Server processes. */
  readonly processes: number;
  readonly draws: WorkloadDraws;
  readonly seed: number;
}

export interface Explanation {
  /** From measured times. */
  readonly forecast: Forecast;
  /** Whether the measured rate is within it. */
  readonly verdict: Prediction['verdict'];
}

/**
 * What contention makes of one contestant in one scenario; the same request gives the same. Null for servers that are
 * not ours, whose rule and hold times are not known; without contention times; and where nothing finished.
 * @throws RangeError for a seed that is not a whole number
 */
export function explainContestant({
  contestant,
  scenario,
  waits,
  processes,
  draws,
  seed,
  ...given
}: PredictionRequest): Explanation | null {
  const blocks = given.blocks.filter(({ valid, contention }) => valid && contention !== null);
  const { failed, finished } = totals(blocks.map(countsOf));
  if (contestant.kind !== 'binder' || finished === 0) return null;
  const transfers = measuredTransfers(scenario, { binder: contestant.binder, waits, processes }, blocks);
  if (transfers === null) return null;
  const options = { blocks: blocks.length, random: createRandom(seed) };
  const expected = forecast(loadOf(scenario, draws), transfers, options);
  return expected && { forecast: expected, verdict: verdictOf(failed / finished, expected) };
}

/** As results keep it. */
export function predictionOf(found: Explanation | null): Prediction | null {
  if (found === null) return null;
  const { failureRate, interval, tolerance, replications } = found.forecast;
  return { failureRate, interval, tolerance, replications, verdict: found.verdict };
}

function verdictOf(measured: number, { interval, tolerance }: Forecast): Prediction['verdict'] {
  if (measured > tolerance[1]) return 'more-failures';
  if (measured < tolerance[0]) return 'fewer-failures';
  return measured < interval[0] || measured > interval[1] ? 'within-model-error' : 'explained';
}

function countsOf({ failed, completed }: BlockResult) {
  return { failed, finished: failed + completed };
}
