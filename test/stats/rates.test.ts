// Rates a second and their ratios: worked by hand, and how often their intervals cover the truth.
import { describe, expect, it } from '@jest/globals';
import { createRandom, type Random } from '../../src/stats/random.ts';
import { blockedRate, logRateRatio, type RateBlock } from '../../src/stats/rates.ts';
import { lowCount } from './simulated-runs.ts';
import { normalDraw } from './simulated-times.ts';

/** One second each. */
const seconds = (counts: readonly number[]): RateBlock[] => counts.map((count) => ({ count, seconds: 1 }));

describe('blockedRate', () => {
  it("for blocks of one length is the mean, and Student's interval by the delta method", () => {
    const { perSecond, interval } = blockedRate(seconds([90, 100, 110, 100]));
    expect(perSecond).toBe(100);
    // s² = 200/3, so the relative standard error is √(200/3/4)/100 = .0408; t on 3 degrees of freedom is 3.1824.
    expect(interval?.[0]).toBeCloseTo(100 * Math.exp(-3.182446 * Math.sqrt(200 / 12) * 0.01), 4);
    expect(interval?.[1]).toBeCloseTo(100 * Math.exp(3.182446 * Math.sqrt(200 / 12) * 0.01), 4);
  });

  it('weighs blocks by their length', () => {
    const { perSecond, interval } = blockedRate([
      { count: 100, seconds: 1 },
      { count: 1000, seconds: 10 },
    ]);
    expect(perSecond).toBe(100);
    expect(interval?.[0]).toBeCloseTo(100, 10);
  });

  it('has no interval of one block, of none, and of nothing done', () => {
    expect(blockedRate(seconds([7]))).toEqual({ perSecond: 7, interval: null });
    expect(blockedRate([])).toEqual({ perSecond: null, interval: null });
    expect(blockedRate([{ count: 0, seconds: 0 }])).toEqual({ perSecond: null, interval: null });
    expect(blockedRate(seconds([0, 0, 0]))).toEqual({ perSecond: 0, interval: null });
  });
});

describe('logRateRatio', () => {
  it('takes out what both sides of a pair have in common', () => {
    const pairs = [1, 2, 4, 8].map((factor) => ({
      baseline: { count: 100 * factor, seconds: 1 },
      candidate: { count: 150 * factor, seconds: 1 },
    }));
    const { logRatio, interval } = logRateRatio(pairs);
    expect(logRatio).toBeCloseTo(Math.log(1.5), 12);
    expect(interval?.[0]).toBeCloseTo(Math.log(1.5), 12);
  });

  it('is null where one side did nothing, and has no interval of one pair', () => {
    const one = { baseline: { count: 1, seconds: 1 }, candidate: { count: 2, seconds: 1 } };
    expect(logRateRatio([one])).toEqual({ logRatio: Math.log(2), interval: null });
    const nothing = { ...one, candidate: { count: 0, seconds: 1 } };
    expect(logRateRatio([nothing, nothing])).toEqual({ logRatio: null, interval: null });
    expect(logRateRatio([])).toEqual({ logRatio: null, interval: null });
  });
});

describe('of blocks that vary by a factor, as invented', () => {
  const RUNS = 2000;
  const block = (random: Random, spread: number): RateBlock => {
    const length = 0.7 + 0.6 * random.uniform();
    return { count: length * 100 * Math.exp(spread * normalDraw(random) - spread ** 2 / 2), seconds: length };
  };

  it.each([
    [6, 0.05],
    [8, 0.2],
    [12, 0.3],
  ])('%i blocks with a spread of %d: 95 %% intervals cover 94 %% at least', (blocks, spread) => {
    const random = createRandom(11);
    let [rates, ratios] = [0, 0];
    for (let run = 0; run < RUNS; run++) {
      const own = Array.from({ length: blocks }, () => block(random, spread));
      const { interval } = blockedRate(own);
      if (interval !== null && interval[0] <= 100 && interval[1] >= 100) rates++;
      const pairs = own.map((baseline) => ({ baseline, candidate: block(random, spread) }));
      const ratio = logRateRatio(pairs).interval;
      if (ratio !== null && ratio[0] <= 0 && ratio[1] >= 0) ratios++;
    }
    expect(rates).toBeGreaterThanOrEqual(lowCount(RUNS, 0.94));
    expect(ratios).toBeGreaterThanOrEqual(lowCount(RUNS, 0.94));
  });
});
