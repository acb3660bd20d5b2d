// Runs a plan on this machine: progress on stderr, finished blocks into the run's folder, Ctrl-C ends it in order.
import type { Endpoint } from '../address.ts';
import { createLocalEngine } from '../engine/local.ts';
import type { Dashboard } from '../live/dashboard.ts';
import { runPlan } from '../stress/run.ts';
import type { Target } from '../stress/targets.ts';
import type { Plan, Progress, RunResult } from '../stress/types.ts';
import { type AttemptsFile, openAttemptsFile } from './attempts-file.ts';
import { type Interruptible, untilInterrupted } from './interrupt.ts';
import { type OutputFlags, say } from './output.ts';
import { progressPrinter } from './progress.ts';
import type { RunFolder } from './run-folder.ts';
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
export async function runHere(
  { plan, targets, folder, truthTableDigest }: RunHere,
  flags: Flags,
): Promise<Interruptible<RunResult>> {
  if (folder?.finished !== undefined) return { result: folder.finished, interruptedBy: undefined };
  const engine = createLocalEngine();
  const progress = progressPrinter(flags);
  const attempts = await attemptsFile(flags, folder);
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
        runPlan(plan, engine, {
          ...{ signal, targets, truthTableDigest, onProgress },
          ...(folder?.before !== undefined && { before: folder.before }),
          onBlock: async (block, place) => {
            // One that was cut short is run again from its beginning.
            if (!signal.aborted) await folder?.saveBlock(block, place);
          },
          ...(attempts !== undefined && { onTransfers: attempts.write }),
          ...(dashboard !== undefined && { onResult: dashboard.showResult }),
        }),
    );
    if (run.result !== undefined) dashboard?.showResult(run.result);
    return run;
  } finally {
    progress.clear();
    await engine.close();
    await attempts?.close();
    await dashboard?.close();
  }
}

async function attemptsFile(
  { attempts }: Flags,
  folder: RunFolder | undefined,
): Promise<AttemptsFile | undefined> {
  return attempts === undefined ? undefined : openAttemptsFile(attempts, folder?.before !== undefined);
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
