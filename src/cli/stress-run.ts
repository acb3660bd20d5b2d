// Runs a plan on this machine: progress on stderr, finished blocks into the run's folder, Ctrl-C ends it in order.
import type { Endpoint } from '../address.ts';
import { createLocalEngine } from '../engine/local.ts';
import type { Dashboard } from '../live/dashboard.ts';
import type { Plan } from '../plan/types.ts';
import type { Progress } from '../result/progress.ts';
import type { Engine } from '../run/engine.ts';
import type { RunFolder } from '../run/store/folder.ts';
import { type KeptRun, runKept } from '../run/store/kept-run.ts';
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

/** Undefined as result when a second signal ended it at once. */
export async function runHere(run: RunHere, flags: Flags): Promise<Interruptible<KeptRun>> {
  tellOfAttempts(run.folder, flags);
  const engine = createLocalEngine();
  try {
    const { plan, folder } = run;
    if (folder?.finished === undefined) return await runBlocksHere(run, engine, flags);
    const result = await runKept(plan, engine, { folder, attemptsFile: flags.attempts });
    return { result, interruptedBy: undefined };
  } finally {
    await engine.close();
  }
}

async function runBlocksHere(
  { plan, targets, folder, truthTableDigest }: RunHere,
  engine: Engine,
  flags: Flags,
): Promise<Interruptible<KeptRun>> {
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
      (signal) =>
        runKept(plan, engine, {
          ...{ folder, attemptsFile: flags.attempts, signal, targets, truthTableDigest, onProgress },
          ...(dashboard !== undefined && { onResult: dashboard.showResult }),
        }),
    );
    if (run.result !== undefined) dashboard?.showResult(run.result.result);
    return run;
  } finally {
    progress.clear();
    await dashboard?.close();
  }
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
