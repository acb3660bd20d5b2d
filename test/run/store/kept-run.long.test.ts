// A run that is kept in a folder, as a user of the library has it: begun, broken off, taken up again, and refused.
import { getEventListeners } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type * as Door from '../../../src/doors/stress.ts';
import { emptyFolder } from '../../cli/port20.ts';
import { rejection } from '../../client/harness.ts';
import { linesOf, savedBlocks, savedResult, scheduleOf, transfersOf } from './folders.ts';

/** Built: its children are programs. */
const { beginRun, parsePlan, resumeRun, runStress }: typeof Door = await import(
  '../../../dist/doors/stress.js' as string
);

/** Arrivals are drawn from the seed: how many fall into a block tells whether its schedule is the same. */
const PLAN = parsePlan(`
seed: 11
binders: [reuse-port]
blocks: 3
scenarios: [{ name: load, workload: open, sessions: 2, rate: 60, duration: 150ms }]
`);

/** Never asked of the kernel, which takes a moment each time. */
const UNASKED = { truthTableDigest: null };

function newRun(): string {
  return join(emptyFolder(), 'run');
}

/** A signal that aborts when the block at `place` is over, as options. */
function endedAfter(place: number) {
  const end = new AbortController();
  return {
    ...{ ...UNASKED, signal: end.signal },
    onBlock: (finished: { readonly place: number }) => {
      if (finished.place === place) end.abort();
    },
  };
}

function locksIn(path: string): string[] {
  return readdirSync(path).filter((name) => name.startsWith('lock.'));
}

/** Which blocks were run, and which were there. */
function watching() {
  const told = { run: [] as number[], kept: [] as number[] };
  return {
    told,
    onBlock: ({ place }: { readonly place: number }) => void told.run.push(place),
    onKeptBlock: (_: unknown, place: number) => void told.kept.push(place),
  };
}

it('has its plan, its blocks and its result on disk, and is given back when nothing is left to do', async () => {
  const path = newRun();
  const { result, failures } = await beginRun(path, PLAN, UNASKED);
  expect(failures).toEqual([]);
  expect(result).toMatchObject({ valid: true, partial: false, requested: PLAN });
  expect(savedResult(path)).toEqual(result);
  expect(savedBlocks(path)).toEqual(result.blocks);
  expect(locksIn(path)).toEqual([]);
  const { told, ...watch } = watching();
  expect(await resumeRun(path, { ...UNASKED, ...watch })).toEqual({ result, failures: [] });
  expect(told.run).toEqual([]);
});

it('goes on where it was ended, with every transfer of the whole in one file', async () => {
  const path = newRun();
  const attemptsFile = join(emptyFolder(), 'lines');
  const ending = endedAfter(0);
  const first = await beginRun(path, PLAN, { ...ending, attemptsFile });
  expect(first.result).toMatchObject({ partial: true, endedBy: 'interrupt' });
  expect(savedResult(path)).toEqual(first.result);
  expect(linesOf(attemptsFile)).toEqual(transfersOf(first.result));
  expect(getEventListeners(ending.signal, 'abort')).toEqual([]);

  const { told, ...watch } = watching();
  const { result, failures } = await resumeRun(path, { ...UNASKED, ...watch, attemptsFile });
  expect({ failures, ...told }).toEqual({ failures: [], run: [1, 2], kept: [0] });
  expect(result).toMatchObject({ valid: true, partial: false, resumed: [{ blocksDone: 1 }] });
  expect(result.blocks[0]).toEqual(first.result.blocks[0]);
  expect(scheduleOf(result)).toEqual(scheduleOf(await runStress(PLAN, UNASKED)));
  expect(linesOf(attemptsFile)).toEqual(transfersOf(result));
});

it('may be ended before it has begun, and is still there to be taken up', async () => {
  const path = newRun();
  const { result } = await beginRun(path, PLAN, { ...UNASKED, signal: AbortSignal.abort() });
  expect(result).toMatchObject({ blocks: [], partial: true });
  expect((await resumeRun(path, UNASKED)).result).toMatchObject({ valid: true, partial: false });
});

