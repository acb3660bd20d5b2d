// Intervals of proportions: published and independently computed values, and what must hold for all counts.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { clopperPearson, type Interval, newcombe, wilson } from '../../src/stats/proportion.ts';

// Wilson 81/263 … 1/29: Newcombe 1998 (857), table I; the others computed with exact tail sums.
const ONE_PROPORTION: readonly [number, number, Interval, Interval][] = [
  [81, 263, [0.255289, 0.36621], [0.252737, 0.367622]],
  [15, 148, [0.062386, 0.160487], [NaN, NaN]],
  [0, 20, [0, 0.161125], [0, 0.168433]],
  [1, 29, [0.006113, 0.171755], [NaN, NaN]],
  [0, 1000, [0, 0.003827], [0, 0.003682]],
  [3, 10000, [0.000102, 0.000882], [0.000062, 0.000876]],
];

// Newcombe 1998 (873), table II, method 10.
const TWO_PROPORTIONS: readonly [number, number, number, number, Interval][] = [
  [56, 70, 48, 80, [0.052431, 0.333873]],
  [9, 10, 3, 10, [0.170523, 0.809018]],
  [5, 56, 0, 29, [-0.038137, 0.19256]],
  [120, 1000, 0, 1000, [0.100912, 0.141609]],
];

const counts = fc
  .record({ n: fc.integer({ min: 1, max: 20_000 }), share: fc.double({ min: 0, max: 1, noNaN: true }) })
  .map(({ n, share }) => ({ n, x: Math.round(share * n) }));

describe('one proportion', () => {
  it.each(ONE_PROPORTION)('%i of %i', (x, n, expectedWilson, expectedExact) => {
    expectClose(wilson(x, n), expectedWilson);
    if (!Number.isNaN(expectedExact[0])) expectClose(clopperPearson(x, n), expectedExact);
  });

  it.each([wilson, clopperPearson])('contains the rate and lies within 0 and 1: %p', (interval) => {
    fc.assert(
      fc.property(counts, ({ x, n }) => {
        const [low, high] = interval(x, n);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(low).toBeLessThanOrEqual(x / n);
        expect(high).toBeGreaterThanOrEqual(x / n);
        expect(high).toBeLessThanOrEqual(1);
      }),
    );
  });

  it.each([wilson, clopperPearson])('treats failures and successes alike: %p', (interval) => {
    fc.assert(
      fc.property(counts, ({ x, n }) => {
        const [low, high] = interval(x, n);
        expectClose(interval(n - x, n), [1 - high, 1 - low]);
      }),
    );
  });

  it.each([wilson, clopperPearson])('gets shorter with more trials at the same rate: %p', (interval) => {
    fc.assert(
      fc.property(counts, fc.integer({ min: 2, max: 20 }), ({ x, n }, times) => {
        expect(width(interval(x * times, n * times))).toBeLessThan(width(interval(x, n)));
      }),
    );
  });

  it('gets longer with more confidence, and with a t quantile in the place of z', () => {
    expect(width(wilson(81, 263, { confidence: 0.99 }))).toBeGreaterThan(width(wilson(81, 263)));
    expect(width(wilson(81, 263, { criticalValue: 2.571 }))).toBeGreaterThan(width(wilson(81, 263)));
  });

  it('takes effective sizes, which are not whole', () => {
    expect(clopperPearson(0, 1000 / 3)[1]).toBeCloseTo(1 - 0.025 ** (3 / 1000), 12);
  });

  it.each([
    [1, 0],
    [-1, 5],
    [6, 5],
    [Number.NaN, 5],
    [0, Number.POSITIVE_INFINITY],
  ])('refuses %d of %d', (x, n) => {
    expect(() => wilson(x, n)).toThrow(RangeError);
    expect(() => clopperPearson(x, n)).toThrow(RangeError);
  });
});

describe('the difference of two proportions', () => {
  it.each(TWO_PROPORTIONS)('%i/%i - %i/%i', (x1, n1, x2, n2, expected) => {
    expectClose(newcombe(x1, n1, x2, n2), expected);
  });

  it('contains the difference, and changes its sign with the order', () => {
    fc.assert(
      fc.property(counts, counts, (a, b) => {
        const [low, high] = newcombe(a.x, a.n, b.x, b.n);
        const difference = a.x / a.n - b.x / b.n;
        expect(low).toBeLessThanOrEqual(difference);
        expect(high).toBeGreaterThanOrEqual(difference);
        expectClose(newcombe(b.x, b.n, a.x, a.n), [-high, -low]);
      }),
    );
  });
});

function width([low, high]: Interval): number {
  return high - low;
}

function expectClose(actual: Interval, expected: Interval): void {
  expect(actual[0]).toBeCloseTo(expected[0], 6);
  expect(actual[1]).toBeCloseTo(expected[1], 6);
}
