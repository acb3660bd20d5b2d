// `port20 compare` and `port20 report` on a saved result: what is printed, and the exit status that a script can act on.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from '@jest/globals';
import { samplePlan, sampleResult } from '../report/sample-result.ts';
import { emptyFolder, run } from './port20.ts';

const cwd = emptyFolder();

beforeAll(() => {
  const result = sampleResult();
  const few = {
    blocks: result.blocks.filter(({ index }) => index < 2),
    requested: samplePlan({ blocks: 2 }),
  };
  writeFileSync(join(cwd, 'run.json'), JSON.stringify(result));
  writeFileSync(join(cwd, 'few.json'), JSON.stringify(sampleResult(few)));
  writeFileSync(
    join(cwd, 'few-too.json'),
    JSON.stringify(sampleResult({ ...few, startedAt: '2026-02-21T09:00:00.000Z' })),
  );
  writeFileSync(join(cwd, 'copy.json'), JSON.stringify(result, null, 2));
  const later = { ...result, startedAt: '2026-02-21T09:00:00.000Z' };
  writeFileSync(join(cwd, 'unlike.json'), JSON.stringify({ ...later, host: { ...result.host, cpus: 99 } }));
  const { startedAt, durationMs, host, tool, requested } = result;
  const { seed, blocks } = requested;
  const itself = { seed, startedAt, durationMs, toolVersion: tool.version, host, firstIndex: 0, blocks };
  const merged = [itself, { ...itself, seed: 99, firstIndex: blocks }];
  writeFileSync(join(cwd, 'merged.json'), JSON.stringify({ ...later, merged }));
});

it.each([
  ['a better candidate', ['run.json', '--candidate', 'reuse-port'], 0],
  ['a worse candidate', ['run.json', '--baseline', 'reuse-port', '--candidate', 'legacy'], 10],
  ['too few blocks', ['few.json', 'few-too.json', '--strict'], 11],
])('%s: the table, and an exit status', async (_what, args, status) => {
  const ended = await run(['compare', ...args], { cwd });
  expect(ended).toMatchObject({ status, stderr: '' });
  expect(ended.stdout).toMatch(/^scenario +/m);
});

it('runs that were not made alike are refused in one line that names the way out: exit 2', async () => {
  const { status, stdout, stderr } = await run(['compare', 'run.json', 'unlike.json'], { cwd });
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(/^port20: the two runs were not made alike: host\.cpus [^\n]*--allow-env-diff\n$/);
});

it.each([
  [['run.json', 'run.json']],
  [['run.json', 'copy.json', '--strict']],
  [['run.json', 'merged.json']],
  [['run.json', 'run.json', '--candidate', 'reuse-port']],
])('%j: the same run twice is told so, and is asked for no more blocks: exit 2', async (args) => {
  const { status, stdout, stderr } = await run(['compare', ...args], { cwd });
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(
    /^port20: 'run\.json' and '(run|copy|merged)\.json' have the same run in them, of [-:.TZ\d]+: name another one, [^\n]*\n$/,
  );
});

it('two strategies of the same run, named twice, are compared as those of one', async () => {
  const pair = ['--baseline', 'legacy', '--candidate', 'reuse-port'];
  const { status, stdout } = await run(['compare', 'run.json', 'run.json', ...pair], { cwd });
  expect(status).toBe(0);
  expect(stdout).toContain('better: fails less');
});

it('report prints the saved result', async () => {
  const { status, stdout } = await run(['report', 'run.json'], { cwd });
  expect(status).toBe(0);
  expect(stdout).toMatch(/^downloads-8: 8 sessions fetching/m);
});
