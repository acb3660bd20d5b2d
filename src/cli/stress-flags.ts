// The flags of `stress`: those of a plan's keys, and how the run is made and told.
import type { Command, Option } from 'commander';
import type { Endpoint } from '../address.ts';
import { type EngineFlags, engineOptions } from './agent-flags.ts';
import { readEndpoint, readPath, setting, toggle } from './flags.ts';
import { under } from './help.ts';
import { planOptions } from './plan-options.ts';
import { addResultFlags, RESULT_HEADING, type ResultFlags } from './result-flags.ts';

/** Beside those of the plan's keys, which stress-plan.ts reads. */
export interface StressFlags extends ResultFlags, EngineFlags {
  readonly passwordFile?: string;
  readonly iOwnThisServer?: boolean;
  readonly out?: string;
  readonly attempts?: string;
  readonly dashboard?: Endpoint | true;
  readonly dir?: string;
  readonly resume?: string;
  readonly allowEnvDiff?: boolean;
  readonly json?: boolean;
  readonly printPlan?: boolean;
  readonly dryRun?: boolean;
  readonly findLimit?: boolean;
}

const CONTESTANTS = 'Who is put under load:';

const SERVERS: readonly Option[] = [
  ...under(CONTESTANTS, planOptions('contestants')),
  ...under('How the built-in server gets its port:', [...planOptions('server'), ...planOptions('data-port')]),
];

/** Of a target, to which something is really sent. */
const TARGETS: readonly Option[] = under(CONTESTANTS, [
  setting('--password-file <file>', "the target's password, instead of PORT20_PASSWORD", readPath),
  toggle('--i-own-this-server', 'put load on a target that is not on this machine'),
]);

const LOAD: readonly Option[] = [
  ...under('The load:', planOptions('load')),
  ...under('The load generators:', planOptions('generators')),
];

const RUN: readonly Option[] = [
  ...under('The run:', planOptions('run')),
  ...engineOptions(),
  ...under('A run on disk, and one to watch:', [
    setting('--dir <folder>', 'keep the plan and each finished block in a folder of the run', readPath),
    setting(
      '--resume <folder>',
      'go on with a run that was cut off: nothing but its unfinished blocks',
      readPath,
    ),
    toggle('--allow-env-diff', 'with --resume: although the host has changed'),
    setting(
      '--dashboard [address:port]',
      'show the run in a browser while it runs (default: 127.0.0.1:8020)',
      readEndpoint,
    ),
  ]),
  ...under('Instead of a run:', [
    toggle('--find-limit', 'raise the load until it fails or a generator is saturated; say what held'),
    toggle('--print-plan', 'print the plan with every default filled in, and stop'),
    toggle('--dry-run', 'check everything, say what would run and what it can tell, and stop'),
  ]),
  ...under(RESULT_HEADING, [
    setting('--out <file>', 'save the result as JSON', readPath),
    setting('--attempts <file>', 'save every transfer as a line of JSON', readPath),
    toggle('--json', 'print the result as JSON instead of tables'),
  ]),
];

/** Those that say what the load is and against which strategies; `predict` has them, too. */
export function addPlanFlags(command: Command): Command {
  for (const option of [...SERVERS, ...LOAD]) command.addOption(option);
  return command;
}

export function addStressFlags(command: Command): Command {
  addPlanFlags(command);
  for (const option of [...TARGETS, ...RUN]) command.addOption(option);
  return addResultFlags(command);
}
