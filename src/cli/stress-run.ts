// Runs a plan on this machine: progress on stderr, finished blocks into the run's folder, Ctrl-C ends it in order.
import { createLocalEngine } from '../engine/local.ts';
import { runPlan } from '../stress/run.ts';
import type { Target } from '../stress/targets.ts';
import type { Plan, RunResult } from '../stress/types.ts';
import { type AttemptsFile, openAttemptsFile } from './attempts-file.ts';
import { type Interruptible, untilInterrupted } from './interrupt.ts';
import type { OutputFlags } from './output.ts';
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

type Flags = OutputFlags & Pick<StressFlags, 'attempts'>;

/** Undefined as result when a second signal ended it at once. */
export async function runHere(
  { plan, targets, folder, truthTableDigest }: RunHere,
  flags: Flags,
): Promise<Interruptible<RunResult>> {
  if (folder?.finished !== undefined) return { result: folder.finished, interruptedBy: undefined };
  const engine = createLocalEngine();
  const progress = progressPrinter(flags);
  const attempts = await attemptsFile(flags, folder);
  try {
    return await untilInterrupted(
      'ending this block; once more to stop at once',
      () => engine.close(),
      (signal) =>
        runPlan(plan, engine, {
          ...{ signal, targets, truthTableDigest, onProgress: progress.show },
          ...(folder?.before !== undefined && { before: folder.before }),
          onBlock: async (block, place) => {
            // One that was cut short is run again from its beginning.
            if (!signal.aborted) await folder?.saveBlock(block, place);
          },
          ...(attempts !== undefined && { onTransfers: attempts.write }),
        }),
    );
  } finally {
    progress.clear();
    await engine.close();
    await attempts?.close();
  }
}

async function attemptsFile(
  { attempts }: Flags,
  folder: RunFolder | undefined,
): Promise<AttemptsFile | undefined> {
  return attempts === undefined ? undefined : openAttemptsFile(attempts, folder?.before !== undefined);
}
