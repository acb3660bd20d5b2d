// A run on disk: its plan, every block as soon as it is over, and who works on it. What was measured survives a crash.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { errorCodeOf, PreflightError, UsageError } from '../../errors.ts';
import { formatPlan, parsePlan } from '../../plan/parse.ts';
import type { Plan } from '../../plan/types.ts';
import { FORMAT_VERSION, hostSchema } from '../../result/schema/index.ts';
import type { Host, RunResult } from '../../result/types.ts';
import type { Before, FinishedBlock } from '../run.ts';
import { linesIn } from './attempts-file.ts';
import {
  attemptsFileOf,
  isOfBlock,
  placesWithAttempts,
  readBlocks,
  requireWholeAttempts,
  saveBlock,
} from './blocks.ts';
import { lockFolder } from './lock.ts';
import { readResult } from './result-file.ts';
import { readChecked, saveDurably } from './saved-file.ts';

const PLAN = 'plan.yaml';
const RUN = 'run.json';
const BLOCKS = 'blocks';
const RESULT = 'result.json';

/** What a block's file does not say: when the run began, on what, and when it was taken up again. */
const runSchema = z.object({
  /** That of results: a block's file is a block of one. */
  formatVersion: z.literal(FORMAT_VERSION),
  startedAt: z.string(),
  host: hostSchema,
  /** SHA-256 of the plan's file, in hex: blocks of two plans make no result. */
  planDigest: z.string(),
  /** Blocks of two engines make no result either: their load came from elsewhere. */
  engine: z.enum(['local', 'bullmq']).default('local'),
  resumed: z.array(z.object({ at: z.string(), blocksDone: z.number() })),
});
type RunFile = z.output<typeof runSchema>;

export interface RunFolder {
  readonly path: string;
  readonly plan: Plan;
  readonly engine: RunFile['engine'];
  /** Behind `--resume FOLDER`: what no folder keeps and is to be said again, each word after a blank. */
  readonly saidAgain: string;
  /** The host that it began on. */
  readonly host: Host;
  /** Of a new run, when it began. */
  readonly before: Before;
  /** Of a run of which nothing is left to do, as it was saved. */
  readonly finished: RunResult | undefined;
  /** Blocks of `before` whose transfers are not here. */
  readonly withoutAttempts: number;
  /** Whether the transfers of each block are kept with it: from the first time that they were asked for. */
  readonly keepsAttempts: boolean;
  /** On disk when it resolves; one that was cut short is not kept. @throws PreflightError that names the file */
  saveBlock(finished: FinishedBlock): Promise<void>;
  /** The transfers of a block as lines; undefined where they are not kept. */
  attemptsOf(place: number): AsyncIterable<Buffer> | undefined;
  /**
   * Not where a block could not be saved: the result would tell of one that is not here. Resolves with whether it is.
   * @throws PreflightError that names the file
   */
  saveResult(text: string): Promise<boolean>;
  /** Lets others work on it. Safe to call again. */
  release(): Promise<void>;
}

export interface KeptInRun {
  /** Whether each block's transfers are asked for. */
  readonly attempts: boolean;
  /** Of a new run; one that is taken up again goes on with its own. */
  readonly engine: RunFile['engine'];
  /** Flags with their values, each word after a blank: ` --redis redis://10.0.0.1:6379`. */
  readonly saidAgain: string;
}

/** @throws UsageError for a folder that has a run already, PreflightError for one that cannot be written */
export async function createRunFolder(
  path: string,
  plan: Plan,
  host: Host,
  { attempts = false, engine = 'local', saidAgain = '' }: Partial<KeptInRun> = {},
): Promise<RunFolder> {
  await makeFolders(path).catch((cause) => {
    throw new PreflightError(`folder '${path}' cannot be written: ${errorCodeOf(cause)}`, { cause });
  });
  return locked(path, async (release) => {
    await requireUnused(path);
    const text = formatPlan(plan);
    const startedAt = new Date().toISOString();
    const run: RunFile = {
      formatVersion: FORMAT_VERSION,
      startedAt,
      host,
      planDigest: digestOf(text),
      engine,
      resumed: [],
    };
    const wayOut = 'make room, or name another folder';
    await saveDurably(join(path, RUN), `${JSON.stringify(run)}\n`, wayOut);
    await saveDurably(join(path, PLAN), text, wayOut); // last: now it has a run
    const folder = folderOf({ path, plan, run, saidAgain, keepsAttempts: attempts, places: new Set() });
    const before = { startedAt, elapsedMs: 0, blocks: new Map(), resumed: [] };
    return { ...folder, before, finished: undefined, withoutAttempts: 0, release };
  });
}

