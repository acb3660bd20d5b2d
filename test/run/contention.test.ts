// The times that a prediction is fed with: a transfer taken apart, waits left out, and nothing ever negative.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ContentionTimes } from '../../src/result/types.ts';
import { contentionTimes } from '../../src/run/contention.ts';
import { decodeHistogram } from '../../src/stats/histogram.ts';
import { attempt, BIND_IN_USE, RECORD_IN_USE, record } from './samples.ts';

const WAITS = [1, 2, 3].map((ms) => ({ minMs: ms, maxMs: ms }));

/** Each part's times in milliseconds, as far as the histogram keeps them apart. */
function partsOf(times: ContentionTimes): Record<keyof ContentionTimes, { n: number; meanMs: number }> {
  const part = (encoded: string) => {
    const histogram = decodeHistogram(encoded);
    return { n: histogram.totalCount, meanMs: histogram.totalCount === 0 ? 0 : histogram.mean / 1000 };
  };
  const { beforeBind, window, holdAfterConnect, after, oversleep } = times;
  return {
    beforeBind: part(beforeBind),
    window: part(window),
    holdAfterConnect: part(holdAfterConnect),
    after: part(after),
    oversleep: part(oversleep),
  };
}

describe('contentionTimes', () => {
  it('takes a transfer apart: before the bind, the window, what the port is held for after it, and the rest', () => {
    const seen = attempt(0, undefined, { startedAtMs: 100, endedAtMs: 200 });
    const told = record(0, undefined, {
      ...{ startedAtMs: 110, endedAtMs: 180, bindMs: 6.5, windowMs: 20, bindCalls: 3, waitedMs: 4 },
    });
    const parts = partsOf(contentionTimes([{ attempt: seen, record: told }], WAITS));
    expect(parts).toEqual({
      beforeBind: { n: 1, meanMs: expect.closeTo(10, 1) },
      window: { n: 1, meanMs: expect.closeTo(20, 1) },
      holdAfterConnect: { n: 1, meanMs: expect.closeTo(43.5, 1) },
      after: { n: 1, meanMs: expect.closeTo(20, 1) },
      // Waits of 1 and 2 ms took 4 ms: half a millisecond too long each.
      oversleep: { n: 1, meanMs: expect.closeTo(0.5, 1) },
    });
  });

  it('a failed bind holds nothing, and tells how long its waits took', () => {
    const told = record(0, RECORD_IN_USE, { bindCalls: 4, waitedMs: 9, windowMs: 0 });
    const parts = partsOf(contentionTimes([{ attempt: attempt(0, BIND_IN_USE), record: told }], WAITS));
    expect([parts.window.n, parts.holdAfterConnect.n, parts.beforeBind.n, parts.after.n]).toEqual([
      0, 0, 1, 1,
    ]);
    expect(parts.oversleep.meanMs).toBeCloseTo(1, 1);
  });

  it('no oversleep where nothing was waited, or where chance decides how long', () => {
    const oversleptIn = (waits: typeof WAITS, bindCalls: number) => {
      const told = record(0, undefined, { bindCalls, waitedMs: 9 });
      return partsOf(contentionTimes([{ attempt: attempt(0), record: told }], waits)).oversleep.n;
    };
    expect(oversleptIn(WAITS, 1)).toBe(0);
    expect(oversleptIn([{ minMs: 1, maxMs: 2 }], 2)).toBe(0);
    expect(oversleptIn([], 2)).toBe(0);
    expect(oversleptIn(WAITS, 2)).toBe(1);
  });

  it('counts each transfer once in each part, and no time below zero, whatever the clocks say', () => {
    const ms = fc.double({ min: -50, max: 1000, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(ms, ms, ms, ms)), (drawn) => {
        const pairs = drawn.map(([startedAtMs, endedAtMs, bindMs, waitedMs], i) => ({
          attempt: attempt(i),
          record: record(i, undefined, { startedAtMs, endedAtMs, bindMs, waitedMs, bindCalls: 2 }),
        }));
        for (const encoded of Object.values<string>({ ...contentionTimes(pairs, WAITS) })) {
          const histogram = decodeHistogram(encoded);
          expect(histogram.totalCount).toBe(pairs.length);
          expect(histogram.getValueAtPercentile(0)).toBeGreaterThanOrEqual(0);
        }
      }),
      { numRuns: 30 },
    );
  });
});
