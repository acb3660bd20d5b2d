// Whole runs of every kind from the command line, on real processes, and every process that may die in one.
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import type { RunResult } from '../../src/result/types.ts';
import { emptyFolder, MAIN, run, start, startProgram } from './port20.ts';
import { descendantsOf, isAlive, loadBegun, strategy } from './stressing.ts';
import { blocksOf, expectInvalidBlock, expectWholeRun, SMALL_PLAN } from './whole-runs.ts';

describe('a whole run', () => {
  it.each(['stor', 'list'])('%s: what was offered is accounted for, joined and compared', expectWholeRun);

  it('legacy: one transfer a block, then TIME_WAIT is its own', async () => {
    const cwd = emptyFolder();
    writeFileSync(join(cwd, 'plan.yaml'), SMALL_PLAN);
    const { stdout } = await run(['stress', 'plan.yaml', '--json', '--binder', 'legacy'], { cwd });
    const legacy = strategy(JSON.parse(stdout), 'legacy');
    expect(legacy.completed).toBe(2);
    expect(legacy.failures).toEqual({ 'bind.EADDRINUSE': legacy.offered - 2 });
    expect(legacy.waitToBindP99Ms).toBe('failed');
  });

  it('prints the table, the circumstances and what was seen', async () => {
    const cwd = emptyFolder();
    writeFileSync(join(cwd, 'plan.yaml'), SMALL_PLAN);
    const { status, stdout } = await run(['stress', 'plan.yaml'], { cwd, env: { COLUMNS: '200' } });
    expect(status).toBe(0);
    const text = stdout.replaceAll('\n  ', ' ');
    expect(text).toMatch(/^load: .*; window between bind and connect 30 ms = 30 schedule seconds; 2 blocks/m);
    expect(text).toMatch(/time unit 1 ms \(1 schedule second\); TIME_WAIT \(60 s on Linux\) does not scale/);
    expect(text).toMatch(/At real scale .* 1 - 1\/a, where a = .*: legacy 8\d\.\d %/);
    expect(stdout).toMatch(/^legacy .* bind EADDRINUSE .* failed +failed/m);
    expect(stdout).toMatch(/^reuse-port .* 0 %/m);
  });
});

describe('a process that dies in mid-block', () => {
  it.each([
    ['server', /server process \d+ ended by SIGKILL/],
    ['generator', /load generator process \d+ ended by SIGKILL/],
  ] as const)('%s: the block is invalid, the next one runs, exit 4', expectInvalidBlock);
});

describe('Ctrl-C', () => {
  it('while transfers wait for the port: they are cancelled, not failed', async () => {
    const flags = ['--binder', 'legacy', '--sessions', '4', '--duration', '60s', '--blocks', '1', '--json'];
    const stress = start(['stress', ...flags, '--retry', '30', '--time-unit', '1s']);
    await loadBegun(stress);
    stress.child.kill('SIGINT');
    const { status, stdout } = await stress.ended;
    expect(status).toBe(130);
    const result: RunResult = JSON.parse(stdout);
    const [block] = result.blocks;
    expect(block).toMatchObject({ failed: 0, valid: true });
    expect(block?.cancelled).toBeGreaterThan(0);
    // Those that waited would have failed: the block tells no rate.
    expect(result.strategies).toEqual([]);
    expect(result.warnings).toContainEqual({ id: 'cut-short', blocks: 1, cancelled: expect.any(Number) });
  });

  it('SIGTERM to the whole process group, as timeout(1) sends it, keeps what was measured too', async () => {
    const command = `exec "${process.execPath}" "${MAIN}" ${blocksOf('60s').join(' ')} --json --blocks 3`;
    const stress = startProgram('/usr/bin/setsid', ['/bin/sh', '-c', command]);
    await loadBegun(stress);
    process.kill(-(stress.child.pid ?? 0), 'SIGTERM');
    const { status, stdout } = await stress.ended;
    expect(status).toBe(143);
    expect(JSON.parse(stdout)).toMatchObject({ partial: true, valid: true });
  });
});

it('a whole run: what was offered is accounted for, joined and compared', () => expectWholeRun('retr'));

describe('before anything runs', () => {
  it('--print-plan shows the default plan with every default; --dry-run the order of its blocks', async () => {
    const { stdout } = await run(['stress', '--print-plan', '--blocks', '9']);
    expect(parse(stdout)).toMatchObject({ name: 'quick', blocks: 9, retry: 'default', timeout: '10s' });
    const { status, stdout: order } = await run(['stress', '--dry-run', '--sessions', '4', '--blocks', '3']);
    expect(status).toBe(0);
    expect(order).toMatch(/^plan from flags: 18 blocks, 36 s of load and rest/);
    expect(order.match(/^[123] load:( [a-z-]+){6}$/gm)).toHaveLength(3);
  });

  it('flags win over the environment, which wins over the file', async () => {
    const cwd = emptyFolder();
    writeFileSync(join(cwd, 'port20.config.yaml'), 'blocks: 3\nsessions: 5\nseed: 7\n');
    const args = ['stress', '--print-plan', '--blocks', '9'];
    const { stdout } = await run(args, { cwd, env: { PORT20_BLOCKS: '4', PORT20_SESSIONS: '6' } });
    expect(parse(stdout)).toMatchObject({ blocks: 9, seed: 7, scenarios: [{ sessions: 6 }] });
  });
});

it('the default plan answers, and says how to run the long one', async () => {
  const { status, stdout, stderr } = await run(['stress', '--blocks', '1']);
  expect(status).toBe(0);
  const answer = stdout.split('\n\n')[1]?.replaceAll('\n  ', ' ');
  expect(answer).toMatch(
    /^legacy failed [\d.]+ % of its transfers and legacy-bsd [\d.]+ %, at 64 sessions \(bsd-window\); reuse-port failed none of /,
  );
  expect(stderr).toMatch(
    /^port20: six strategies under three loads, in two minutes: port20 stress \S+friedberg\.yaml$/m,
  );
});

it('a worker that dies in mid-block: the block is invalid, the next one runs, exit 4', () =>
  expectInvalidBlock('worker', /server process \d+ ended by SIGKILL/));

describe('Ctrl-C', () => {
  it('once: ends the block, keeps what was measured, exit 130', async () => {
    const stress = start([...blocksOf('60s'), '--json', '--blocks', '3']);
    await loadBegun(stress);
    stress.child.kill('SIGINT');
    const { status, stdout } = await stress.ended;
    expect(status).toBe(130);
    const result: RunResult = JSON.parse(stdout);
    expect(result).toMatchObject({ partial: true, valid: true });
    expect(result.blocks).toHaveLength(1);
    expect(result.blocks[0]?.completed).toBeGreaterThan(0);
  });

  it('twice: stops at once and leaves no process behind', async () => {
    const tmp = emptyFolder();
    const stress = start([...blocksOf('60s'), '--blocks', '3'], { env: { TMPDIR: tmp } });
    await loadBegun(stress);
    const pids = descendantsOf(stress.child.pid ?? 0);
    expect(pids.length).toBeGreaterThanOrEqual(4);
    stress.child.kill('SIGINT');
    await stress.stderrMatch(/once more to stop at once/);
    stress.child.kill('SIGINT');
    expect((await stress.ended).status).toBe(130);
    expect(pids.filter(isAlive)).toEqual([]);
    expect(readdirSync(tmp)).toEqual([]);
  });
});
