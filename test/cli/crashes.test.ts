// A run that is broken off by SIGKILL and goes on where it was; and what is refused of a run that is kept in a folder.
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { RunResult } from '../../src/result/types.ts';
import {
  appears,
  blocksIn,
  gone,
  linesOf,
  processesWith,
  savedBlocks,
  savedResult,
  scheduleOf,
  transfersOf,
} from '../run/store/folders.ts';
import { LONG_THEN_SHORT, SHORT } from './broken-off.ts';
import { emptyFolder, expectOneLine, type RunOptions, run, start } from './port20.ts';
import { descendantsOf, isAlive } from './stressing.ts';

describe('the coordinator is killed', () => {
  it('between blocks or in one: those on disk stay, the rest is run as it would have been', async () => {
    const cwd = emptyFolder();
    const attempts = ['--attempts', 'lines'];
    const killed = start([...SHORT, '--dir', 'run', ...attempts], { cwd, env: { TMPDIR: cwd } });
    await killed.stderrMatch(/block 1 of 6/);
    const path = join(cwd, 'run');
    await appears(join(path, 'blocks/0002.json'));
    const pids = descendantsOf(killed.child.pid ?? 0);
    expect(pids.length).toBeGreaterThanOrEqual(4);
    killed.child.kill('SIGKILL');
    expect(await killed.ended).toMatchObject({ status: null, stdout: '' });
    await gone(() => pids.filter(isAlive));
    await gone(() => processesWith(cwd));
    const kept = Object.entries(blocksIn(path)).filter(([name]) => name.endsWith('.json'));
    expect(kept.length).toBeGreaterThanOrEqual(2);
    expect(readdirSync(path).filter((name) => name.startsWith('lock.'))).toHaveLength(1);

    const resumed = await run(['stress', '--resume', 'run', '--json', ...attempts], { cwd });
    expect({ status: resumed.status, stderr: resumed.stderr }).toMatchObject({ status: 0 });
    const result: RunResult = JSON.parse(resumed.stdout);
    expect(result).toMatchObject({ valid: true, partial: false, endedBy: 'plan' });
    expect(linesOf(join(cwd, 'lines'))).toEqual(transfersOf(result));
    expect(result.resumed).toEqual([{ at: expect.any(String), blocksDone: kept.length }]);
    expect(savedResult(path)).toEqual(result);
    expect(blocksIn(path)).toMatchObject(Object.fromEntries(kept));
    expect(savedBlocks(path)).toEqual(result.blocks);
    expect(readdirSync(path).sort()).toEqual(['blocks', 'plan.yaml', 'result.json', 'run.json']);

    const uninterrupted: RunResult = JSON.parse((await run(SHORT)).stdout);
    expect(scheduleOf(result)).toEqual(scheduleOf(uninterrupted));

    const again = await run(['stress', '--resume', 'run'], { cwd });
    expect({ status: again.status, stderr: again.stderr }).toEqual({
      status: 0,
      stderr:
        "port20: the transfers are kept in 'run'; with --attempts FILE they are written to a file, too\n",
    });
    expect(again.stdout).toMatch(
      /^! The run was broken off and taken up again after [2-5] blocks \(\d{4}-\d\d-\d\d \d\d:\d\d UTC\)\.$/m,
    );
    expect(savedResult(path)).toEqual(result);
  });
});

describe('what is refused', () => {
  it.each([
    ['--seed 4', '--seed'],
    ['plan.yaml', 'plan.yaml'],
  ])('--resume with %s: the plan is in the folder', async (flags, named) => {
    const line = new RegExp(
      `^port20: --resume run goes on with the plan in that folder: leave out ${named}$`,
      'm',
    );
    expectOneLine(await run(['stress', '--resume', 'run', ...flags.split(' ')]), 2, line);
  });

  it('a folder that may not be written, new or taken up again', async () => {
    const cwd = emptyFolder();
    const path = join(cwd, 'run');
    mkdirSync(path);
    writeFileSync(join(path, 'plan.yaml'), LONG_THEN_SHORT);
    const nobody: RunOptions = process.geteuid?.() === 0 ? { uid: 65_534, cwd: '/' } : { cwd: '/' };
    const line = /^port20: folder '.*run' cannot be written: EACCES$/m;
    for (const folder of [path, cwd]) chmodSync(folder, 0o555);
    try {
      expectOneLine(await run([...SHORT, '--dir', path], nobody), 3, line);
      expectOneLine(await run(['stress', '--resume', path], nobody), 3, line);
    } finally {
      for (const folder of [cwd, path]) chmodSync(folder, 0o755);
    }
  });
});
