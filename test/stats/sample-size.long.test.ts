// Whether a difference that is said to be detectable is detected: five hundred simulated runs of each size.
import { expect, it } from '@jest/globals';
import { difference } from '../../src/stats/difference.ts';
import { judgeFamily } from '../../src/stats/family.ts';
import { createRandom } from '../../src/stats/random.ts';
import { detectableDifference } from '../../src/stats/sample-size.ts';
import { clusteredBlocks, simulatedPairs } from './simulated-runs.ts';

const PLAN = { blocks: 8, transfersPerBlock: 500, comparisons: 1 };

// 500 simulated runs have a standard error of .018.
it.each([
  [0.3, 6],
  [0.1, 8],
  [0.4, 12],
])(
  'a detectable difference is found in about four runs of five: around %d with %i blocks',
  (rate, blocks) => {
    // The design effect of groups with a mean size of 2, see clusteredBlocks.
    const designEffect = 14 / 6;
    const { more } = detectableDifference(rate, { ...PLAN, blocks }, { designEffect });
    const baseline = clusteredBlocks(rate, PLAN.transfersPerBlock, 2);
    const candidate = clusteredBlocks(rate + (more ?? 0), PLAN.transfersPerBlock, 2);
    let found = 0;
    for (let seed = 1; seed <= 500; seed += 1) {
      const pairs = simulatedPairs(createRandom(seed), blocks, baseline, candidate);
      const [judged] = judgeFamily([difference(pairs, { seed, resamples: 999 })], { margin: 0 });
      if (judged?.verdict === 'worse') found += 1;
    }
    expect(found / 500).toBeGreaterThan(0.72);
    expect(found / 500).toBeLessThan(0.88);
  },
);
