// Forecasts: how far the rate of some blocks may be off that of many.
import { describe, expect, it } from '@jest/globals';
import { type Forecast, forecast } from '../../src/predict/forecast.ts';
import { exponentialMs, fixedMs } from '../../src/predict/samplers.ts';
import { simulateBlock } from '../../src/predict/simulation.ts';
import { createRandom } from '../../src/stats/random.ts';
import { BSD, holding, poissonLoad } from './loads.ts';

const LOAD = poissonLoad(100, 20_000);
const ONE_TRY = holding(exponentialMs(50), []);

function forecastOf(blocks: number, load = LOAD, transfer = ONE_TRY): Forecast {
  const found = forecast(load, [transfer], { blocks, random: createRandom(11) });
  if (found === null) throw new Error('nothing finished');
  return found;
}

describe('forecast', () => {
  it('has the long-run rate in the middle and most runs of so many blocks in its interval', () => {
    const { failureRate, interval } = forecastOf(4);
    expect(failureRate).toBeCloseTo(1 / 3, 2);
    const random = createRandom(99);
    const inside = Array.from({ length: 200 }, () => {
      const runs = Array.from({ length: 4 }, () => simulateBlock(LOAD, ONE_TRY, random));
      const failed = runs.reduce((sum, block) => sum + block.failed, 0);
      const rate = failed / runs.reduce((sum, block) => sum + block.failed + block.completed, 0);
      return rate >= interval[0] && rate <= interval[1];
    });
    expect(inside.filter(Boolean).length).toBeGreaterThanOrEqual(190);
  });

  it('simulates each block with its own times: what is known of them is nothing to be unsure of', () => {
    const ofHolds = (holds: readonly number[], blocks: number) => {
      const transfers = holds.map((ms) => holding(exponentialMs(ms), []));
      const found = forecast(LOAD, transfers, { blocks, random: createRandom(11) });
      if (found === null) throw new Error('nothing finished');
      return found;
    };
    const holds = [5, 5, 100, 100];
    const own = ofHolds(holds, 4);
    // One try: a / (1 + a), of a = .05 and 1 … each hold of them twice, weighed by what finishes.
    expect(own.failureRate).toBeGreaterThan(ofHolds([5], 4).failureRate);
    expect(own.failureRate).toBeLessThan(ofHolds([100], 4).failureRate);
    const width = ({ interval: [low, high] }: Forecast) => high - low;
    expect(width(own)).toBeLessThan(width(ofHolds(holds, 3)) / 2);
  });

  it('is never surer of a run than runs are of each other', () => {
    const { interval, failureRate } = forecastOf(10_000);
    const odds = (rate: number) => rate / (1 - rate);
    expect(odds(interval[1]) / odds(failureRate)).toBeGreaterThan(Math.exp(1.95 * 0.05));
    expect(odds(failureRate) / odds(interval[0])).toBeGreaterThan(Math.exp(1.95 * 0.05));
  });

  it('is surer of many blocks than of one', () => {
    const width = ({ interval: [low, high] }: Forecast) => high - low;
    expect(width(forecastOf(1))).toBeGreaterThan(width(forecastOf(16)));
  });

  it('leaves room where none of the simulated blocks failed', () => {
    const { failureRate, interval } = forecastOf(8, LOAD, holding(fixedMs(0.01), BSD));
    expect(failureRate).toBe(0);
    expect(interval[0]).toBe(0);
    expect(interval[1]).toBeGreaterThan(0);
    expect(interval[1]).toBeLessThan(0.001);
  });

  it.each([0.001, 0.003, 0.01, 0.1, 1, 100])(
    'has its own rate in its interval, and both ends between 0 and 1: a hold of %d ms',
    (holdMs) => {
      const transfer = holding(fixedMs(holdMs), []);
      // Of the shortest holds so few fail that none does in most of the blocks that are drawn.
      for (const blocks of [1, 8]) {
        const { failureRate, interval, tolerance } = forecastOf(blocks, poissonLoad(10, 1000), transfer);
        const ends = [0, tolerance[0], interval[0], failureRate, interval[1], tolerance[1], 1];
        expect(ends).toEqual([...ends].sort((a, b) => a - b));
      }
    },
  );

  it('simulates large blocks less often, and says how often', () => {
    expect(forecastOf(8).replications).toBe(200);
    const { replications } = forecastOf(8, poissonLoad(100, 3_000_000));
    expect(replications).toBeLessThan(50);
    expect(replications).toBeGreaterThanOrEqual(8);
  });

  it('tells the offered load of random arrivals: rate × hold', () => {
    const { contention } = forecastOf(8);
    expect(contention?.offeredLoad).toBeCloseTo(0.5, 1);
    expect(contention?.holdMs).toBeCloseTo(50, -1);
  });

  it('is null where nothing arrives', () => {
    const nobody = { ...LOAD, arrivalsMs: () => [] };
    expect(forecast(nobody, [ONE_TRY], { blocks: 8, random: createRandom(1) })).toBeNull();
  });
});
