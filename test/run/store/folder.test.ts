// The folder of a run: what it takes and gives back, what it refuses, and that only one process works in it.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { exitStatusOf, messageOf } from '../../../src/cli/exit.ts';
import { blockOrder } from '../../../src/plan/order.ts';
import { fillPlan } from '../../../src/plan/parse.ts';
import { FORMAT_VERSION } from '../../../src/result/schema/index.ts';
import type { BlockResult } from '../../../src/result/types.ts';
import type { FinishedBlock } from '../../../src/run/run.ts';
import { createRunFolder, type RunFolder, resumeRunFolder } from '../../../src/run/store/folder.ts';
import { emptyFolder } from '../../cli/port20.ts';
import { sampleBlock, sampleResult } from '../../report/sample-result.ts';
import { attempt, record } from '../samples.ts';

const PLAN = fillPlan({
  binders: ['legacy', 'reuse-port'],
  blocks: 2,
  seed: 4,
  scenarios: [{ name: 'load' }],
});
const ORDER = blockOrder(PLAN);
const { host: HOST } = sampleResult();

function blockAt(place: number, changes: Partial<BlockResult> = {}): BlockResult {
  const spec = ORDER[place];
  if (spec === undefined) throw new Error(`no place ${place}`);
  return sampleBlock({
    scenario: spec.scenario.name,
    contestant: spec.contestant.name,
    index: spec.index,
    ...changes,
  });
}

const saved = (block: BlockResult) => JSON.stringify({ ...block, runElapsedMs: 1 });

/** The same, just over. */
function finishedAt(place: number, changes: Partial<FinishedBlock> = {}): FinishedBlock {
  return {
    ...{ block: blockAt(place), place, runElapsedMs: 1000 * (place + 1), cutShort: false },
    transfers: () => [],
    ...changes,
  };
}

/** A run that was broken off behind its first two blocks. */
async function brokenOff(): Promise<string> {
  const path = join(emptyFolder(), 'run');
  const folder = await createRunFolder(path, PLAN, HOST);
  for (const place of [0, 1]) await folder.saveBlock(finishedAt(place));
  await folder.release();
  return path;
}

/** What the command line makes of it. */
async function refusal(work: Promise<RunFolder>): Promise<{ status: number; message: string }> {
  const error: unknown = await work.then(
    () => 'it was not refused',
    (reason) => reason,
  );
  return { status: exitStatusOf(error), message: messageOf(error) };
}

describe('a run that is taken up again', () => {
  it('has its plan, its host and its blocks, each in its place', async () => {
    const folder = await resumeRunFolder(await brokenOff());
    expect(folder).toMatchObject({ plan: PLAN, host: HOST, finished: undefined });
    expect(folder.before.resumed).toEqual([]);
    expect([...folder.before.blocks]).toEqual([
      [0, blockAt(0)],
      [1, blockAt(1)],
    ]);
    await folder.release();
  });

  it('notes that with the first block that it adds, and not for a look', async () => {
    const path = await brokenOff();
    await (await resumeRunFolder(path)).release();
    const folder = await resumeRunFolder(path);
    expect(folder.before.resumed).toEqual([]);
    await folder.saveBlock(finishedAt(2));
    await folder.saveBlock(finishedAt(3));
    expect(folder.before.resumed).toEqual([{ at: expect.any(String), blocksDone: 2 }]);
    await folder.release();
    const again = await resumeRunFolder(path);
    expect(again.before?.resumed).toEqual(folder.before.resumed);
    await again.release();
  });

  it.each<[string, Partial<BlockResult>]>([
    ['invalid', { valid: false, problems: [{ id: 'broken-off', reason: 'server process 1 ended' }] }],
    ['cut short', { cancelled: 1 }],
  ])('has a block run again that is %s', async (_, changes) => {
    const path = await brokenOff();
    writeFileSync(join(path, 'blocks/0001.json'), saved(blockAt(0, changes)));
    const folder = await resumeRunFolder(path);
    expect([...folder.before.blocks.keys()]).toEqual([1]);
    await folder.release();
  });

  it('is not disturbed by what was not finished writing', async () => {
    const path = await brokenOff();
    writeFileSync(join(path, 'blocks/0003.json.unfinished'), '{"scenario":"lo');
    const folder = await resumeRunFolder(path);
    expect(folder.before.blocks.size).toBe(2);
    await folder.release();
  });
});

