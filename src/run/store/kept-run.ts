// A run that is kept as it goes: it begins with the blocks that its folder has, and each new one is there before the next.
import { PreflightError } from '../../errors.ts';
import type { Plan } from '../../plan/types.ts';
import type { RunResult } from '../../result/types.ts';
import type { Engine } from '../engine.ts';
import { type RunOptions, runPlan } from '../run.ts';
import { openAttemptsFile } from './attempts-file.ts';
import { type BlockKeeper, createKeeper } from './block-keeper.ts';
import type { RunFolder } from './folder.ts';

export interface KeptRunOptions extends Omit<RunOptions, 'before'> {
  /**
   * A file for every transfer of the result as a line of JSON, written anew. A run that was begun with it keeps the
   * transfers of each block in its folder, too, so that they are in the file when it is taken up again.
   */
  readonly attemptsFile?: string | undefined;
}

export interface ResumeOptions extends KeptRunOptions {
  /** Goes on where the kernel, Node or the processor is another one than that the run began on. */
  readonly allowOtherHost?: boolean;
}

export interface KeptRun {
  readonly result: RunResult;
  /** What could not be written, a full disk for one: what was measured is in the result all the same. */
  readonly failures: readonly PreflightError[];
}

/**
 * Runs what `folder` does not have yet; without one the whole plan. A finished run is given back as it was saved. The run
 * ends in order, as by `signal`, when its folder takes no more blocks. Neither saves the result nor lets the folder go.
 * @throws PreflightError for a file of transfers that cannot be opened; and as `runPlan`
 */
export async function runKept(
  plan: Plan,
  engine: Engine,
  { attemptsFile, folder, ...options }: KeptRunOptions & { readonly folder?: RunFolder | undefined },
): Promise<KeptRun> {
  const attempts = attemptsFile === undefined ? undefined : await openAttemptsFile(attemptsFile);
  const keeper = createKeeper(folder, attempts);
  try {
    const result =
      (await finishedRun(folder, keeper)) ?? (await runOn(plan, engine, options, { folder, keeper }));
    return { result, failures: await keeper.close() };
  } catch (error) {
    await keeper.close();
    throw error;
  }
}

/** The same, to its end: the result is saved beside the blocks, and the folder let go, whatever happens. */
export async function runInFolder(
  folder: RunFolder,
  engine: Engine,
  options: KeptRunOptions,
): Promise<KeptRun> {
  try {
    const { result, failures } = await runKept(folder.plan, engine, { ...options, folder });
    const unsaved = await folder.saveResult(savedText(result)).then(() => [], onlyPreflight);
    return { result, failures: [...failures, ...unsaved] };
  } finally {
    await folder.release();
  }
}

/** As a result is written to a file. */
export function savedText(result: RunResult): string {
  return `${JSON.stringify(result, null, 1)}\n`;
}

function onlyPreflight(error: unknown): readonly PreflightError[] {
  if (error instanceof PreflightError) return [error];
  throw error;
}

/** Of a run of which nothing is left to do, the transfers are written all the same. */
async function finishedRun(
  folder: RunFolder | undefined,
  keeper: BlockKeeper,
): Promise<RunResult | undefined> {
  if (folder?.finished === undefined) return undefined;
  for (const place of [...folder.before.blocks.keys()].sort((a, b) => a - b)) await keeper.kept(place);
  return folder.finished;
}

async function runOn(
  plan: Plan,
  engine: Engine,
  options: RunOptions,
  { folder, keeper }: { readonly folder: RunFolder | undefined; readonly keeper: BlockKeeper },
): Promise<RunResult> {
  const ending = eitherOf(options.signal, keeper.gaveUp);
  try {
    return await runPlan(plan, engine, {
      ...options,
      ...(folder !== undefined && { before: folder.before }),
      signal: ending.signal,
      async onBlock(finished) {
        await keeper.finished(finished);
        await options.onBlock?.(finished);
      },
      async onKeptBlock(block, place) {
        await keeper.kept(place);
        await options.onKeptBlock?.(block, place);
      },
    });
  } finally {
    ending.letGo();
  }
}

/** Aborts with the first of them; AbortSignal.any is not in every Node 20. A caller's signal may outlive many runs. */
function eitherOf(...signals: readonly (AbortSignal | undefined)[]) {
  const either = new AbortController();
  const followed = signals.flatMap((signal) => {
    if (signal === undefined) return [];
    const follow = () => either.abort(signal.reason);
    if (signal.aborted) follow();
    signal.addEventListener('abort', follow);
    return [() => signal.removeEventListener('abort', follow)];
  });
  return {
    signal: either.signal,
    letGo(): void {
      for (const unfollow of followed) unfollow();
    },
  };
}
