// Whole runs of every kind from the command line, and every process that may die in one.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { RunResult } from '../../src/result/types.ts';
import { emptyFolder, MAIN, run, start, startProgram } from './port20.ts';
import { loadBegun, strategy } from './stressing.ts';
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
    expect(text).toMatch(/At real scale .* 1 - 1\/a: legacy 8\d\.\d %/);
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
