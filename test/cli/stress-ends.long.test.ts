// What ends a run early, or does not, where that takes many blocks.
import { describe, expect, it } from '@jest/globals';
import { resultOf } from './whole-runs.ts';

describe('--until conclusive', () => {
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
