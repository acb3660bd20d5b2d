// A block over time: what ended in each slice, what was under way, and what stood on the data port.

import type { Attempt } from '../result/attempt.ts';
import { failureKey } from '../result/outcome.ts';
import type { Timeline } from '../result/types.ts';
import type { DataConnectionRecord } from '../server/data/record.ts';
import type { SocketSample } from './monitor.ts';

/** Slices that a reader can name. */
const SLICES_MS = [100, 200, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000, 300_000, 3_600_000];
const MAX_SLICES = 120;

export interface TimelineFacts {
  readonly startedAtMs: number;
  /** Of the plan, not what it took: blocks of one scenario have the same slices. */
  readonly durationMs: number;
  readonly endedAtMs: number;
  readonly attempts: readonly Attempt[];
  readonly records: readonly DataConnectionRecord[];
  readonly samples: readonly SocketSample[];
}

export function timelineOf(facts: TimelineFacts): Timeline {
  const { startedAtMs, durationMs, endedAtMs, attempts, records, samples } = facts;
  const everyMs = SLICES_MS.find((ms) => durationMs / ms <= MAX_SLICES) ?? (SLICES_MS.at(-1) as number);
  const slices = Math.max(1, Math.ceil((endedAtMs - startedAtMs) / everyMs));
  const sliceOf = (atMs: number) =>
    Math.min(slices - 1, Math.max(0, Math.floor((atMs - startedAtMs) / everyMs)));
  const zeros = () => new Array<number>(slices).fill(0);

  const [completed, failed] = [zeros(), zeros()];
  for (const { outcome, endedAtMs: atMs } of attempts) {
    if (outcome.kind === 'completed') add(completed, sliceOf(atMs));
    else if (failureKey(outcome) !== undefined) add(failed, sliceOf(atMs));
  }
  return {
    ...{ everyMs, completed, failed },
    inFlight: mostUnderWay(attempts, slices, sliceOf),
    liveSockets: most(samples.map(({ atMs, live }) => ({ atMs, value: live }))),
    timeWaitSockets: most(samples.map(({ atMs, timeWait }) => ({ atMs, value: timeWait }))),
    bindMs: meanBindMs(),
  };

  function most(
    values: readonly { readonly atMs: number; readonly value: number | null }[],
  ): (number | null)[] {
    const found = new Array<number | null>(slices).fill(null);
    for (const { atMs, value } of values) {
      const at = sliceOf(atMs);
      if (value !== null) found[at] = Math.max(found[at] ?? 0, value);
    }
    return found;
  }

  /** Of those that bound at once: between tries there are waits, which are no cost of a bind. */
  function meanBindMs(): (number | null)[] {
    const [sums, counts] = [zeros(), zeros()];
    for (const { bindCalls, bindMs, endedAtMs: atMs, outcome } of records) {
      if (bindCalls !== 1 || (outcome.kind !== 'completed' && outcome.phase === 'bind')) continue;
      add(sums, sliceOf(atMs), bindMs);
      add(counts, sliceOf(atMs));
    }
    return sums.map((sum, i) => (counts[i] ? sum / counts[i] : null));
  }
}

function add(to: number[], at: number, by = 1): void {
  to[at] = (to[at] ?? 0) + by;
}

/** The most at once within each slice; what goes on through a whole slice is counted in it, too. */
function mostUnderWay(
  attempts: readonly Attempt[],
  slices: number,
  sliceOf: (atMs: number) => number,
): number[] {
  const found = new Array<number>(slices).fill(0);
  let now = 0;
  let reached = 0;
  for (const { atMs, by } of changesOf(attempts.filter(({ outcome }) => outcome.kind !== 'dropped'))) {
    const at = sliceOf(atMs);
    for (; reached < at; reached++) found[reached + 1] = now;
    now += by;
    found[at] = Math.max(found[at] ?? 0, now);
  }
  return found;
}

/** Starts and ends in the order of time, ends first: one after another are not two at once. */
export function changesOf<Span extends { readonly startedAtMs: number; readonly endedAtMs: number }>(
  spans: readonly Span[],
): { readonly atMs: number; readonly by: 1 | -1; readonly span: Span }[] {
  return spans
    .flatMap((span) => [
      { atMs: span.startedAtMs, by: 1 as const, span },
      { atMs: span.endedAtMs, by: -1 as const, span },
    ])
    .sort((a, b) => a.atMs - b.atMs || a.by - b.by);
}