it('asks the kernel what it is unless it is told', async () => {
  const path = newRun();
  const { result } = await beginRun(path, PLAN, { signal: AbortSignal.abort() });
  expect(result.host.truthTableDigest).toMatch(/^[0-9a-f]{64}$/);
  expect(JSON.parse(readFileSync(join(path, 'run.json'), 'utf8')).host).toEqual(result.host);
});

describe('what cannot be written costs no measurement', () => {
  it('a file of transfers', async () => {
    const { result, failures } = await beginRun(newRun(), PLAN, { ...UNASKED, attemptsFile: '/dev/full' });
    expect(failures.map(({ name, message }) => [name, message.replace(/;.*/, '')])).toEqual([
      ['PreflightError', "'/dev/full' cannot be written: ENOSPC"],
    ]);
    expect(result).toMatchObject({ valid: true, partial: false });
  });

  it('a block: the run ends in order, and what was saved before is taken up', async () => {
    const path = newRun();
    const gone = join(path, 'blocks');
    const onBlock = () => rmSync(gone, { recursive: true, force: true });
    const { result, failures } = await beginRun(path, PLAN, { ...UNASKED, onBlock });
    expect(failures.map(({ message }) => message.replace(/;.*/, ''))).toEqual([
      `'${join(gone, '0002.json')}' cannot be written: ENOENT`,
    ]);
    expect(result).toMatchObject({ partial: true, endedBy: 'interrupt' });
    expect(result.blocks).toHaveLength(2);
    // The result would tell of a block that is not there.
    expect(existsSync(join(path, 'result.json'))).toBe(false);
    expect(locksIn(path)).toEqual([]);
  });
});

describe('is refused', () => {
  it('in a folder that has a run, and where there is none', async () => {
    const path = newRun();
    await beginRun(path, PLAN, endedAfter(0));
    const again = await rejection(beginRun(path, PLAN, UNASKED));
    expect(again).toMatchObject({ name: 'UsageError', message: expect.stringMatching(/has a run already/) });
    const nowhere = await rejection(resumeRun(emptyFolder(), UNASKED));
    expect(nowhere).toMatchObject({ name: 'UsageError', message: expect.stringMatching(/has no run/) });
  });

  it('while it goes on, in the same process too; and that one goes on', async () => {
    const path = newRun();
    const refusals: string[] = [];
    const onBlock = async () => {
      for (const second of [beginRun(path, PLAN, UNASKED), resumeRun(path, UNASKED)]) {
        refusals.push((await rejection(second)).message);
      }
    };
    const { result } = await beginRun(path, PLAN, { ...UNASKED, onBlock });
    const message = `process ${process.pid} is running in '${path}': wait for it to end, or name another folder`;
    expect(refusals).toEqual(Array(2 * PLAN.blocks).fill(message));
    expect(result).toMatchObject({ valid: true, partial: false });
  });

  it('on another host, unless that is allowed', async () => {
    const path = newRun();
    await beginRun(path, PLAN, endedAfter(0));
    const file = join(path, 'run.json');
    const saved = JSON.parse(readFileSync(file, 'utf8'));
    writeFileSync(file, JSON.stringify({ ...saved, host: { ...saved.host, kernel: '4.4BSD' } }));
    expect(await rejection(resumeRun(path, UNASKED))).toMatchObject({
      name: 'UsageError',
      message: expect.stringMatching(
        /began on another host: host\.kernel was 4\.4BSD, is .*: resume it all the same with allowOtherHost$/,
      ),
    });
    expect(locksIn(path)).toEqual([]);
    const { result } = await resumeRun(path, { ...UNASKED, allowOtherHost: true });
    expect(result).toMatchObject({ valid: true, partial: false, resumed: [{ blocksDone: 1 }] });
  });
});
