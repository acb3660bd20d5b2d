// What is refused of a run that is kept in a folder; those that are broken off are in crashes.long.test.ts.
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parsePlan } from '../../src/plan/parse.ts';
import { hostOfRun } from '../../src/run/host.ts';
import { createRunFolder } from '../../src/run/store/folder.ts';
import { LONG_THEN_SHORT, SHORT } from './broken-off.ts';
import { emptyFolder, expectOneLine, type RunOptions, run } from './port20.ts';

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

  it('a file of the run that is taken up again, wherever a variable says that new runs go', async () => {
    const cwd = emptyFolder();
    const path = join(cwd, 'run');
    await (await createRunFolder(path, parsePlan(LONG_THEN_SHORT), hostOfRun(null))).release();
    const plan = readFileSync(join(path, 'plan.yaml'), 'utf8');
    const flags = ['--resume', 'run', '--allow-env-diff', '--out', 'run/plan.yaml'];
    const ended = await run(['stress', ...flags], { cwd, env: { PORT20_DIR: 'new' } });
    expectOneLine(ended, 2, /^port20: --out 'run\/plan\.yaml' is a file of the run's own in --resume: name/);
    expect(existsSync(join(cwd, 'new'))).toBe(false);
    expect(readFileSync(join(path, 'plan.yaml'), 'utf8')).toBe(plan);
  });

  it.each([
    ['local', 'bullmq', ['--redis', 'redis://127.0.0.1:1'], 'say --engine local'],
    ['bullmq', 'local', [], 'say --engine bullmq and --redis'],
  ] as const)(
    'a run of %s that is to go on with %s: blocks of two engines make no result',
    async (...row) => {
      const [own, other, flags, wayOut] = row;
      const cwd = emptyFolder();
      const kept = { engine: own };
      await (
        await createRunFolder(join(cwd, 'run'), parsePlan(LONG_THEN_SHORT), hostOfRun(null), kept)
      ).release();
      const args = ['stress', '--resume', 'run', '--allow-env-diff', '--engine', other, ...flags];
      const line = new RegExp(`^port20: the run in 'run' began with --engine ${own}: ${wayOut}$`, 'm');
      expectOneLine(await run(args, { cwd }), 2, line);
      // It is let go: whoever does as told is not kept out.
      const again = await run(['stress', '--resume', 'run', '--engine', other, ...flags], { cwd });
      expectOneLine(again, 2, line);
    },
  );

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

it('a finished run waits for no agents', async () => {
  const cwd = emptyFolder();
  const first = await run([...SHORT, '--blocks', '1', '--dir', 'run'], { cwd });
  expect(first.status).toBe(0);
  const nobody = ['--engine', 'bullmq', '--redis', 'redis://127.0.0.1:1'];
  const again = await run(['stress', '--resume', 'run', '--json', ...nobody], { cwd });
  expect(again.status).toBe(0);
  expect(JSON.parse(again.stdout)).toEqual(JSON.parse(first.stdout));
});
