// Runs a plan on this machine: progress on stderr, finished blocks into the run's folder, Ctrl-C ends it in order.
import type { Endpoint } from '../address.ts';
import { createLocalEngine } from '../engine/local.ts';
import type { PreflightError } from '../errors.ts';
import type { Dashboard } from '../live/dashboard.ts';
import type { Plan } from '../plan/types.ts';
import type { Progress } from '../result/progress.ts';
import type { RunResult } from '../result/types.ts';
import { runPlan } from '../run/run.ts';
import { openAttemptsFile } from '../run/store/attempts-file.ts';
import { type BlockKeeper, createKeeper } from '../run/store/block-keeper.ts';
import type { RunFolder } from '../run/store/folder.ts';
import type { Target } from '../run/targets.ts';
import { type Interruptible, untilInterrupted } from './interrupt.ts';
import { type OutputFlags, say } from './output.ts';
import { progressPrinter } from './progress.ts';
import type { StressFlags } from './stress-flags.ts';

export interface RunHere {
  readonly plan: Plan;
  readonly targets: ReadonlyMap<string, Target>;
  /** Where finished blocks are kept, and where the run is taken up again from. */
  readonly folder: RunFolder | undefined;
  readonly truthTableDigest: string | null;
}

type Flags = OutputFlags & Pick<StressFlags, 'attempts' | 'dashboard'>;

export interface RanHere extends Interruptible<RunResult> {
  /** Files that could not be written. What was measured is in the result all the same. */
  readonly failures: readonly PreflightError[];
}

/** Undefined as result when a second signal ended it at once. */
export async function runHere(run: RunHere, flags: Flags): Promise<RanHere> {
  const attempts = flags.attempts === undefined ? undefined : await openAttemptsFile(flags.attempts);
  tellOfAttempts(run.folder, flags);
  const keeper = createKeeper(run.folder, attempts);
  try {
    const ran = await orFinished(run, flags, keeper);
    return { ...ran, failures: await keeper.close() };
  } catch (error) {
    await keeper.close();
    throw error;
  }
}

/** Of a run of which nothing is left to do, the transfers are written all the same. */
async function orFinished(
  run: RunHere,
  flags: Flags,
  keeper: BlockKeeper,
): Promise<Interruptible<RunResult>> {
  const { folder } = run;
  if (folder?.finished === undefined) return runBlocksHere(run, flags, keeper);
  for (const place of [...folder.before.blocks.keys()].sort((a, b) => a - b)) await keeper.kept(place);
  return { result: folder.finished, interruptedBy: undefined };
}

async function runBlocksHere(
  { plan, targets, folder, truthTableDigest }: RunHere,
  flags: Flags,
  keeper: BlockKeeper,
): Promise<Interruptible<RunResult>> {
  const engine = createLocalEngine();
  const progress = progressPrinter(flags);
  const dashboard = await dashboardFor(plan, flags);
  const onProgress = (now: Progress) => {
    progress.show(now);
    dashboard?.showProgress(now);
  };
  try {
    const run = await untilInterrupted(
      'ending this block; once more to stop at once',
      () => engine.close(),
      (interrupt) => {
        const signal = eitherOf(interrupt, keeper.gaveUp);
        return runPlan(plan, engine, {
          ...{ signal, targets, truthTableDigest, onProgress },
          ...(folder !== undefined && { before: folder.before }),
          onBlock: keeper.finished,
          onKeptBlock: (_, place) => keeper.kept(place),
          ...(dashboard !== undefined && { onResult: dashboard.showResult }),
        });
      },
    );
    if (run.result !== undefined) dashboard?.showResult(run.result);
    return run;
  } finally {
    progress.clear();
    await engine.close();
    await dashboard?.close();
  }
}

/** AbortSignal.any is not in every Node 20. */
function eitherOf(...signals: readonly AbortSignal[]): AbortSignal {
  const either = new AbortController();
  for (const signal of signals) {
    signal.addEventListener('abort', () => either.abort(signal.reason), { once: true });
  }
  return either.signal;
}

/** What cannot be seen from the file itself. */
function tellOfAttempts(folder: RunFolder | undefined, { attempts, quiet }: Flags): void {
  if (folder === undefined) return;
  const { path, before, keepsAttempts, withoutAttempts } = folder;
  if (attempts !== undefined && withoutAttempts > 0) {
    say(
      `port20: '${attempts}' lacks the transfers of ${withoutAttempts} of the ${before.blocks.size} blocks that '${path}' has: they were run without --attempts`,
    );
  }
  if (attempts === undefined && keepsAttempts && !quiet) {
    say(`port20: the transfers are kept in '${path}'; with --attempts FILE they are written to a file, too`);
  }
}

const DASHBOARD: Endpoint = { address: '127.0.0.1', port: 8020 };

/** Its page needs the charting library, which nobody else waits for. */
async function dashboardFor(plan: Plan, { dashboard: asked }: Flags): Promise<Dashboard | undefined> {
  if (asked === undefined) return undefined;
  const { startDashboard } = await import('../live/dashboard.ts');
  const dashboard = await startDashboard({ listen: asked === true ? DASHBOARD : asked, plan });
  say(`watch it at ${dashboard.url}`);
  return dashboard;
}
