// How often the intervals of quantiles, and of their ratios, cover the truth of invented loads.
import { describe, expect, it } from '@jest/globals';
import { mergeHistograms, quantileMs } from '../../src/stats/histogram.ts';
import { quantileIntervals, quantileRatio } from '../../src/stats/quantiles.ts';
import { createRandom } from '../../src/stats/random.ts';
import { lowCount } from './simulated-runs.ts';
import { type InventedLoad, inventedBlock } from './simulated-times.ts';

const QUANTILES = [0.5, 0.9, 0.95, 0.99];
const RUNS = 200;
const STEADY: InventedLoad = { transfers: 500, within: 0.5, between: 0, failing: 0 };

/** Of so many blocks that what is left is not worth naming; times count to three digits. */
function truthOf(load: InventedLoad): number[] {
  const random = createRandom(99);
  const all = Array.from({ length: 4000 }, () => inventedBlock(random, { ...load, transfers: 150 }));
  const merged = mergeHistograms(all.map(({ times }) => times));
  const failed = all.reduce((sum, block) => sum + block.failed, 0);
  return QUANTILES.map((q) => orEndless(quantileMs(merged, failed, q)));
}

function orEndless(time: number | 'failed' | null | undefined): number {
  return typeof time === 'number' ? time : Number.POSITIVE_INFINITY;
}

describe.each<[name: string, load: InventedLoad, least: number]>([
  ['blocks alike', STEADY, 0.95],
  ['blocks of a pace of their own', { ...STEADY, between: 0.1 }, 0.93],
  ['and failures', { ...STEADY, within: 1, between: 0.1, failing: 0.005 }, 0.93],
])('%s', (_, load, least) => {
  it.each([6, 12])('%i blocks', (blocks) => {
    const [truth, random] = [truthOf(load), createRandom(7)];
    const [covered, known] = [QUANTILES.map(() => 0), QUANTILES.map(() => 0)];
    for (let run = 0; run < RUNS; run++) {
      const own = Array.from({ length: blocks }, () => inventedBlock(random, load));
      for (const [i, interval] of quantileIntervals(own, QUANTILES).entries()) {
        if (interval === null) continue;
        const [low, high, wanted] = [...interval.map(orEndless), truth[i]] as [number, number, number];
        known[i] = (known[i] ?? 0) + 1;
        if (low <= wanted * 1.001 && high >= wanted * 0.999) covered[i] = (covered[i] ?? 0) + 1;
      }
    }
    for (const [i, count] of covered.entries()) {
      expect(known[i]).toBeGreaterThan(RUNS * 0.9);
      expect(count).toBeGreaterThanOrEqual(lowCount(known[i] ?? 0, least));
    }
  });
});

it.each([6, 12])('ratios of two that are alike, %i pairs', (blocks) => {
  const random = createRandom(8);
  const load = { ...STEADY, between: 0.1 };
  const runs = 60;
  const covered = QUANTILES.map(() => 0);
  for (let run = 0; run < runs; run++) {
    const pairs = Array.from({ length: blocks }, () => ({
      baseline: inventedBlock(random, load),
      candidate: inventedBlock(random, load),
    }));
    for (const [i, q] of QUANTILES.entries()) {
      const [low, high] = quantileRatio(pairs, q, createRandom(run)).interval ?? [1, -1];
      if (low <= 0 && high >= 0) covered[i] = (covered[i] ?? 0) + 1;
    }
  }
  for (const count of covered) expect(count).toBeGreaterThanOrEqual(lowCount(runs, 0.93));
});
