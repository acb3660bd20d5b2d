// What ends a run early: that it is conclusive, or out of time; and the pauses between its blocks.
import { describe, expect, it } from '@jest/globals';
import type { RunResult } from '../../src/result/types.ts';
import { run } from './port20.ts';

const QUICK = ['stress', '--sessions', '4', '--duration', '80ms', '--retry', 'none'];

async function resultOf(...flags: readonly string[]): Promise<RunResult> {
  const { status, stdout, stderr } = await run([...QUICK, '--json', ...flags]);
  expect({ status, stderr }).toMatchObject({ status: 0 });
  return JSON.parse(stdout);
}

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

  it('is told in the report', async () => {
    const args = [...QUICK, '--binder', 'ephemeral', '--blocks', '100', '--max-time', '500ms'];
    const { status, stdout } = await run(args);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^! The run was out of time: \d of 100 blocks were run\.$/m);
  });

  it('too short for one block is a mistake: exit 2', async () => {
    const { status, stdout, stderr } = await run([...QUICK, '--binder', 'ephemeral', '--max-time', '50ms']);
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(
      /^port20: flags: maxTime 50ms is shorter than a block of \w+: nothing would run\n$/,
    );
  });
});

describe('--rest', () => {
  it('is between blocks, and counts for --max-time', async () => {
    const { blocks, durationMs } = await resultOf(
      '--binder',
      'ephemeral',
      '--blocks',
      '3',
      '--rest',
      '150ms',
    );
    const starts = blocks.map(({ startedAt }) => Date.parse(startedAt));
    expect(durationMs).toBeGreaterThanOrEqual(3 * 80 + 2 * 150);
    for (const [i, start] of starts.slice(1).entries()) {
      expect(start - (starts[i] ?? 0)).toBeGreaterThanOrEqual(80 + 150 - CLOCK_MS);
    }
  });
});

/** Dates are in whole milliseconds, and timers may end one early. */
const CLOCK_MS = 3;
