// How often the statistics are wrong, and how often blind: a thousand simulated runs whose truth is known.
import { describe, expect, it } from '@jest/globals';
import { blockedProportion } from '../../src/stats/blocks.ts';
import { difference } from '../../src/stats/difference.ts';
import { judgeFamily } from '../../src/stats/family.ts';
import { SIGNIFICANCE } from '../../src/stats/holm.ts';
import { looks } from '../../src/stats/sequential.ts';
import {
  BLOCKS,
  claimsAt,
  covers,
  equalFamily,
  FEWEST_COVERED,
  isClaim,
  MOST_FALSE_CLAIMS,
  NO_MARGIN,
  RESAMPLES,
  RUNS,
  truth,
} from './judged-runs.ts';
import { simulatedPairs } from './simulated-runs.ts';

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

it('five strategies equal to their baseline: any of them is told apart in one run of twenty at the most', () => {
  let claims = 0;
  for (let seed = 1; seed <= RUNS; seed += 1) {
    const family = equalFamily(truth(seed, 'clustered'), 5, BLOCKS);
    if (claimsAt(family, seed, { blocks: BLOCKS, significance: SIGNIFICANCE })) claims += 1;
  }
  expect(claims).toBeLessThanOrEqual(MOST_FALSE_CLAIMS);
  expect(claims).toBeGreaterThan(0);
});

it.each([1, 5])('looking again and again up to 40 blocks, %i equal: no more often than one look', (size) => {
  let claims = 0;
  const planned = looks(size, 40);
  for (let seed = 1; seed <= RUNS; seed += 1) {
    const family = equalFamily(truth(seed, 'clustered'), size, 40);
    if (planned.some((look) => claimsAt(family, seed, look))) claims += 1;
  }
  expect(claims).toBeLessThanOrEqual(MOST_FALSE_CLAIMS);
  expect(claims).toBeGreaterThan(0);
});
