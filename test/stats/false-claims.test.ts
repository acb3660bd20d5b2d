// How often the statistics are wrong, and how often blind: a thousand simulated runs whose truth is known.
import { describe, expect, it } from '@jest/globals';
import { blockedProportion } from '../../src/stats/blocks.ts';
import { difference } from '../../src/stats/difference.ts';
import { judgeFamily } from '../../src/stats/family.ts';
import { createRandom } from '../../src/stats/random.ts';
import { conclusive, type Look, looks } from '../../src/stats/sequential.ts';
import {
  BLOCKS,
  covers,
  FEWEST_COVERED,
  isClaim,
  judgedAt,
  MOST_FALSE_CLAIMS,
  NO_MARGIN,
  RESAMPLES,
  RUNS,
  truth,
} from './judged-runs.ts';
import { clusteredBlocks, simulatedPairs } from './simulated-runs.ts';

describe.each(['clustered', 'varied'] as const)('two equal strategies, %s failures, 8 blocks', (kind) => {
  const counts = { claims: 0, rateCovered: 0, differenceCovered: 0, designEffects: 0 };

  it('are told apart in one run of twenty at the most', () => {
    for (let seed = 1; seed <= RUNS; seed += 1) {
      const { rate, blockOf, random } = truth(seed, kind);
      const pairs = simulatedPairs(random, BLOCKS, blockOf);
      const found = difference(pairs, { seed, resamples: RESAMPLES });
      const own = blockedProportion(pairs.map(({ baseline }) => baseline));
      if (judgeFamily([found], NO_MARGIN).some(isClaim)) counts.claims += 1;
      if (covers(found.interval, 0)) counts.differenceCovered += 1;
      if (covers(own.interval, rate)) counts.rateCovered += 1;
      counts.designEffects += own.designEffect ?? 0;
    }
    expect(counts.claims).toBeLessThanOrEqual(MOST_FALSE_CLAIMS);
    // And they are told apart sometimes: the simulation can find a difference.
    expect(counts.claims).toBeGreaterThan(RUNS / 50);
  });

  it('have intervals that cover as often as they say', () => {
    expect(counts.rateCovered).toBeGreaterThanOrEqual(FEWEST_COVERED);
    expect(counts.differenceCovered).toBeGreaterThanOrEqual(FEWEST_COVERED);
    expect(counts.designEffects / RUNS).toBeGreaterThan(2);
    expect(counts.designEffects / RUNS).toBeLessThan(5);
  });
});

describe('98 % failures against none', () => {
  it.each([
    [1, 7],
    [5, 9],
  ])('%i comparisons are always settled by the first look, after %i blocks', (size, blocks) => {
    const [look] = looks(size, 40);
    expect(look?.blocks).toBe(blocks);
    for (let seed = 1; seed <= 100; seed += 1) {
      const random = createRandom(seed);
      // A strategy that waits out its retries does few transfers where another does many.
      const legacy = clusteredBlocks(0.98, 20 + random.integer(200), 1 + random.integer(5));
      const reusePort = () => ({ failed: 0, finished: 500 + random.integer(5000) });
      const family = Array.from({ length: size }, () => simulatedPairs(random, blocks, legacy, reusePort));
      const judged = judgedAt(family, seed, look as Look);
      expect(judged.map(({ verdict }) => verdict)).toEqual(Array(size).fill('better'));
      expect(conclusive(judged)).toBe(true);
    }
  });
});
