// The times that a prediction is fed with, from both views of each transfer: never a wait, and never a failure rate.
import type { WaitRange } from '../binder/types.ts';
import type { ContentionTimes } from '../result/types.ts';
import { createHistogram, encodeHistogram, recordMs } from '../stats/histogram.ts';
import type { Joined } from './join.ts';

export function contentionTimes(pairs: Joined['pairs'], waits: readonly WaitRange[]): ContentionTimes {
  const beforeBind = createHistogram();
  const window = createHistogram();
  const holdAfterConnect = createHistogram();
  const after = createHistogram();
  const oversleep = createHistogram();
  for (const { attempt, record } of pairs) {
    const { startedAtMs, endedAtMs, bindMs, windowMs, bindCalls, waitedMs, outcome } = record;
    recordMs(beforeBind, startedAtMs - attempt.startedAtMs);
    recordMs(after, attempt.endedAtMs - endedAtMs);
    if (outcome.kind === 'completed' || outcome.phase !== 'bind') {
      recordMs(window, windowMs);
      recordMs(holdAfterConnect, endedAtMs - startedAtMs - bindMs - windowMs);
    }
    const scheduledMs = scheduledWaitMs(waits, bindCalls - 1);
    if (scheduledMs !== null) recordMs(oversleep, (waitedMs - scheduledMs) / (bindCalls - 1));
  }
  return {
    beforeBind: encodeHistogram(beforeBind),
    window: encodeHistogram(window),
    holdAfterConnect: encodeHistogram(holdAfterConnect),
    after: encodeHistogram(after),
    oversleep: encodeHistogram(oversleep),
  };
}

/** What the first `count` waits of the schedule take; null where there were none, or where chance decides. */
function scheduledWaitMs(waits: readonly WaitRange[], count: number): number | null {
  const waited = waits.slice(0, count);
  if (waited.length === 0 || waited.some(({ minMs, maxMs }) => minMs !== maxMs)) return null;
  return waited.reduce((sum, { minMs }) => sum + minMs, 0);
}
