// How late transfers started: where it is the generator that was late, the load is not the plan's.
import type { Attempt } from '../result/attempt.ts';
import { createHistogram, quantileMs, recordMs } from '../stats/histogram.ts';

/** The 99th percentile; null where none was started. */
export function lateP99Ms(attempts: readonly Attempt[]): number | null {
  const histogram = createHistogram();
  for (const { startedAtMs, scheduledAtMs, outcome } of attempts) {
    if (outcome.kind !== 'dropped') recordMs(histogram, startedAtMs - scheduledAtMs);
  }
  const late = quantileMs(histogram, 0, 0.99);
  return typeof late === 'number' ? late : null;
}
