// Flags that would be ignored: one that has no effect beside the others is refused by name, not passed over in silence.
import type { Command } from 'commander';
import { STRATEGIES } from '../binder/strategies/index.ts';
import { UsageError } from '../errors.ts';
import { contestantsOf, waitsOfContestant } from '../plan/contestants.ts';
import type { Plan } from '../plan/types.ts';
import { firstSaid } from './said.ts';
import type { ServeFlags } from './serve-flags.ts';

interface Rule {
  /** Commander's names of the flags' values. */
  readonly flags: readonly string[];
  readonly idle: boolean;
  /** Behind `--patience has no effect`: why, and the way out. */
  readonly why: string;
}

/** @throws UsageError */
function refuse(command: Command, rules: readonly Rule[]): void {
  for (const { flags, idle, why } of rules) {
    const said = idle ? firstSaid(command, (name) => flags.includes(name)) : undefined;
    if (said !== undefined) throw new UsageError(`${said} has no effect ${why}`);
  }
}

const has = (command: Command, name: string) => {
  const value: unknown = command.opts()[name];
  return value !== undefined && value !== false;
};

/** What can be told from the settings alone, before anything that they name is read. @throws UsageError */
export function refuseIdleFlags(command: Command): void {
  const rules: Readonly<Record<string, () => readonly Rule[]>> = {
    stress: () => stressRules(command),
    probe: () => probeRules(command),
    conform: () => conformRules(command),
    compare: () => [
      {
        flags: ['allowEnvDiff'],
        idle: command.args.length < 2,
        why: 'on one result, which has one environment: name a second',
      },
    ],
    serve: () => serveRules(command),
  };
  refuse(command, rules[command.name()]?.() ?? []);
}

function serveRules(command: Command): readonly Rule[] {
  const { binder, retry, connectRetry } = command.opts<ServeFlags>();
  const waits = (retry ?? STRATEGIES[binder].defaultRetry) !== 'none' || connectRetry !== 'none';
  return [
    {
      flags: ['dataPort'],
      idle: binder === 'ephemeral',
      why: 'with --binder ephemeral, whose data connections come from any port',
    },
    { flags: ['timeUnit'], idle: !waits, why: 'where nothing retries: name a --retry schedule' },
    {
      flags: ['anonymous'],
      idle: !has(command, 'users'),
      why: 'without --users, where anonymous users may log in anyway',
    },
    {
      flags: ['keepParts', 'syncUploads', 'umask'],
      idle: !has(command, 'write') && !has(command, 'users'),
      why: 'where nobody may upload: say --write, or who may with --users',
    },
    {
      flags: ['tlsReuse', 'tlsBareFin'],
      idle: !has(command, 'tlsCert'),
      why: 'without a certificate: say --tls-cert and --tls-key',
    },
  ];
}

const SAVES_OR_SHOWS = ['out', 'attempts', 'html', 'junit', 'openmetrics', 'threshold', 'json', 'dashboard'];

function stressRules(command: Command): readonly Rule[] {
  return [
    {
      flags: [
        'attempts',
        'html',
        'junit',
        'openmetrics',
        'threshold',
        'dashboard',
        'dir',
        'resume',
        'dryRun',
      ],
      idle: has(command, 'findLimit'),
      why: 'with --find-limit, whose many runs have no one result: leave one of them out',
    },
    {
      flags: ['until', 'abortOn', 'abortAfter', 'maxTime', 'baseline', 'onSaturation'],
      idle: has(command, 'findLimit'),
      why: 'with --find-limit, which ends each run by itself',
    },
    { flags: ['allowEnvDiff'], idle: !has(command, 'resume'), why: 'without --resume' },
    {
      flags: ['redis', 'agents', 'agentsWithin', 'agentSilence'],
      idle: command.opts().engine !== 'bullmq',
      why: 'without --engine bullmq, which agents carry',
    },
    {
      flags: ['generators'],
      idle: command.opts().engine === 'bullmq',
      why: 'with agents, each of which is one: say --agents',
    },
    {
      flags: [...SAVES_OR_SHOWS, 'dir', 'dryRun', 'findLimit'],
      idle: has(command, 'printPlan'),
      why: 'with --print-plan, which runs nothing: leave one of them out',
    },
  ];
}

function probeRules(command: Command): readonly Rule[] {
  const { json, format } = command.opts() as { json?: boolean; format?: string };
  return [
    {
      flags: ['patience'],
      idle: command.args.length === 0 && !has(command, 'cost'),
      why: 'without a server or --cost: name one, such as ftp://127.0.0.1:2121',
    },
    {
      flags: ['iOwnThisServer'],
      idle: command.args.length === 0,
      why: 'without a server: name one, such as ftp://127.0.0.1:2121',
    },
    {
      flags: ['listen', 'dataPort', 'sessions'],
      idle: !has(command, 'doctor'),
      why: 'without --doctor',
    },
    {
      flags: ['format'],
      idle: json === true && format !== 'json',
      why: 'with --json, which is another format: name one of them',
    },
  ];
}

function conformRules(command: Command): readonly Rule[] {
  const { json, format } = command.opts() as { json?: boolean; format?: string };
  return [
    {
      flags: ['passwordFile', 'iOwnThisServer'],
      idle: command.args.length === 0,
      why: 'without a server: name one, such as ftp://127.0.0.1:2121',
    },
    {
      flags: ['format'],
      idle: json === true && format !== 'json',
      why: 'with --json, which is another format: name one of them',
    },
    {
      flags: ['peer', 'abuse', 'format'],
      idle: has(command, 'list'),
      why: 'with --list, which runs nothing',
    },
  ];
}

/** What only the plan tells. @throws UsageError */
export function refuseIdleInPlan(command: Command, plan: Plan): void {
  const contestants = contestantsOf(plan);
  const ours = contestants.some(({ kind }) => kind === 'binder');
  const others = contestants.some(({ kind }) => kind === 'target');
  const waits = contestants.some((contestant) => waitsOfContestant(plan, contestant).length > 0);
  refuse(command, [
    {
      flags: ['passwordFile', 'iOwnThisServer'],
      idle: !others,
      why: 'without a target: name one with --target',
    },
    {
      flags: ['workers', 'retry', 'bindToConnect'],
      idle: !ours,
      why: 'on servers that are not the built-in one: name a strategy of it with --binder',
    },
    { flags: ['timeUnit'], idle: !waits, why: 'where nothing retries: name a --retry schedule' },
    {
      flags: ['fileSize'],
      idle: !usesFiles(plan, others && !ours),
      why: 'on listings, nor on what a target has',
    },
    {
      flags: ['abortAfter'],
      idle: plan.abortOn.length === 0,
      why: 'without a threshold that ends a run: name one with --abort-on',
    },
    {
      flags: ['until'],
      idle: plan.until === 'conclusive' && contestants.length < 2,
      why: 'on one strategy, which is compared with none',
    },
  ]);
}

/** Whether any size that the plan says is sent. `targetsAlone`: what is fetched from them is their own. */
function usesFiles({ scenarios }: Plan, targetsAlone: boolean): boolean {
  return scenarios.some(({ mix }) =>
    mix.some(({ value }) => value === 'stor' || (value === 'retr' && !targetsAlone)),
  );
}
