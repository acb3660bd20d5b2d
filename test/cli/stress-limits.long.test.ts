// What ends a run early: that it is conclusive, or out of time; and the pauses between its blocks.
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { appears } from '../run/store/folders.ts';
import { emptyFolder, run, start } from './port20.ts';
import { QUICK, resultOf } from './whole-runs.ts';

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
