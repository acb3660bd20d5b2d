// The line by least squares: published values, and what must hold for all points.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { linearFit } from '../../src/stats/regression.ts';

// Anscombe, The American Statistician 27 (1973) 17: slope 0.500, intercept 3.00, standard error of the slope 0.118.
const X = [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5];
const Y = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68];
const ANSCOMBE = X.map((x, i) => ({ x, y: Y[i] ?? 0 }));

describe('linearFit', () => {
  it('agrees with published values', () => {
    const { slope, intercept, interval } = linearFit(ANSCOMBE);
    expect(slope).toBeCloseTo(0.50009, 5);
    expect(intercept).toBeCloseTo(3.00009, 5);
    // t(.975; 9) = 2.262157, standard error 0.117906
    expect(interval[0]).toBeCloseTo(0.50009 - 2.262157 * 0.117906, 4);
    expect(interval[1]).toBeCloseTo(0.50009 + 2.262157 * 0.117906, 4);
  });

  it('is wider for more confidence', () => {
    const [low, high] = linearFit(ANSCOMBE, { confidence: 0.99 }).interval;
    expect(low).toBeLessThan(linearFit(ANSCOMBE).interval[0]);
    expect(high).toBeGreaterThan(linearFit(ANSCOMBE).interval[1]);
  });

  it('finds a line again, whatever it is', () => {
    const number = fc.integer({ min: -1000, max: 1000 });
    const xs = fc.uniqueArray(fc.integer({ min: 0, max: 20_000 }), { minLength: 3, maxLength: 20 });
    fc.assert(
      fc.property(number, number, xs, (slope, intercept, some) => {
        const fit = linearFit(some.map((x) => ({ x, y: intercept + slope * x })));
        expect(fit.slope).toBeCloseTo(slope, 3);
        expect(fit.interval[0]).toBeLessThanOrEqual(fit.interval[1]);
      }),
    );
  });

  it('refuses what has no line', () => {
    expect(() => linearFit(ANSCOMBE.slice(0, 2))).toThrow(
      'a line with an interval needs three points, not 2',
    );
    expect(() => linearFit([1, 2, 3].map((y) => ({ x: 5, y })))).toThrow('more than one x');
  });
});