describe('the time that a run took', () => {
  const elapsedOf = async (path: string) => {
    const folder = await resumeRunFolder(path);
    await folder.release();
    return folder.before.elapsedMs;
  };

  it('is that of its last block, whoever is kept', async () => {
    const path = await brokenOff();
    expect(await elapsedOf(path)).toBe(2000);
    writeFileSync(
      join(path, 'blocks/0003.json'),
      JSON.stringify({
        ...blockAt(2, { valid: false, problems: [{ id: 'nothing-offered' }] }),
        runElapsedMs: 9000,
      }),
    );
    expect(await elapsedOf(path)).toBe(9000);
  });

  it('has the block in it that was cut short, when the run could still tell', async () => {
    const path = await brokenOff();
    const folder = await resumeRunFolder(path);
    await folder.saveBlock(finishedAt(2, { cutShort: true }));
    const { startedAt } = folder.before;
    const partial = { ...sampleResult({ requested: PLAN }), partial: true, durationMs: 2700 };
    await folder.saveResult(JSON.stringify({ ...partial, startedAt }));
    await folder.release();
    expect(readdirSync(join(path, 'blocks'))).toEqual(['0001.json', '0002.json']);
    expect(await elapsedOf(path)).toBe(2700);
    await (await resumeRunFolder(path)).release();
    writeFileSync(join(path, 'result.json'), JSON.stringify({ ...partial, startedAt: HOST.node }));
    expect(await elapsedOf(path)).toBe(2000);
  });
});

describe('the transfers of a run', () => {
  const transfers = (count: number) =>
    Array.from({ length: count }, (_, i) => ({ attempt: attempt(i), record: record(i), warmUp: i === 0 }));
  /** Some are of the warm-up. */
  const withTransfers = (place: number, count: number) =>
    finishedAt(place, {
      block: blockAt(place, { offered: count - 1, warmUp: 1 }),
      transfers: () => transfers(count),
    });
  const linesAt = async (folder: RunFolder, place: number) => {
    let text = '';
    for await (const some of folder.attemptsOf(place) ?? []) text += some;
    return text.split('\n').slice(0, -1);
  };
  async function withLines(): Promise<string> {
    const path = join(emptyFolder(), 'run');
    const folder = await createRunFolder(path, PLAN, HOST, { attempts: true });
    // More than are written at once.
    for (const place of [0, 1]) await folder.saveBlock(withTransfers(place, 2003 + place));
    await folder.release();
    return path;
  }

  it('are kept with each block, and go on being kept', async () => {
    const path = await withLines();
    const folder = await resumeRunFolder(path);
    expect(folder).toMatchObject({ keepsAttempts: true, withoutAttempts: 0 });
    await folder.saveBlock(withTransfers(2, 5));
    const lines = await Promise.all([0, 1, 2].map((place) => linesAt(folder, place)));
    expect(lines.map(({ length }) => length)).toEqual([2003, 2004, 5]);
    expect(JSON.parse(lines[1]?.at(-1) ?? '')).toMatchObject({
      index: 2003,
      contestant: blockAt(1).contestant,
    });
    expect(folder.attemptsOf(3)).toBeUndefined();
    await folder.release();
  });

  it('are on disk before their block: what a crash leaves of one is none of its', async () => {
    const path = await withLines();
    rmSync(join(path, 'blocks/0002.json'));
    writeFileSync(join(path, 'blocks/0003.ndjson.unfinished'), '{"half a li');
    const folder = await resumeRunFolder(path, { attempts: true });
    expect([...folder.before.blocks.keys()]).toEqual([0]);
    expect(folder.attemptsOf(1)).toBeUndefined();
    await folder.saveBlock(withTransfers(1, 7));
    expect(await linesAt(folder, 1)).toHaveLength(7);
    await folder.release();
  });

  it('are not kept unasked, and those that were not are counted', async () => {
    const path = await brokenOff();
    const folder = await resumeRunFolder(path, { attempts: true });
    expect(folder).toMatchObject({ keepsAttempts: true, withoutAttempts: 2 });
    await folder.release();
    const without = await resumeRunFolder(path);
    expect(without.keepsAttempts).toBe(false);
    await without.release();
  });

  it('are refused where some are missing, if they are asked for', async () => {
    const path = await withLines();
    const file = join(path, 'blocks/0002.ndjson');
    writeFileSync(file, readFileSync(file, 'utf8').split('\n').slice(1).join('\n'));
    expect(await refusal(resumeRunFolder(path, { attempts: true }))).toEqual({
      status: 2,
      message: `port20: '${file}' is damaged: 2003 lines for 2004 transfers: remove '${join(path, 'blocks/0002.json')}', and its block is run again`,
    });
    await (await resumeRunFolder(path)).release();
  });
});

