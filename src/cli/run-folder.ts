// A run on disk: its plan, every block as soon as it is over, and who works on it. What was measured survives a crash.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { errorCodeOf, PreflightError, UsageError } from '../errors.ts';
import { formatPlan, parsePlan } from '../stress/plan.ts';
import { hostSchema } from '../stress/result-schema.ts';
import type { Before } from '../stress/run.ts';
import { blockOrder } from '../stress/schedule.ts';
import type { BlockResult, Host, Plan, RunResult } from '../stress/types.ts';
import { readResult } from './result-file.ts';
import { blockFile, isBlockFile, readBlocks } from './run-blocks.ts';
import { lockFolder } from './run-lock.ts';
import { readChecked, saveDurably } from './saved-file.ts';

const PLAN = 'plan.yaml';
const RUN = 'run.json';
const BLOCKS = 'blocks';
const RESULT = 'result.json';

/** What a block's file does not say: when the run began, on what, and when it was taken up again. */
const runSchema = z.object({
  formatVersion: z.literal(1),
  startedAt: z.string(),
  host: hostSchema,
  /** SHA-256 of the plan's file, in hex: blocks of two plans make no result. */
  planDigest: z.string(),
  resumed: z.array(z.object({ at: z.string(), blocksDone: z.number() })),
});
type RunFile = z.output<typeof runSchema>;

export interface RunFolder {
  readonly path: string;
  readonly plan: Plan;
  /** The host that it began on. */
  readonly host: Host;
  /** Undefined for a new run. */
  readonly before: Before | undefined;
  /** Of a run of which nothing is left to do, as it was saved. */
  readonly finished: RunResult | undefined;
  /** On disk when it resolves. @throws PreflightError that names the file, for a full disk and the like */
  saveBlock(block: BlockResult, place: number): Promise<void>;
  /** @throws PreflightError that names the file */
  saveResult(text: string): Promise<void>;
  /** Lets others work on it. Safe to call again. */
  release(): Promise<void>;
}

/** @throws UsageError for a folder that has a run already, PreflightError for one that cannot be written */
export async function createRunFolder(path: string, plan: Plan, host: Host): Promise<RunFolder> {
  await makeFolders(path).catch((cause) => {
    throw new PreflightError(`folder '${path}' cannot be written: ${errorCodeOf(cause)}`, { cause });
  });
  return locked(path, async (release) => {
    await requireUnused(path);
    const text = formatPlan(plan);
    const startedAt = new Date().toISOString();
    const run: RunFile = { formatVersion: 1, startedAt, host, planDigest: digestOf(text), resumed: [] };
    const wayOut = 'make room, or name another folder';
    await saveDurably(join(path, RUN), `${JSON.stringify(run)}\n`, wayOut);
    await saveDurably(join(path, PLAN), text, wayOut); // last: now it has a run
    return { ...folderOf(path, plan, run), before: undefined, finished: undefined, release };
  });
}

/** @throws UsageError for a folder without a run, or with a damaged one; PreflightError while somebody works on it */
export async function resumeRunFolder(path: string): Promise<RunFolder> {
  const planFile = join(path, PLAN);
  const text = await readFile(planFile, 'utf8').catch((cause: unknown) => {
    const reason = errorCodeOf(cause) === 'ENOENT' ? `there is no ${PLAN} in it` : errorCodeOf(cause);
    throw new UsageError(`'${path}' has no run to take up again: ${reason}`, { cause });
  });
  return locked(path, async (release) => {
    const run = await readChecked(join(path, RUN), runSchema, `begin a new run with --dir`);
    if (digestOf(text) !== run.planDigest) {
      throw new UsageError(
        `'${planFile}' is not the plan that the run began with: undo the change, or begin a new run with --dir`,
      );
    }
    const plan = parsePlan(text, planFile);
    const blocks = await readBlocks(join(path, BLOCKS), blockOrder(plan));
    const folder = folderOf(path, plan, run, { at: new Date().toISOString(), blocksDone: blocks.size });
    const durationMs = [...blocks.values()].reduce((sum, block) => sum + block.durationMs, 0);
    const { startedAt, resumed } = run;
    const finished = await finishedResult(join(path, RESULT), blocks.size);
    return { ...folder, before: { startedAt, durationMs, blocks, resumed }, finished, release };
  });
}

/** @param resumption becomes part of the run with the first block that it gives: to look at what is there is none */
function folderOf(
  path: string,
  plan: Plan,
  run: RunFile,
  resumption?: RunFile['resumed'][number],
): Omit<RunFolder, 'before' | 'finished' | 'release'> {
  const wayOut = `what was saved before is intact: go on with: port20 stress --resume ${path}`;
  const save = (file: string, text: string) => saveDurably(join(path, file), text, wayOut);
  const saveJson = (file: string, value: object) => save(file, `${JSON.stringify(value)}\n`);
  let unnoted = resumption;
  const noteResumption = async () => {
    if (unnoted === undefined) return;
    run.resumed.push(unnoted);
    unnoted = undefined;
    await saveJson(RUN, run);
  };
  return {
    ...{ path, plan, host: run.host },
    async saveBlock(block, place) {
      await noteResumption();
      await saveJson(join(BLOCKS, blockFile(place)), block);
    },
    saveResult: (text) => save(RESULT, text),
  };
}

/** What is left where a plan was removed by hand would be taken for blocks of the new one. */
async function requireUnused(path: string): Promise<void> {
  const names = [...(await readdir(path)), ...(await readdir(join(path, BLOCKS)))];
  if (!names.some((name) => name === PLAN || isBlockFile(name))) return;
  throw new UsageError(
    `'${path}' has a run already: take it up again with --resume ${path}, or name another folder`,
  );
}

/** One that cannot be read is made again from the blocks, and so is one whose blocks are not all there any more. */
async function finishedResult(file: string, blocksKept: number): Promise<RunResult | undefined> {
  const result = await readResult(file).catch(() => undefined);
  if (result === undefined || result.partial || !result.valid) return undefined;
  return result.blocks.length === blocksKept ? result : undefined;
}

async function locked(
  path: string,
  open: (release: () => Promise<void>) => Promise<RunFolder>,
): Promise<RunFolder> {
  const release = await lockFolder(path);
  try {
    return await open(release);
  } catch (error) {
    await release();
    throw error;
  }
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Not `recursive`: Node tries for ever where a file system makes no folders, such as /proc. */
async function makeFolders(path: string): Promise<void> {
  for (const folder of [path, join(path, BLOCKS)]) {
    await mkdir(folder).catch((error) => {
      if (errorCodeOf(error) !== 'EEXIST') throw error;
    });
  }
}
