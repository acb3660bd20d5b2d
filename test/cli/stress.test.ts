// The main job from the command line, on real processes: a whole small run, and one whose processes are killed in it.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import type { RunResult } from '../../src/result/types.ts';
import { emptyFolder, MAIN, run, start, startProgram } from './port20.ts';
import { descendantsOf, isAlive, loadBegun, processesOf, strategy } from './stressing.ts';

/** The window keeps sockets on the port long enough that at any moment most of 8 sessions hold one. */
const PLAN = `
name: small
binders: [legacy, reuse-port, ephemeral]
baseline: legacy
blocks: 2
timeUnit: 1ms
scenarios: [{ name: load, sessions: 8, duration: 250ms, bindToConnect: 30ms }]
`;

describe('a whole run', () => {
  it.each(['retr', 'stor', 'list'])(
    '%s: what was offered is accounted for, joined and compared',
    async (direction) => {
      const cwd = emptyFolder();
      writeFileSync(join(cwd, 'plan.yaml'), PLAN);
      const args = ['stress', 'plan.yaml', '--json', '--direction', direction, '--out', 'result.json'];
      const { status, stdout, stderr } = await run(args, { cwd });
      expect({ status, stderr }).toMatchObject({ status: 0 });
      const result: RunResult = JSON.parse(stdout);
      expect(JSON.parse(readFileSync(join(cwd, 'result.json'), 'utf8'))).toEqual(result);

      expect(result).toMatchObject({
        formatVersion: 2,
        valid: true,
        partial: false,
        endedBy: 'plan',
        requested: { name: 'small' },
      });
      expect(result.blocks).toHaveLength(6);
      expect(new Set(result.blocks.map(({ server }) => server.address)).size).toBe(6);
      for (const { offered, completed, failed, cancelled, dropped, warmUp, ...block } of result.blocks) {
        expect(block).toMatchObject({ problems: [], serverView: true });
        expect(completed + failed + cancelled).toBe(offered);
        expect([dropped, warmUp]).toEqual([0, 0]);
        expect(block.timeline?.completed.reduce((sum, n) => sum + n)).toBe(completed);
        expect(block.generator?.cpuShare).toBeGreaterThan(0);
      }
      const reusePort = strategy(result, 'reuse-port');
      expect(reusePort).toMatchObject({ failed: 0, fromDefaultDataPort: reusePort.connected });
      expect(reusePort.peakSockets).toBeGreaterThan(1);
      expect(reusePort.peakProcesses).toBe(2);
      expect(strategy(result, 'ephemeral')).toMatchObject({ failed: 0, fromDefaultDataPort: 0 });
    },
  );

  it('legacy: one transfer a block, then TIME_WAIT is its own', async () => {
    const cwd = emptyFolder();
    writeFileSync(join(cwd, 'plan.yaml'), PLAN);
    const { stdout } = await run(['stress', 'plan.yaml', '--json', '--binder', 'legacy'], { cwd });
    const legacy = strategy(JSON.parse(stdout), 'legacy');
    expect(legacy.completed).toBe(2);
    expect(legacy.failures).toEqual({ 'bind.EADDRINUSE': legacy.offered - 2 });
    expect(legacy.waitToBindP99Ms).toBe('failed');
  });

  it('prints the table, the circumstances and what was seen', async () => {
    const cwd = emptyFolder();
    writeFileSync(join(cwd, 'plan.yaml'), PLAN);
    const { status, stdout } = await run(['stress', 'plan.yaml'], { cwd });
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /time unit 1 ms \(1 schedule second\); window between bind and connect 30 ms = 30 schedule seconds/,
    );
    expect(stdout).toMatch(/TIME_WAIT \(60 s on Linux\) does not scale/);
    expect(stdout).toMatch(/At real scale .* 1 - 1\/a: legacy 8\d\.\d %/);
    expect(stdout).toMatch(/^legacy .* bind EADDRINUSE .* failed +failed/m);
    expect(stdout).toMatch(/^reuse-port .* 0 %/m);
  });
});

describe('before anything runs', () => {
  it('--print-plan shows the default plan with every default; --dry-run the order of its blocks', async () => {
    const { stdout } = await run(['stress', '--print-plan', '--blocks', '9']);
    expect(parse(stdout)).toMatchObject({ name: 'friedberg', blocks: 9, retry: 'default', timeout: '10s' });
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

describe('a process that dies in mid-block', () => {
  it.each([
    ['server', /server process \d+ ended by SIGKILL/],
    ['generator', /load generator process \d+ ended by SIGKILL/],
    ['worker', /server process \d+ ended by SIGKILL/],
  ] as const)('%s: the block is invalid, the next one runs, exit 4', async (victim, problem) => {
    const cwd = emptyFolder();
    const stress = start([...LONG_BLOCKS, '--json', '--blocks', '2', '--out', 'result.json'], { cwd });
    await loadBegun(stress);
    process.kill(processesOf(stress)[victim], 'SIGKILL');
    const { status, stdout, stderr } = await stress.ended;
    expect({ status, stderr }).toMatchObject({ status: 4 });
    expect(stderr).toMatch(
      /port20: the result is invalid: 1 of 2 blocks, first: load\/reuse-port: .*ended by SIGKILL/,
    );
    const result: RunResult = JSON.parse(stdout);
    expect(result.valid).toBe(false);
    expect(result.blocks.map(({ valid }) => valid)).toEqual([false, true]);
    expect(result.blocks[0]?.problems.join()).toMatch(problem);
    expect(JSON.parse(readFileSync(join(cwd, 'result.json'), 'utf8'))).toEqual(result);
  });
});

describe('Ctrl-C', () => {
  it('once: ends the block, keeps what was measured, exit 130', async () => {
    const stress = start([...LONG_BLOCKS, '--json', '--blocks', '3']);
    await loadBegun(stress);
    stress.child.kill('SIGINT');
    const { status, stdout } = await stress.ended;
    expect(status).toBe(130);
    const result: RunResult = JSON.parse(stdout);
    expect(result).toMatchObject({ partial: true, valid: true });
    expect(result.blocks).toHaveLength(1);
    expect(result.blocks[0]?.completed).toBeGreaterThan(0);
    expect(result.blocks[0]?.durationMs).toBeLessThan(LONG_BLOCK_MS);
  });

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
    expect(result.warnings.join()).toMatch(/1 block was cut short with \d transfers still running/);
  });

  it('SIGTERM to the whole process group, as timeout(1) sends it, keeps what was measured too', async () => {
    const command = `exec "${process.execPath}" "${MAIN}" ${LONG_BLOCKS.join(' ')} --json --blocks 3`;
    const stress = startProgram('/usr/bin/setsid', ['/bin/sh', '-c', command]);
    await loadBegun(stress);
    process.kill(-(stress.child.pid ?? 0), 'SIGTERM');
    const { status, stdout } = await stress.ended;
    expect(status).toBe(143);
    expect(JSON.parse(stdout)).toMatchObject({ partial: true, valid: true });
  });

  it('twice: stops at once and leaves no process behind', async () => {
    const tmp = emptyFolder();
    const stress = start([...LONG_BLOCKS, '--blocks', '3'], { env: { TMPDIR: tmp } });
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

const LONG_BLOCK_MS = 1000;
const LONG_BLOCKS = [
  'stress',
  ...['--binder', 'reuse-port', '--sessions', '4', '--duration', `${LONG_BLOCK_MS}ms`],
];
