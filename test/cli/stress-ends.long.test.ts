// What ends a run early, or does not: that it is conclusive, or out of time; and the pauses between its blocks.

import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { appears } from '../run/store/folders.ts';
import { emptyFolder, run, start } from './port20.ts';
import { QUICK, resultOf } from './whole-runs.ts';

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

describe('--max-time', () => {
  it('is told in the report', async () => {
    const args = [...QUICK, '--binder', 'ephemeral', '--blocks', '100', '--max-time', '500ms'];
    const { status, stdout } = await run(args);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^! The run was out of time: \d+ of 100 blocks (?:were|was) run\.$/m);
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
  it('is between blocks: one of an hour is not over when the run is ended', async () => {
    const cwd = emptyFolder();
    const stress = start(
      [...QUICK, '--binder', 'ephemeral', '--blocks', '2', '--rest', '1h', '--dir', 'run', '--json'],
      { cwd },
    );
    await stress.stderrMatch(/block 1 of 2/);
    await appears(join(cwd, 'run/blocks/0001.json'));
    stress.child.kill('SIGINT');
    const { status, stdout } = await stress.ended;
    expect(status).toBe(130);
    expect(JSON.parse(stdout)).toMatchObject({ endedBy: 'interrupt', blocks: { length: 1 } });
  });

  it('counts for --max-time', async () => {
    // Room for the rest and one block of a second, not for two.
    const time = ['--duration', '1s', '--rest', '3600s', '--max-time', '3601500ms'];
    const flags = ['--binder', 'ephemeral', '--blocks', '2', ...time];
    const { blocks, endedBy } = await resultOf(...flags);
    expect({ blocks: blocks.length, endedBy }).toEqual({ blocks: 1, endedBy: 'max-time' });
  });
});