describe('a folder that is refused', () => {
  it('for a new run: one that has a run, or blocks of one', async () => {
    const path = await brokenOff();
    const message = `port20: '${path}' has a run already: take it up again (port20 stress --resume ${path}), or name another folder`;
    expect(await refusal(createRunFolder(path, PLAN, HOST))).toEqual({ status: 2, message });
    rmSync(join(path, 'plan.yaml'));
    expect(await refusal(createRunFolder(path, PLAN, HOST))).toEqual({ status: 2, message });
    expect(readdirSync(path).sort()).toEqual(['blocks', 'run.json']);
  });

  it('for a new run: what is no folder', async () => {
    const path = join(emptyFolder(), 'file');
    writeFileSync(path, '');
    expect(await refusal(createRunFolder(path, PLAN, HOST))).toEqual({
      status: 3,
      message: `port20: folder '${path}' cannot be written: ENOTDIR`,
    });
  });

  it('to be taken up again: one without a run', async () => {
    const path = emptyFolder();
    expect(await refusal(resumeRunFolder(path))).toEqual({
      status: 2,
      message: `port20: '${path}' has no run to take up again: there is no plan.yaml in it`,
    });
    expect(readdirSync(path)).toEqual([]);
  });

  const damages: readonly (readonly [string, string, (text: string) => string, RegExp])[] = [
    [
      'a plan that was changed',
      'plan.yaml',
      (text) => text.replace('blocks: 2', 'blocks: 9'),
      /is not the plan that the run began with: undo the change, or begin a new run in another folder$/,
    ],
    [
      'a plan that was cut off',
      'plan.yaml',
      (text) => text.slice(0, 40),
      /is not the plan that the run began with/,
    ],
    [
      'a description that is no JSON',
      'run.json',
      (text) => text.slice(0, 40),
      /is damaged: it is not JSON: begin a new run in another folder$/,
    ],
    [
      'a description of another form',
      'run.json',
      () => '{"formatVersion":"7"}',
      /is damaged: formatVersion: .*: begin a new run in another folder$/,
    ],
    [
      'a description that was cut short by hand',
      'run.json',
      () => JSON.stringify({ formatVersion: FORMAT_VERSION }),
      /is damaged: startedAt is missing: begin a new run in another folder$/,
    ],
    [
      'a block that was cut off',
      'blocks/0002.json',
      (text) => text.slice(0, 400),
      /is damaged: it is not JSON: remove it, and its block is run again$/,
    ],
    [
      'a block without its counts',
      'blocks/0002.json',
      () => '{}',
      /is damaged: scenario is missing: remove it, and its block is run again$/,
    ],
    [
      'a block that is nothing',
      'blocks/0002.json',
      () => 'null',
      /is damaged: expected keys and values, not nothing: remove it, and its block is run again$/,
    ],
    [
      "another block's content",
      'blocks/0002.json',
      () => saved(blockAt(0)),
      /is not block 0002 of this run's plan: remove it/,
    ],
    [
      'more blocks than were planned',
      'blocks/0005.json',
      () => saved(blockAt(0)),
      /is not block 0005 of this run's plan: remove it/,
    ],
  ];
  it.each(damages)('to be taken up again: one with %s', async (_, file, damage, message) => {
    const run = await brokenOff();
    const path = join(run, file);
    const before = file === 'blocks/0005.json' ? '' : readFileSync(path, 'utf8');
    writeFileSync(path, damage(before));
    const refused = await refusal(resumeRunFolder(run));
    expect(refused.message).toMatch(message);
    expect(refused.message.startsWith(`port20: '${path}' `)).toBe(true);
    expect(refused.message).not.toContain('\n');
    expect(refused.status).toBe(2);
    // Whoever follows the advice can go on.
    if (!file.startsWith('blocks/')) return;
    rmSync(path);
    const folder = await resumeRunFolder(run);
    expect(folder.before.blocks.size).toBe(file === 'blocks/0005.json' ? 2 : 1);
    await folder.release();
  });

  it('to be taken up again: a run whose description is gone', async () => {
    const path = await brokenOff();
    rmSync(join(path, 'run.json'));
    const { status, message } = await refusal(resumeRunFolder(path));
    expect(message).toMatch(
      /^port20: '.*run\.json' cannot be read: ENOENT: begin a new run in another folder$/,
    );
    expect(status).toBe(2);
  });
});

