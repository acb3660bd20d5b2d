// Runs a plan on this machine: progress on stderr and on a page, finished blocks into the run's folder.
import type { Endpoint } from '../address.ts';
import type { Dashboard } from '../live/dashboard.ts';
import type { Plan } from '../plan/types.ts';
import type { Progress } from '../result/progress.ts';
import type { BlockResult } from '../result/types.ts';
import type { Engine } from '../run/engine.ts';
import type { RunFolder } from '../run/store/folder.ts';
import { type KeptRun, runKept } from '../run/store/kept-run.ts';
import type { Target } from '../run/targets.ts';
import { type OutputFlags, say, textOptions } from './output.ts';
import { progressPrinter } from './progress.ts';
import { createScenarioTables } from './scenario-tables.ts';
import type { StressFlags } from './stress-flags.ts';

export interface RunHere {
  readonly plan: Plan;
  readonly targets: ReadonlyMap<string, Target>;
  /** Where finished blocks are kept, and where the run is taken up again from. */
  readonly folder: RunFolder | undefined;
  readonly truthTableDigest: string | null;
}

type Flags = OutputFlags & Pick<StressFlags, 'attempts' | 'dashboard' | 'json'>;

/** A signal that aborts ends the block that runs. */
export async function runHere(
  run: RunHere,
  engine: Engine,
  flags: Flags,
  signal: AbortSignal,
): Promise<KeptRun> {
  const { plan, targets, folder, truthTableDigest } = run;
  tellOfAttempts(folder, flags);
  const { attempts: attemptsFile } = flags;
  if (folder?.finished !== undefined) return runKept(plan, engine, { folder, attemptsFile });
  const progress = progressPrinter(flags);
  const dashboard = await dashboardFor(plan, flags);
  const tables = createScenarioTables(plan, textOptions(flags, process.stderr));
  const showTable = (block: BlockResult) => {
    if (flags.quiet || flags.json) return;
    const table = tables.add(block);
    if (table === undefined) return;
    progress.clear();
    say(`${table}\n`);
  };
  const onProgress = (now: Progress) => {
    progress.show(now);
    dashboard?.showProgress(now);
  };
  try {
    const kept = await runKept(plan, engine, {
      ...{ folder, attemptsFile, signal, targets, truthTableDigest, onProgress },
      onBlock: ({ block }) => showTable(block),
      onKeptBlock: showTable,
      ...(dashboard !== undefined && { onResult: dashboard.showResult }),
    });
    dashboard?.showResult(kept.result);
    return kept;
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
