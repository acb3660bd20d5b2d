// Where the load of `stress` comes from: processes of this machine, or agents over Redis.
import { createHash, randomUUID } from 'node:crypto';
import { createLocalEngine } from '../engine/local.ts';
import { UsageError } from '../errors.ts';
import { contestantsOf } from '../plan/contestants.ts';
import { planDocument } from '../plan/format.ts';
import { fillPlan } from '../plan/parse.ts';
import type { Plan } from '../plan/types.ts';
import type { Engine } from '../run/engine.ts';
import type { RunFolder } from '../run/store/folder.ts';
import type { Target } from '../run/targets.ts';
import type { EngineFlags } from './agent-flags.ts';
import { type OutputFlags, say } from './output.ts';

/** Processes of one machine; shards have theirs on machines of their own. */
const MOST_PROCESSES = 64;

/** Each agent is a load generator of the plan. @throws UsageError for a load that so many cannot share */
export function planForEngine(plan: Plan, { engine, agents, redis }: EngineFlags, isResumed: boolean): Plan {
  if (engine === 'local') {
    if (plan.generators <= MOST_PROCESSES) return plan;
    throw new UsageError(
      `generators: ${plan.generators} on one machine: ${MOST_PROCESSES} at the most, or agents of other machines (--engine bullmq)`,
    );
  }
  const routed = plan.scenarios.find(({ network }) => network !== 'none');
  if (routed !== undefined) {
    throw new UsageError(
      `scenario '${routed.name}': network ${routed.network} is of this machine alone: leave --engine bullmq out`,
    );
  }
  if (redis === undefined)
    throw new UsageError('--engine bullmq needs --redis, such as redis://10.0.0.1:6379');
  if (agents === undefined) return plan;
  if (isResumed && agents !== plan.generators) {
    throw new UsageError(
      `--agents ${agents}: the run began with ${plan.generators}, whose shards are other ones: leave it out`,
    );
  }
  return fillPlan({ ...planDocument(plan), generators: agents }, '--agents');
}

export interface RunHere {
  readonly plan: Plan;
  readonly targets: ReadonlyMap<string, Target>;
  readonly folder: RunFolder | undefined;
}

/** @throws PreflightError where Redis or enough agents do not come */
export async function createEngine(
  { plan, targets, folder }: RunHere,
  flags: EngineFlags & OutputFlags,
  signal: AbortSignal,
): Promise<Engine> {
  const { redis } = flags;
  // Of a finished run nothing is left for anybody to carry.
  if (redis === undefined || flags.engine === 'local' || folder?.finished !== undefined)
    return createLocalEngine();
  // Nobody else waits for the library of the queue.
  const { createAgentEngine } = await import('../engine/redis/coordinator.ts');
  const named = contestantsOf(plan).flatMap(({ name }) => targets.get(name)?.server.address ?? []);
  return createAgentEngine({
    ...{ redis, agents: plan.generators, plan, signal },
    ...{ waitMs: flags.agentsWithin, silenceMs: flags.agentSilence, targets: named },
    run: folder === undefined ? randomUUID() : runOf(folder),
    say: flags.quiet ? () => {} : say,
  });
}

/** The same when it is taken up again: two coordinators of one run are not to meet its agents. */
function runOf({ plan, before }: RunFolder): string {
  return createHash('sha256')
    .update(JSON.stringify([before.startedAt, plan]))
    .digest('hex')
    .slice(0, 32);
}
