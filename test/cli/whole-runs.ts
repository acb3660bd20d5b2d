// Small whole runs of `port20 stress`, and one whose process is killed in mid-block: what must be so of each.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { problemInWords } from '../../src/report/words/problems.ts';
import type { BlockResult, RunResult } from '../../src/result/types.ts';
import { emptyFolder, run, start } from './port20.ts';
import { loadBegun, processesOf, type Role, strategy } from './stressing.ts';

/** The window keeps sockets on the port long enough that at any moment most of 8 sessions hold one. */
export const SMALL_PLAN = `
name: small
binders: [legacy, reuse-port, ephemeral]
baseline: legacy
blocks: 2
timeUnit: 1ms
scenarios: [{ name: load, sessions: 8, duration: 250ms, bindToConnect: 30ms }]
`;

/** What was offered is accounted for, joined and compared. */
export async function expectWholeRun(direction: string): Promise<void> {
  const cwd = emptyFolder();
  writeFileSync(join(cwd, 'plan.yaml'), SMALL_PLAN);
  const args = ['stress', 'plan.yaml', '--json', '--direction', direction, '--out', 'result.json'];
  const { status, stdout, stderr } = await run(args, { cwd });
  expect({ status, stderr }).toMatchObject({ status: 0 });
  const result: RunResult = JSON.parse(stdout);
  expect(JSON.parse(readFileSync(join(cwd, 'result.json'), 'utf8'))).toEqual(result);

  expect(result).toMatchObject({
    formatVersion: 3,
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
}

/** The block is invalid, the next one runs, exit 4. */
export async function expectInvalidBlock(victim: Role, problem: RegExp): Promise<void> {
  const cwd = emptyFolder();
  const stress = start([...blocksOf('2s'), '--json', '--blocks', '2', '--out', 'result.json'], { cwd });
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
  expect(result.blocks[0]?.problems.map(problemInWords).join()).toMatch(problem);
  expect(JSON.parse(readFileSync(join(cwd, 'result.json'), 'utf8'))).toEqual(result);
}

/** Blocks that outlast what is done in the first of them. */
export function blocksOf(duration: string): readonly string[] {
  return ['stress', '--binder', 'reuse-port', '--sessions', '4', '--duration', duration];
}

/** Of short blocks in which nothing is tried twice. */
export const QUICK = ['stress', '--sessions', '4', '--duration', '80ms', '--retry', 'none'];

export async function resultOf(...flags: readonly string[]): Promise<RunResult> {
  const { status, stdout, stderr } = await run([...QUICK, '--json', ...flags]);
  expect({ status, stderr }).toMatchObject({ status: 0 });
  return JSON.parse(stdout);
}

/** One block of a short load; nothing fails under this binder, whatever the load. */
export async function blockOf(flags: string): Promise<BlockResult> {
  const quick = ['--binder', 'reuse-port', '--duration', '300ms', '--blocks', '1', '--json'];
  const { status, stdout, stderr } = await run(['stress', ...quick, ...flags.split(' ')]);
  expect({ status, stderr }).toMatchObject({ status: 0 });
  const { blocks, valid }: RunResult = JSON.parse(stdout);
  const [block] = blocks;
  if (block === undefined) throw new Error('no block was run');
  expect({ valid, problems: block.problems, failures: block.failures }).toEqual({
    ...{ valid: true, problems: [], failures: {} },
  });
  expect(block.completed + block.dropped).toBe(block.offered);
  expect(block.completed).toBeGreaterThan(0);
  return block;
}
