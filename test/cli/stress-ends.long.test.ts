// What ends a run early, or does not, where that takes many blocks.
import { describe, expect, it } from '@jest/globals';
import { resultOf } from './whole-runs.ts';

describe('--until conclusive', () => {
  it('ends at the first look where the difference is plain: seven blocks of each', async () => {
    const flags = ['--binder', 'legacy,reuse-port', '--blocks', '30', '--until', 'conclusive'];
    const { blocks, comparisons, ...result } = await resultOf(...flags);
    expect(result).toMatchObject({ endedBy: 'conclusive', partial: false, valid: true });
    expect(blocks).toHaveLength(14);
    expect(comparisons).toMatchObject([{ candidate: 'reuse-port', blocks: 7, verdict: 'better' }]);
    // The first look spends 2/2^7 of the 5 %, and no p value at seven blocks is less.
    expect(comparisons[0]).toMatchObject({ significance: 2 / 128, pAdjusted: 2 / 128, blocksNeeded: null });
  });

  it('with fewer blocks than a look takes runs them all', async () => {
    const flags = ['--binder', 'legacy,reuse-port', '--blocks', '2', '--until', 'conclusive'];
    const { blocks, comparisons, ...result } = await resultOf(...flags);
    expect(result).toMatchObject({ endedBy: 'plan', partial: false });
    expect(blocks).toHaveLength(4);
    expect(comparisons[0]).toMatchObject({ verdict: 'inconclusive', significance: 0.05 });
  });
});

describe('--max-time', () => {
  it('begins no block that would end later, and says that the run is not whole', async () => {
    const flags = ['--binder', 'ephemeral', '--blocks', '1000', '--max-time', '1s'];
    const { blocks, ...result } = await resultOf(...flags);
    expect(result).toMatchObject({ endedBy: 'max-time', partial: true, valid: true });
    expect(blocks.length).toBeGreaterThan(0);
    // Each takes its 80 ms at least.
    expect(blocks.length).toBeLessThanOrEqual(12);
  });
});
