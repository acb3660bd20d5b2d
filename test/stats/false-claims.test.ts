// What the statistics always find: simulated runs of a difference that is plain.
import { describe, expect, it } from '@jest/globals';
import { createRandom } from '../../src/stats/random.ts';
import { conclusive, type Look, looks } from '../../src/stats/sequential.ts';
import { judgedAt } from './judged-runs.ts';
import { clusteredBlocks, simulatedPairs } from './simulated-runs.ts';

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