describe('one process at a time', () => {
  const locksIn = (path: string) => readdirSync(path).filter((name) => name.startsWith('lock.'));
  const statOf = (pid: number) =>
    readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /, '')
      .split(' ');
  const ticksOf = (pid: number) => Number(statOf(pid)[19]);

  it('leaves no lock behind', async () => {
    const path = await brokenOff();
    const folder = await resumeRunFolder(path);
    expect(locksIn(path)).toEqual([`lock.${process.pid}.${ticksOf(process.pid)}.${hostname()}`]);
    await folder.release();
    await folder.release();
    expect(locksIn(path)).toEqual([]);
  });

  it('refuses a second run of its own process, and the first goes on', async () => {
    const path = await brokenOff();
    const folder = await resumeRunFolder(path);
    const message = `port20: process ${process.pid} is running in '${path}': wait for it to end, or name another folder`;
    expect(await refusal(resumeRunFolder(path))).toEqual({ status: 3, message });
    expect(locksIn(path)).toHaveLength(1);
    await folder.release();
    await (await resumeRunFolder(path)).release();
  });

  it('refuses while the owner lives, whoever that is', async () => {
    const path = await brokenOff();
    const parent = process.ppid;
    writeFileSync(join(path, `lock.${parent}.${ticksOf(parent)}.${hostname()}`), '');
    const message = `port20: process ${parent} is running in '${path}': wait for it to end, or name another folder`;
    expect(await refusal(resumeRunFolder(path))).toEqual({ status: 3, message });
    expect(await refusal(createRunFolder(path, PLAN, HOST))).toEqual({ status: 3, message });
    expect(locksIn(path)).toHaveLength(1);
  });

  it.each([
    ['has died', () => `lock.${2 ** 22 + 1}.100.${hostname()}`],
    [
      'has died, and whose process id another process has now',
      () => `lock.${process.ppid}.100.${hostname()}`,
    ],
  ])('takes the folder over from an owner that %s', async (_, lock) => {
    const path = await brokenOff();
    writeFileSync(join(path, lock()), '');
    const folder = await resumeRunFolder(path);
    expect(locksIn(path)).toHaveLength(1);
    await folder.release();
    expect(locksIn(path)).toEqual([]);
  });

  it('cannot tell of another host, and says what to do', async () => {
    const path = await brokenOff();
    const lock = join(path, 'lock.7.100.elsewhere');
    writeFileSync(lock, '');
    expect(await refusal(resumeRunFolder(path))).toEqual({
      status: 3,
      message: `port20: process 7 of host elsewhere is running in '${path}': name another folder, or remove '${lock}' if it is gone`,
    });
  });
});

describe('a finished run', () => {
  async function finishedRun(changes = {}): Promise<string> {
    const path = await brokenOff();
    const folder = await resumeRunFolder(path);
    for (const place of [2, 3]) await folder.saveBlock(finishedAt(place));
    const blocks = ORDER.map((_, place) => blockAt(place));
    const { startedAt } = folder.before;
    await folder.saveResult(
      JSON.stringify({ ...sampleResult({ requested: PLAN, blocks }), startedAt, ...changes }),
    );
    await folder.release();
    return path;
  }
  const finishedOf = async (path: string) => {
    const folder = await resumeRunFolder(path);
    await folder.release();
    return folder.finished;
  };

  it('is given back as it was saved', async () => {
    expect((await finishedOf(await finishedRun()))?.blocks).toHaveLength(4);
  });

  it('is none where something is left to do, or the result cannot be read', async () => {
    expect(await finishedOf(await finishedRun({ partial: true }))).toBeUndefined();
    expect(await finishedOf(await finishedRun({ valid: false }))).toBeUndefined();
    const path = await finishedRun();
    rmSync(join(path, 'blocks/0003.json'));
    expect(await finishedOf(path)).toBeUndefined();
    const other = await finishedRun();
    writeFileSync(join(other, 'result.json'), '{');
    expect(await finishedOf(other)).toBeUndefined();
  });
});

it('a folder that is there but empty is taken', async () => {
  const path = join(emptyFolder(), 'deep', 'er');
  mkdirSync(path, { recursive: true });
  await (await createRunFolder(path, PLAN, HOST)).release();
  expect(readdirSync(path).sort()).toEqual(['blocks', 'plan.yaml', 'run.json']);
});
