// A block in slices: nothing lost, slices that blocks of one scenario share, and the most at once in each.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { timelineOf } from '../../src/run/timeline.ts';
import { attempt, BIND_IN_USE, RECORD_IN_USE, record } from './samples.ts';

const QUIET = { startedAtMs: 0, durationMs: 1000, endedAtMs: 1000, attempts: [], records: [], samples: [] };

describe('timelineOf', () => {
  it('puts what ended into the slice in which it did', () => {
    const attempts = [
      attempt(10),
      attempt(99, undefined, { endedAtMs: 100 }),
      attempt(150, BIND_IN_USE),
      attempt(250, { kind: 'cancelled' }),
      attempt(260, { kind: 'dropped' }),
    ];
    const { everyMs, completed, failed } = timelineOf({ ...QUIET, endedAtMs: 300, attempts });
    expect({ everyMs, completed, failed }).toEqual({ everyMs: 100, completed: [1, 1, 0], failed: [0, 1, 0] });
  });

  it.each([
    [1000, 100],
    [12_000, 100],
    [12_001, 200],
    [150_000, 2000],
    [3_600_000, 30_000],
    [1e10, 3_600_000],
  ])('a block of %d ms has slices of %d ms, however long it took', (durationMs, everyMs) => {
    expect(timelineOf({ ...QUIET, durationMs }).everyMs).toBe(everyMs);
    expect(timelineOf({ ...QUIET, durationMs, endedAtMs: durationMs + 60_000 }).everyMs).toBe(everyMs);
  });

  it('counts the most under way in each slice, also in one through which they only last', () => {
    const lasting = (index: number, startedAtMs: number, endedAtMs: number) =>
      attempt(index, undefined, { startedAtMs, endedAtMs });
    const attempts = [lasting(0, 10, 350), lasting(1, 20, 40), lasting(2, 40, 60), lasting(3, 390, 395)];
    const dropped = attempt(4, { kind: 'dropped' }, { startedAtMs: 50, endedAtMs: 50 });
    const { inFlight } = timelineOf({ ...QUIET, endedAtMs: 400, attempts: [...attempts, dropped] });
    // What ends in the moment in which another starts was not there with it.
    expect(inFlight).toEqual([2, 1, 1, 1]);
  });

  it('keeps the largest count of sockets, and null where nobody looked', () => {
    const samples = [
      { atMs: 10, live: 3, timeWait: null },
      { atMs: 20, live: 7, timeWait: null },
      { atMs: 30, live: 5, timeWait: 100 },
      { atMs: 250, live: 0, timeWait: null },
    ];
    const { liveSockets, timeWaitSockets } = timelineOf({ ...QUIET, endedAtMs: 300, samples });
    expect(liveSockets).toEqual([7, null, 0]);
    expect(timeWaitSockets).toEqual([100, null, null]);
  });

  it('takes the time of a bind from those that bound at once: the others waited', () => {
    const bound = (endedAtMs: number, bindMs: number, bindCalls: number) =>
      record(0, undefined, { endedAtMs, bindMs, bindCalls });
    const records = [bound(10, 0.1, 1), bound(20, 0.3, 1), bound(30, 50, 4), bound(150, 60, 2)];
    const failed = record(0, RECORD_IN_USE, { endedAtMs: 40, bindMs: 9 });
    const { bindMs } = timelineOf({ ...QUIET, endedAtMs: 200, records: [...records, failed] });
    expect(bindMs).toEqual([expect.closeTo(0.2), null]);
  });

  it('loses nothing, whenever it happened', () => {
    const at = fc.double({ min: -100, max: 5000, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(at, at, fc.boolean())), at, (spans, startedAtMs) => {
        const attempts = spans.map(([a, b, fails], i) =>
          attempt(i, fails ? BIND_IN_USE : undefined, {
            startedAtMs: Math.min(a, b),
            endedAtMs: Math.max(a, b),
          }),
        );
        const endedAtMs = attempts.reduce((last, one) => Math.max(last, one.endedAtMs), startedAtMs);
        const found = timelineOf({ ...QUIET, startedAtMs, endedAtMs, attempts });
        const { completed, failed, inFlight } = found;
        expect(sum(completed)).toBe(spans.filter(([, , fails]) => !fails).length);
        expect(sum(failed)).toBe(spans.filter(([, , fails]) => fails).length);
        expect(Math.max(...inFlight)).toBeLessThanOrEqual(spans.length);
        expect(Math.max(...inFlight) > 0).toBe(spans.some(([a, b]) => a !== b));
        const lengths = [found.liveSockets, found.timeWaitSockets, found.bindMs, failed, inFlight].map(
          (l) => l.length,
        );
        expect(new Set(lengths)).toEqual(new Set([completed.length]));
      }),
    );
  });
});

function sum(counts: readonly number[]): number {
  return counts.reduce((total, n) => total + n, 0);
}
