// Quantiles of blocks: the same as of merged histograms, failures as endless, and intervals that say when they know nothing.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createHistogram, mergeHistograms, quantileMs, recordMs } from '../../src/stats/histogram.ts';
import { quantileIntervals, quantileRatio } from '../../src/stats/quantiles.ts';
import { createRandom } from '../../src/stats/random.ts';
import { type TimesBlock, timesTable } from '../../src/stats/times.ts';
import { inventedBlock } from './simulated-times.ts';

const blockOf = (timesMs: readonly number[], failed = 0): TimesBlock => {
  const times = createHistogram();
  for (const ms of timesMs) recordMs(times, ms);
  return { times, failed };
};

const LOAD = { transfers: 400, within: 0.5, between: 0.1, failing: 0 };
const invented = (blocks: number, load = LOAD, seed = 3) => {
  const random = createRandom(seed);
  return Array.from({ length: blocks }, () => inventedBlock(random, load));
};

describe('timesTable', () => {
  it('gives the quantile of merged histograms, for any choice of blocks', () => {
    const block = fc.record({
      timesMs: fc.array(fc.double({ min: 0, max: 1e5, noNaN: true }), { maxLength: 30 }),
      failed: fc.integer({ min: 0, max: 5 }),
    });
    fc.assert(
      fc.property(
        fc.array(block, { minLength: 1, maxLength: 6 }),
        fc.array(fc.nat(5), { minLength: 1, maxLength: 8 }),
        fc.constantFrom(0.07, 0.5, 0.9, 0.99, 1),
        (drawn, picked, q) => {
          const blocks = drawn.map(({ timesMs, failed }) => blockOf(timesMs, failed));
          const chosen = picked.map((i) => i % blocks.length);
          const merged = mergeHistograms(chosen.map((i) => (blocks[i] as TimesBlock).times));
          const failed = chosen.reduce((sum, i) => sum + (blocks[i]?.failed ?? 0), 0);
          expect(timesTable(blocks).quantile(chosen, q) ?? null).toBe(quantileMs(merged, failed, q));
        },
      ),
    );
  });

  it('counts who took longer', () => {
    const table = timesTable([blockOf([1, 2, 3], 2), blockOf([2])]);
    const middle = table.quantile([0, 1], 0.5);
    expect(middle).toBeCloseTo(2, 2);
    expect([0, 1].map((block) => table.longer(block, middle ?? 0))).toEqual([3, 0]);
    expect(table.longer(0, 'failed')).toBe(0);
  });
});

describe('quantileIntervals', () => {
  it('hold the quantile itself, and are narrower of more blocks', () => {
    const widthOf = (blocks: number) => {
      const own = invented(blocks);
      const merged = mergeHistograms(own.map(({ times }) => times));
      return quantileIntervals(own, [0.5, 0.9, 0.99]).map((interval, i) => {
        if (interval === null) throw new Error('no interval');
        const [low, high] = interval.map(Number) as [number, number];
        const quantile = Number(quantileMs(merged, 0, [0.5, 0.9, 0.99][i] ?? 0));
        expect(low).toBeLessThanOrEqual(quantile);
        expect(high).toBeGreaterThanOrEqual(quantile);
        return Math.log(high / low);
      });
    };
    const [few, many] = [widthOf(6), widthOf(40)];
    for (const [i, width] of many.entries()) expect(width).toBeLessThan(few[i] ?? 0);
  });

  it('end among the failures where these are near', () => {
    const own = invented(8, { ...LOAD, failing: 0.01 });
    const [, , p99] = quantileIntervals(own, [0.5, 0.9, 0.99]);
    expect(p99?.[1]).toBe('failed');
    expect(p99?.[0]).not.toBe('failed');
    expect(quantileIntervals(invented(8, { ...LOAD, failing: 0.5 }), [0.99])).toEqual([['failed', 'failed']]);
  });

  it('are null where the longest that was measured bounds nothing', () => {
    expect(quantileIntervals(invented(8, { ...LOAD, transfers: 30 }), [0.5, 0.99, 0.999])).toEqual([
      [expect.any(Number), expect.any(Number)],
      null,
      null,
    ]);
    expect(quantileIntervals(invented(1), [0.5])).toEqual([null]);
    expect(quantileIntervals([], [0.5])).toEqual([null]);
    expect(quantileIntervals([blockOf([]), blockOf([])], [0.5])).toEqual([null]);
  });

  it('of times that are all the same are those', () => {
    const same = Array.from({ length: 6 }, () => blockOf(Array(100).fill(3)));
    const [interval] = quantileIntervals(same, [0.5]);
    expect(interval?.map(Number)).toEqual([expect.closeTo(3, 2), expect.closeTo(3, 2)]);
  });
});

describe('quantileRatio', () => {
  const scaled = (blocks: readonly TimesBlock[], factor: number) =>
    blocks.map(({ times, failed }) => {
      const longer = createHistogram();
      for (let percentile = 0.25; percentile <= 100; percentile += 0.25)
        recordMs(longer, (times.getValueAtPercentile(percentile) / 1000) * factor);
      return { times: longer, failed };
    });
  const own = invented(8);
  const same = scaled(own, 1);
  const pairs = (candidate: readonly TimesBlock[]) =>
    same.map((baseline, i) => ({ baseline, candidate: candidate[i] as TimesBlock }));

  it('finds a factor, and takes out what pairs have in common', () => {
    const { logRatio, interval, each } = quantileRatio(pairs(scaled(own, 2)), 0.9, createRandom(1));
    expect(logRatio).toBeCloseTo(Math.log(2), 2);
    expect(interval?.[0]).toBeCloseTo(Math.log(2), 1);
    expect(each).toHaveLength(8);
  });

  it('is the same for the same seed', () => {
    const candidate = invented(8, LOAD, 4);
    expect(quantileRatio(pairs(candidate), 0.9, createRandom(5))).toEqual(
      quantileRatio(pairs(candidate), 0.9, createRandom(5)),
    );
  });

  it('has no bound where one side fails, and is null where both do', () => {
    const failing = own.map(({ times }) => ({ times, failed: 10_000 }));
    expect(quantileRatio(pairs(failing), 0.9, createRandom(1))).toMatchObject({
      logRatio: Number.POSITIVE_INFINITY,
      interval: [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
    });
    const both = failing.map((block) => ({ baseline: block, candidate: block }));
    expect(quantileRatio(both, 0.9, createRandom(1))).toMatchObject({ logRatio: null, interval: null });
    expect(quantileRatio([], 0.9, createRandom(1))).toEqual({ logRatio: null, interval: null, each: [] });
  });
});
