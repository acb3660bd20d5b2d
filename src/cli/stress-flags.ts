// The flags of `stress`, and how they change the plan: a flag that is given wins over what the plan says.
import type { Command } from 'commander';
import type { BinderName, RetrySetting } from '../binder/types.ts';
import { checkPlan, DIRECTIONS, fillPlan } from '../stress/plan.ts';
import type { Direction, Plan, Scenario } from '../stress/types.ts';
import {
  oneOf,
  readBinder,
  readBinders,
  readBytes,
  readCount,
  readDurationMs,
  readRetry,
  setting,
  toggle,
} from './flags.ts';

export interface StressFlags {
  readonly binder?: readonly BinderName[];
  readonly baseline?: BinderName;
  readonly sessions?: number;
  readonly duration?: number;
  readonly transfers?: number;
  readonly blocks?: number;
  readonly direction?: Direction;
  readonly fileSize?: number;
  readonly workers?: number;
  readonly generators?: number;
  readonly retry?: RetrySetting;
  readonly timeUnit?: number;
  readonly bindToConnect?: number;
  readonly seed?: number;
  readonly out?: string;
  readonly json?: boolean;
  readonly printPlan?: boolean;
  readonly dryRun?: boolean;
}

export function addStressFlags(command: Command): Command {
  return command
    .addOption(setting('--binder <names>', 'strategies to compare, separated by commas', readBinders))
    .addOption(setting('--baseline <name>', 'the strategy that the others are compared with', readBinder))
    .addOption(setting('--sessions <n>', 'control connections open at once', readCount(1)))
    .addOption(setting('--duration <time>', 'load time of one block, such as 2s', readDurationMs))
    .addOption(setting('--transfers <n>', 'transfers of one block at the most', readCount(0)))
    .addOption(setting('--blocks <n>', 'blocks of each strategy in each scenario', readCount(1)))
    .addOption(setting('--direction <name>', 'retr, stor or list', oneOf('direction', DIRECTIONS)))
    .addOption(setting('--file-size <size>', 'size of the file, such as 4KiB', readBytes))
    .addOption(setting('--workers <n>', 'server processes that share one data port', readCount(1)))
    .addOption(setting('--generators <n>', 'load generator processes', readCount(1)))
    .addOption(setting('--retry <schedule>', 'bsd, proftpd, vsftpd, none, or waits such as 1,2,3', readRetry))
    .addOption(setting('--time-unit <time>', 'length of one second of the retry schedule', readDurationMs))
    .addOption(setting('--bind-to-connect <time>', 'held between bind and connect', readDurationMs))
    .addOption(setting('--seed <n>', 'seed of the block order and the bootstrap', readCount(0, 2 ** 32 - 1)))
    .addOption(setting('--out <file>', 'save the result as JSON', String))
    .addOption(toggle('--json', 'print the result as JSON instead of tables'))
    .addOption(toggle('--print-plan', 'print the plan with every default filled in, and stop'))
    .addOption(toggle('--dry-run', 'check everything, say what would run, and stop'));
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
export function describesScenario(flags: StressFlags): boolean {
  return SCENARIO_FLAGS.some((name) => flags[name] !== undefined);
}

/** @throws UsageError when the plan makes no sense with these flags */
export function withFlags(plan: Plan, flags: StressFlags): Plan {
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
  checkPlan(changed);
  return changed;
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
export function planFromFlags(flags: StressFlags): Plan {
  return withFlags(fillPlan({ name: 'from flags', scenarios: [{ name: 'load' }] }), flags);
}
