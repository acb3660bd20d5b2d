// The main job from the command line, on real processes: a whole small run, and one whose processes are killed in it.
import { lstatSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import type { RunResult, StrategyResult } from '../../src/stress/types.ts';
import { emptyFolder, MAIN, type Running, run, start, startProgram } from './port20.ts';

/** The window keeps sockets on the port long enough that at any moment most of 8 sessions hold one. */
const PLAN = `
name: small
binders: [legacy, reuse-port, ephemeral]
baseline: legacy
blocks: 2
timeUnit: 1ms
scenarios: [{ name: load, sessions: 8, duration: 400ms, bindToConnect: 30ms }]
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
        formatVersion: 1,
        valid: true,
        partial: false,
        requested: { name: 'small' },
      });
      expect(result.blocks).toHaveLength(6);
      expect(new Set(result.blocks.map(({ server }) => server.address)).size).toBe(6);
      for (const { offered, completed, failed, cancelled, problems } of result.blocks) {
        expect(problems).toEqual([]);
        expect(completed + failed + cancelled).toBe(offered);
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
    expect(order.trim().split('\n')).toHaveLength(1 + 3 * 6);
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
    ['load generator', /load generator process \d+ ended by SIGKILL/],
    ['server worker', /server process \d+ ended by SIGKILL/],
  ] as const)('%s: the block is invalid, the next one runs, exit 4', async (victim, problem) => {
    const cwd = emptyFolder();
    const stress = start([...LONG_BLOCKS, '--json', '--blocks', '2', '--out', 'result.json'], { cwd });
    await stress.stderrMatch(/block 1 of 2/); // attempts have come in: the load runs
    process.kill(victimOf(stress, victim), 'SIGKILL');
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
    await stress.stderrMatch(/block 1 of 3/);
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
    await stress.stderrMatch(/block 1 of 1/);
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
    await stress.stderrMatch(/block 1 of 3/);
    process.kill(-(stress.child.pid ?? 0), 'SIGTERM');
    const { status, stdout } = await stress.ended;
    expect(status).toBe(143);
    expect(JSON.parse(stdout)).toMatchObject({ partial: true, valid: true });
  });

  it('twice: stops at once and leaves no process behind', async () => {
    const tmp = emptyFolder();
    const stress = start([...LONG_BLOCKS, '--blocks', '3'], { env: { TMPDIR: tmp } });
    await stress.stderrMatch(/block 1 of 3/);
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

describe('output that cannot be written', () => {
  const QUICK = [
    'stress',
    '--binder',
    'ephemeral',
    '--sessions',
    '2',
    '--duration',
    '100ms',
    '--blocks',
    '1',
    '--quiet',
  ];

  it('a reader that has gone is no error', async () => {
    const shell = `"${process.execPath}" "${MAIN}" stress --print-plan | true; exit \${PIPESTATUS[0]}`;
    const { status, stderr } = await startProgram('/bin/bash', ['-c', shell]).ended;
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it('a full standard output is told in one line', async () => {
    const shell = `exec "${process.execPath}" "${MAIN}" stress --print-plan > /dev/full`;
    const { status, stderr } = await startProgram('/bin/sh', ['-c', shell]).ended;
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: 'port20: cannot write to standard output: ENOSPC\n',
    });
  });

  it('a result that finds no room is printed all the same, and what was there stays', async () => {
    const cwd = emptyFolder();
    const shell = `ulimit -f 8; exec "${process.execPath}" "${MAIN}" ${QUICK.join(' ')} --blocks 9 --file-size 1KiB --out r.json`;
    writeFileSync(join(cwd, 'r.json'), 'before');
    const { status, stdout, stderr } = await startProgram('/bin/sh', ['-c', shell], { cwd }).ended;
    expect(stdout).toMatch(/^ephemeral/m);
    expect({ status, stderr }).toEqual({ status: 3, stderr: "port20: cannot write 'r.json': EFBIG\n" });
    expect(readdirSync(cwd)).toEqual(['r.json']);
    expect(readFileSync(join(cwd, 'r.json'), 'utf8')).toBe('before');
  });

  it('a link is followed, and what it points to is written', async () => {
    const cwd = emptyFolder();
    writeFileSync(join(cwd, 'target.json'), '');
    symlinkSync('target.json', join(cwd, 'link.json'));
    expect((await run([...QUICK, '--out', 'link.json'], { cwd })).status).toBe(0);
    expect(lstatSync(join(cwd, 'link.json')).isSymbolicLink()).toBe(true);
    expect(JSON.parse(readFileSync(join(cwd, 'target.json'), 'utf8'))).toMatchObject({ valid: true });
  });

  it('a temporary folder that cannot be used is told in one line', async () => {
    const { status, stderr } = await run(QUICK, { env: { TMPDIR: '/no/such/folder' } });
    expect(status).toBe(3);
    expect(stderr).toMatch(
      /^port20: the temporary folder \/no\/such\/folder cannot hold the run's files: ENOENT\n$/,
    );
  });
});

const LONG_BLOCK_MS = 2000;
const LONG_BLOCKS = [
  'stress',
  '--binder',
  'reuse-port',
  '--sessions',
  '4',
  '--duration',
  `${LONG_BLOCK_MS}ms`,
];

function strategy(result: RunResult, binder: string): StrategyResult {
  const found = result.strategies.find((one) => one.binder === binder);
  if (found === undefined) throw new Error(`no ${binder} in the result`);
  return found;
}

function victimOf({ child }: Running, victim: 'server' | 'load generator' | 'server worker'): number {
  const children = childrenOf(child.pid ?? 0);
  const host = children.find((pid) => commandLineOf(pid).includes('server-host'));
  const generator = children.find((pid) => commandLineOf(pid).includes('generator.js'));
  const worker = childrenOf(host ?? 0)[0];
  const pid = { server: host, 'load generator': generator, 'server worker': worker }[victim];
  if (pid === undefined) throw new Error(`no ${victim} among ${children}`);
  return pid;
}

function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return text.split(' ').filter(Boolean).map(Number);
}

function descendantsOf(pid: number): number[] {
  return childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)]);
}

function commandLineOf(pid: number): string {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
}

/** A zombie that nobody has waited for yet is dead. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
