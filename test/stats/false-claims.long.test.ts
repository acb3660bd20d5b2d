// How often the statistics are wrong where there is much to claim: several comparisons, or many looks at one run.
import { expect, it } from '@jest/globals';
import { SIGNIFICANCE } from '../../src/stats/holm.ts';
import { looks } from '../../src/stats/sequential.ts';
import { BLOCKS, claimsAt, equalFamily, MOST_FALSE_CLAIMS, RUNS, truth } from './judged-runs.ts';

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
