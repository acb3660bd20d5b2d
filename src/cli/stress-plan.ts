// Which plan `stress` runs: a file or flags alone, and a flag that is given wins over what the plan says.
import { readFile } from 'node:fs/promises';
import type { BinderName } from '../binder/types.ts';
import { UsageError } from '../errors.ts';
import { fillPlan, formatPlan, parsePlan } from '../stress/plan.ts';
import type { Plan, Scenario } from '../stress/types.ts';
import type { StressFlags } from './stress-flags.ts';

const DEFAULT_PLAN = new URL('../../fixtures/plans/friedberg.yaml', import.meta.url);

/** @throws UsageError for a plan that cannot be read, or that makes no sense with these flags */
export async function choosePlan(planFile: string | undefined, flags: StressFlags): Promise<Plan> {
  if (planFile === undefined && describesScenario(flags)) return planFromFlags(flags);
  return withFlags(await loadPlan(planFile ?? DEFAULT_PLAN), flags);
}

async function loadPlan(file: string | URL): Promise<Plan> {
  const yaml = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`plan '${file}' cannot be read: ${error.code}`, { cause: error });
  });
  return parsePlan(yaml, typeof file === 'string' ? file : 'default plan');
}

const SCENARIO_FLAGS = [
  'sessions',
  'duration',
  'transfers',
  'direction',
  'fileSize',
  'bindToConnect',
] as const;

/** Whether a flag describes the load itself: without a plan file, that makes a scenario of its own. */
function describesScenario(flags: StressFlags): boolean {
  return SCENARIO_FLAGS.some((name) => flags[name] !== undefined);
}

/** @throws UsageError when the plan makes no sense with these flags */
function withFlags(plan: Plan, flags: StressFlags): Plan {
  const binders = flags.binder ?? plan.binders;
  const changed: Plan = {
    ...plan,
    binders,
    baseline:
      flags.baseline ?? (binders.includes(plan.baseline) ? plan.baseline : (binders[0] as BinderName)),
    blocks: flags.blocks ?? plan.blocks,
    workers: flags.workers ?? plan.workers,
    generators: flags.generators ?? plan.generators,
    retry: flags.retry ?? plan.retry,
    timeUnitMs: flags.timeUnit ?? plan.timeUnitMs,
    seed: flags.seed ?? plan.seed,
    scenarios: plan.scenarios.map((scenario) => scenarioWithFlags(scenario, flags)),
  };
  // Read like any other plan, so that flags meet the same limits.
  return parsePlan(formatPlan(changed), 'flags');
}

function scenarioWithFlags(scenario: Scenario, flags: StressFlags): Scenario {
  return {
    name: scenario.name,
    sessions: flags.sessions ?? scenario.sessions,
    direction: flags.direction ?? scenario.direction,
    fileSizeBytes: flags.fileSize ?? scenario.fileSizeBytes,
    durationMs: flags.duration ?? scenario.durationMs,
    transfers: flags.transfers ?? scenario.transfers,
    bindToConnectMs: flags.bindToConnect ?? scenario.bindToConnectMs,
  };
}

/** The plan behind `port20 stress --sessions 32` and the like: one scenario, made of the flags and the defaults. */
function planFromFlags(flags: StressFlags): Plan {
  return withFlags(fillPlan({ name: 'from flags', scenarios: [{ name: 'load' }] }), flags);
}