/** @throws UsageError for a folder without a run, with a damaged one or with one of another version; PreflightError while somebody works on it */
export async function resumeRunFolder(
  path: string,
  { attempts = false, saidAgain = '' }: Partial<Omit<KeptInRun, 'engine'>> = {},
): Promise<RunFolder> {
  const planFile = join(path, PLAN);
  const text = await readFile(planFile, 'utf8').catch((cause: unknown) => {
    const reason = errorCodeOf(cause) === 'ENOENT' ? `there is no ${PLAN} in it` : errorCodeOf(cause);
    throw new UsageError(`'${path}' has no run to take up again: ${reason}`, { cause });
  });
  return locked(path, async (release) => {
    await requireThisVersion(path);
    const run = await readChecked(join(path, RUN), runSchema, BEGIN_ANEW);
    if (digestOf(text) !== run.planDigest) {
      throw new UsageError(
        `'${planFile}' is not the plan that the run began with: undo the change, or begin a new run in another folder`,
      );
    }
    const plan = parsePlan(text, planFile);
    const folder = join(path, BLOCKS);
    const { blocks, elapsedMs } = await readBlocks(folder, plan);
    const withAttempts = await placesWithAttempts(folder);
    const places = new Set([...blocks.keys()].filter((place) => withAttempts.has(place)));
    if (attempts) await requireWholeAttempts(folder, blocks, places);
    const saved = await savedResult(path, run);
    const { startedAt, resumed } = run;
    return {
      ...folderOf({
        ...{ path, plan, run, saidAgain, keepsAttempts: attempts || withAttempts.size > 0, places },
        resumption: { at: new Date().toISOString(), blocksDone: blocks.size },
      }),
      // A run that ended in order tells the time of its last block, too, which was cut short and is no more.
      before: { startedAt, elapsedMs: Math.max(elapsedMs, saved?.durationMs ?? 0), blocks, resumed },
      finished: isFinished(saved, blocks.size) ? saved : undefined,
      withoutAttempts: blocks.size - places.size,
      release,
    };
  });
}

const BEGIN_ANEW = 'begin a new run in another folder';
const anyVersion = z.object({ formatVersion: z.int() });

/** Blocks of two versions make no result: what the one did not measure, nobody can add. */
async function requireThisVersion(path: string): Promise<void> {
  const { formatVersion } = await readChecked(join(path, RUN), anyVersion, BEGIN_ANEW);
  if (formatVersion === FORMAT_VERSION) return;
  const when = formatVersion < FORMAT_VERSION ? 'an earlier' : 'a later';
  throw new UsageError(
    `the run in '${path}' was begun by ${when} port20 (its format version is ${formatVersion}, here it is ${FORMAT_VERSION}): go on with that one, or ${BEGIN_ANEW}`,
  );
}

interface OpenRun {
  readonly path: string;
  readonly plan: Plan;
  readonly run: RunFile;
  readonly saidAgain: string;
  readonly keepsAttempts: boolean;
  /** Of the blocks whose transfers are kept. */
  readonly places: Set<number>;
  /** Becomes part of the run with the first block that it gives: to look at what is there is none. */
  readonly resumption?: RunFile['resumed'][number];
}

function folderOf({
  path,
  plan,
  run,
  saidAgain,
  keepsAttempts,
  places,
  resumption,
}: OpenRun): Omit<RunFolder, 'before' | 'finished' | 'withoutAttempts' | 'release'> {
  const wayOut = `what was saved before is intact: go on with: port20 stress --resume ${path}${saidAgain}`;
  const save = (file: string, text: string) => saveDurably(join(path, file), text, wayOut);
  const blocks = join(path, BLOCKS);
  let isComplete = true;
  let unnoted = resumption;
  const noteResumption = async () => {
    if (unnoted === undefined) return;
    run.resumed.push(unnoted);
    unnoted = undefined;
    await save(RUN, `${JSON.stringify(run)}\n`);
  };
  return {
    ...{ path, plan, engine: run.engine, saidAgain, host: run.host, keepsAttempts },
    async saveBlock(finished) {
      isComplete = false;
      await noteResumption();
      // One that was cut short is run again from its beginning.
      if (!finished.cutShort) {
        await saveBlock(blocks, finished, { keepsAttempts, wayOut });
        if (keepsAttempts) places.add(finished.place);
      }
      isComplete = true;
    },
    attemptsOf: (place) => (places.has(place) ? linesIn(attemptsFileOf(blocks, place)) : undefined),
    async saveResult(text) {
      if (isComplete) await save(RESULT, text);
      return isComplete;
    },
  };
}

/** What is left where a plan was removed by hand would be taken for blocks of the new one. */
async function requireUnused(path: string): Promise<void> {
  const names = [...(await readdir(path)), ...(await readdir(join(path, BLOCKS)))];
  if (!names.some((name) => name === PLAN || isOfBlock(name))) return;
  throw new UsageError(
    `'${path}' has a run already: take it up again (port20 stress --resume ${path}), or name another folder`,
  );
}

/** Undefined where it cannot be read, or is another run's: it is made again from the blocks. */
async function savedResult(path: string, { startedAt }: RunFile): Promise<RunResult | undefined> {
  const result = await readResult(join(path, RESULT)).catch(() => undefined);
  return result?.startedAt === startedAt ? result : undefined;
}

/** One whose blocks are not all there any more is not. */
function isFinished(result: RunResult | undefined, blocksKept: number): boolean {
  return result?.valid === true && !result.partial && result.blocks.length === blocksKept;
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
