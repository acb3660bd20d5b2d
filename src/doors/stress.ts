// `port20/stress`: plans, runs on this machine, runs that are kept in a folder, their results, and daemons to compare with.
import { createLocalEngine } from '../engine/local.ts';
import { UsageError } from '../errors.ts';
import type { Plan } from '../plan/types.ts';
import { kernelDigest } from '../probe/kernel/truth-table.ts';
import type { RunResult } from '../result/types.ts';
import type { Engine } from '../run/engine.ts';
import { hostOfRun } from '../run/host.ts';
import { type RunOptions, runPlan } from '../run/run.ts';
import { createRunFolder, resumeRunFolder } from '../run/store/folder.ts';
import { type KeptRun, type KeptRunOptions, type ResumeOptions, runInFolder } from '../run/store/kept-run.ts';
import { requireSameHost } from '../run/store/same-host.ts';

export type { Endpoint } from '../address.ts';
export type { BinderName, RetryPreset, RetrySetting } from '../binder/types.ts';
export { startPeer } from '../peers/peers.ts';
export type { Peer, PeerName, PeerOptions } from '../peers/types.ts';
export { formatPlan, parsePlan } from '../plan/parse.ts';
export type {
  Direction,
  Plan,
  Scenario,
  SizeDistribution,
  Stage,
  TimeDistribution,
  Weighted,
  Workload,
} from '../plan/types.ts';
export type { Attempt } from '../result/attempt.ts';
export type { Outcome } from '../result/outcome.ts';
export type { Progress } from '../result/progress.ts';
export { readRunResult } from '../result/read.ts';
export type {
  BlockResult,
  Comparison,
  ContentionTimes,
  GeneratorLoad,
  Host,
  Prediction,
  QuantileMs,
  RunResult,
  StrategyResult,
  Timeline,
} from '../result/types.ts';
export { mergeResults, type NamedResult } from '../run/merge.ts';
export type { Before, FinishedBlock, RunOptions, TransferViews } from '../run/run.ts';
export type { KeptRun, KeptRunOptions, ResumeOptions } from '../run/store/kept-run.ts';
export type { Target } from '../run/targets.ts';
export type { DataConnectionRecord, RecordOutcome } from '../server/data/record.ts';

/**
 * Runs a plan on this machine: servers and load generators are child processes, gone before this resolves. A process
 * that dies makes its block, and with it the result, invalid; nothing is thrown for that.
 * @throws UsageError when `targets` does not fit the plan's, PreflightError when a target does not answer
 */
export function runStress(plan: Plan, options: RunOptions = {}): Promise<RunResult> {
  return onThisMachine((engine) =>
    runPlan(plan, engine, { ...options, truthTableDigest: digestOf(options) }),
  );
}

/**
 * The same, kept in the folder at `path`: the plan, every block before the next one begins, and the result. What was
 * measured survives a crash, and `resumeRun` goes on with it, as `port20 stress --resume` does.
 * @throws UsageError for a folder that has a run already, PreflightError for one that cannot be written
 */
export async function beginRun(path: string, plan: Plan, options: KeptRunOptions = {}): Promise<KeptRun> {
  const truthTableDigest = digestOf(options);
  const folder = await createRunFolder(path, plan, hostOfRun(truthTableDigest), keptFor(options));
  return onThisMachine((engine) => runInFolder(folder, engine, { ...options, truthTableDigest }));
}

/**
 * Runs what is missing of the run in the folder at `path`, and again the blocks that were cut short or lost a process.
 * Of a finished run the result is given back as it was saved.
 * @throws UsageError for a folder without a run, a damaged one, and on another host; PreflightError while the run goes on
 */
export async function resumeRun(path: string, options: ResumeOptions = {}): Promise<KeptRun> {
  const { allowOtherHost = false, ...ofRun } = options;
  const truthTableDigest = digestOf(options);
  const folder = await resumeRunFolder(path, keptFor(options));
  if (folder.engine !== 'local') {
    await folder.release();
    throw new UsageError(`the run in '${path}' is carried by agents: go on with port20 stress --resume`);
  }
  if (!allowOtherHost) {
    await requireSameHost(folder, hostOfRun(truthTableDigest), 'resume it all the same with allowOtherHost');
  }
  return onThisMachine((engine) => runInFolder(folder, engine, { ...ofRun, truthTableDigest }));
}

async function onThisMachine<T>(work: (engine: Engine) => Promise<T>): Promise<T> {
  const engine = createLocalEngine();
  try {
    return await work(engine);
  } finally {
    await engine.close();
  }
}

/** @throws FfiUnavailableError where the kernel cannot be asked; a caller who has the digest, or null, gives it */
function digestOf({ truthTableDigest }: RunOptions): string | null {
  return truthTableDigest === undefined ? kernelDigest() : truthTableDigest;
}

function keptFor({ attemptsFile }: KeptRunOptions) {
  return { attempts: attemptsFile !== undefined };
}
