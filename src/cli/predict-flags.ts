// The flags of `predict`: those that make a plan, and the times to assume where nothing was measured.
import type { Command } from 'commander';
import { PLAN_KEYS } from '../plan/keys/plan.ts';
import { readDurationMs, readPath, setting, toggle } from './flags.ts';
import type { OutputFlags } from './output.ts';
import { planOption } from './plan-options.ts';
import { addPlanFlags } from './stress-flags.ts';

export interface PredictFlags extends OutputFlags {
  readonly binder?: readonly string[];
  readonly from?: string;
  readonly hold?: number;
  readonly service: number;
  readonly json?: boolean;
}

/** The flags that say something of a saved result, too; all others describe a plan. */
export const FLAGS_WITH_RESULT: readonly string[] = ['from', 'binder', 'json'];

export function addPredictFlags(command: Command): Command {
  const assumed = 'assume that a transfer holds the port for this long from bind to connect';
  return addPlanFlags(
    command
      .addOption(setting('--from <result>', 'take the times, and the plan, of a saved result', readPath))
      .addOption(setting('--hold <time>', `${assumed} (default: bindToConnect and 0.3 ms)`, readDurationMs))
      .addOption(
        setting('--service <time>', 'assume this for everything else of a transfer', readServiceMs).default(
          1,
          '1ms',
        ),
      )
      .addOption(planOption(PLAN_KEYS.blocks, 'blocks whose failure rate is predicted'))
      .addOption(planOption(PLAN_KEYS.seed))
      .addOption(toggle('--json', 'print the prediction as JSON instead of tables')),
  );
}

/** Transfers that take no time would never come to an end of their block. */
function readServiceMs(text: string): number {
  const serviceMs = readDurationMs(text);
  if (serviceMs > 0) return serviceMs;
  throw new Error('must be more than 0ms');
}
