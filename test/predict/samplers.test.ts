// Samplers: each recorded duration as often as it was recorded, and nothing else.
import { describe, expect, it } from '@jest/globals';
import { empiricalMs, exponentialMs, uniformMs } from '../../src/predict/samplers.ts';
import { createHistogram, decodeHistogram, encodeHistogram, recordMs } from '../../src/stats/histogram.ts';
import { createRandom } from '../../src/stats/random.ts';

/** The quantiles .005, .015 … .995. */
const HUNDRED = Array.from({ length: 100 }, (_, i) => (i + 0.5) / 100);

function histogramOf(durationsMs: readonly number[]) {
  const histogram = createHistogram();
  for (const durationMs of durationsMs) recordMs(histogram, durationMs);
  return decodeHistogram(encodeHistogram(histogram));
}

describe('a measured distribution', () => {
  it('is drawn in its own proportions, through the encoding of a result', () => {
    const sampler = empiricalMs(histogramOf([...Array(70).fill(0.25), ...Array(29).fill(1.5), 0]));
    const drawn = HUNDRED.map((u) => sampler({ uniform: () => u }));
    expect(drawn).toEqual([0, ...Array(70).fill(0.25), ...Array(29).fill(1.5)]);
  });

  it('keeps a rare long one', () => {
    const sampler = empiricalMs(histogramOf([...Array(9999).fill(1), 900]));
    expect(sampler({ uniform: () => 0.99995 })).toBeCloseTo(900, 0);
    expect(sampler({ uniform: () => 0.9998 })).toBe(1);
  });

  it('of one value is that value; of none it is 0', () => {
    expect(empiricalMs(histogramOf([4]))(createRandom(1))).toBeCloseTo(4, 2);
    expect(empiricalMs(histogramOf([]))(createRandom(1))).toBe(0);
  });
});

it('exponential and uniform ones have their means', () => {
  const random = createRandom(3);
  const mean = (sampler: (r: typeof random) => number) =>
    Array.from({ length: 100_000 }, () => sampler(random)).reduce((sum, ms) => sum + ms, 0) / 100_000;
  expect(mean(exponentialMs(50)) / 50).toBeCloseTo(1, 1);
  expect(mean(uniformMs(2, 4))).toBeCloseTo(3, 1);
});
