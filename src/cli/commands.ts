// The commands: what each is called, takes and shows as examples. Its code is loaded only when it is called.
import type { Command } from 'commander';
import { addAgentFlags } from './agent-flags.ts';
import { addCompareFlags } from './compare-flags.ts';
import { addConformFlags } from './conform-flags.ts';
import { addDiagnoseFlags } from './diagnose-flags.ts';
import { addMergeFlags } from './merge-flags.ts';
import { addPredictFlags } from './predict-flags.ts';
import { addProbeFlags } from './probe-flags.ts';
import { addReportFlags } from './report-flags.ts';
import { addServeFlags } from './serve-flags.ts';
import { addShardFlags } from './shard-flags.ts';
import { addStressFlags } from './stress-flags.ts';
import { addUserFlags } from './user-flags.ts';

/**
 * Does the work and returns the exit status. `again` reads the flags, the environment and the configuration file anew, and
 * rejects with UsageError.
 */
export type Run = (command: Command, again: () => Promise<Command>) => Promise<number>;

export interface CommandDefinition {
  readonly name: string;
  readonly description: string;
  /** Commander's notation and a description each. */
  readonly arguments: readonly (readonly [string, string])[];
  readonly addFlags: (command: Command) => Command;
  readonly examples: string;
  readonly load: () => Promise<Run>;
}

export const COMMANDS: readonly CommandDefinition[] = [
  {
    name: 'serve',
    description: 'serve a folder by FTP; active data connections leave from one local port',
    arguments: [],
    addFlags: addServeFlags,
    examples: `
  port20 serve --root ./pub                               on 127.0.0.1:2121, data connections from 2120
  port20 serve --binder legacy --retry none               the first transfer blocks the port for a minute
  PORT20_BINDER=legacy-bsd port20 serve --retry proftpd   by environment and flag
  port20 serve --listen 0.0.0.0:21 --root /srv/ftp --workers 2 --user ftp   started as root, which it gives up
  port20 serve --config /etc/port20.config.yaml --check   is it right? what would be served?
  curl -P - ftp://127.0.0.1:2121/file                     fetch in active mode`,
    load: async () => (await import('./serve.ts')).serve,
  },
  {
    name: 'user',
    description: 'who may log in: a users file for serve',
    arguments: [
      ['<action>', 'add, remove or list'],
      ['[name]', 'the user'],
    ],
    addFlags: addUserFlags,
    examples: `
  port20 user add mo --users users --root mo               asks for the password; mo has all rights in mo
  port20 user add jo --users users --deny delete --max-sessions 4 < password
  port20 user add mo --users users --change                a new password
  port20 user add mo --users users --change --rate none    no limit of its rate; the password stays
  port20 user list --users users
  port20 serve --users users --root /srv/ftp               they log in, and anonymous users no more`,
    load: async () => (await import('./user.ts')).user,
  },
  {
    name: 'stress',
    description: 'run concurrent clients against every binder and compare the failure rates',
    arguments: [['[plan]', 'plan file (YAML); a first look by default']],
    addFlags: addStressFlags,
    examples: `
  port20 stress                                            a first look in some 15 s, fixtures/plans/quick.yaml
  port20 stress fixtures/plans/friedberg.yaml              six strategies under three loads, two minutes
  port20 stress --binder legacy,reuse-port --sessions 32   one scenario made of flags
  port20 stress --bind-to-connect 5ms --time-unit 5ms --duration 2s
  port20 stress --rate 200 --sessions 64 --mix retr:8,stor:1   arrivals, whether or not others have ended
  port20 stress --peer vsftpd,pure-ftpd --binder reuse-port    daemons of Debian beside it (root)
  port20 stress --target ftp://me@127.0.0.1:2121/file          a server that runs already
  port20 stress --threshold 'reuse-port.failureRate < 0.001'   exit 99 unless it holds
  port20 stress plan.yaml --dir run-1 --dashboard              a long run: watch it, --resume run-1
  port20 stress plan.yaml --out result.json --html report.html
  port20 stress --rate 200 --sessions 64 --find-limit          the highest load that holds
  port20 stress --print-plan > plan.yaml                   a plan to start from`,
    load: async () => (await import('./stress.ts')).stress,
  },
  {
    name: 'compare',
    description: 'put two results, or two strategies of one, side by side',
    arguments: [
      ['<a>', 'saved result, the baseline'],
      ['[b]', 'saved result, the candidate; without it, two strategies of <a>'],
    ],
    addFlags: addCompareFlags,
    examples: `
  port20 compare result.json --baseline legacy-bsd --candidate reuse-port
  port20 compare before.json after.json --margin 0.01 --format md
  port20 compare old-kernel.json new-kernel.json --allow-env-diff`,
    load: async () => (await import('./compare.ts')).compare,
  },
  {
    name: 'merge',
    description: 'put runs of one plan, of different seeds, or the shards of one run, into one result',
    arguments: [['<results...>', 'saved results, two at least']],
    addFlags: addMergeFlags,
    examples: `
  port20 merge monday.json tuesday.json --out both.json
  port20 stress plan.yaml --seed 2 --out b.json && port20 merge a.json b.json`,
    load: async () => (await import('./merge.ts')).merge,
  },
  {
    name: 'agent',
    description: 'carry load for runs that are started elsewhere, over Redis',
    arguments: [],
    addFlags: addAgentFlags,
    examples: `
  port20 agent --redis redis://10.0.0.1:6379 --allow 10.0.0.0/8   on each machine
  port20 stress plan.yaml --engine bullmq --redis redis://10.0.0.1:6379 --agents 4`,
    load: async () => (await import('./agent.ts')).agent,
  },
  {
    name: 'shard',
    description: 'run one part of a plan by itself, on one of several machines that have no Redis',
    arguments: [['<plan>', 'plan file (YAML), of targets alone']],
    addFlags: addShardFlags,
    examples: `
  port20 shard plan.yaml --shard 2/4 --start-at 2026-03-01T12:00:00Z
  pdsh -w 'n[1-4]' 'port20 shard plan.yaml --shard $((%n+1))/4 --start-at 2026-03-01T12:00:00Z'
  port20 merge shard-*-of-4.ndjson --out result.json`,
    load: async () => (await import('./shard.ts')).shard,
  },
  {
    name: 'predict',
    description: 'say what contention for the data port will make of a plan, or has made of a run',
    arguments: [['[plan]', 'plan file (YAML); that of a first look by default']],
    addFlags: addPredictFlags,
    examples: `
  port20 predict                                           the default plan, before anything is run
  port20 predict --sessions 64 --bind-to-connect 4ms --time-unit 4ms
  port20 predict --rate 18 --sessions 1000 --hold 50ms     random arrivals, the port held 50 ms each
  port20 predict --from result.json                        with the times of a run, beside what it measured`,
    load: async () => (await import('./predict.ts')).predict,
  },
  {
    name: 'report',
    description: 'print a saved result again',
    arguments: [['<result>', 'saved result']],
    addFlags: addReportFlags,
    examples: `
  port20 report result.json
  port20 report result.json --html report.html
  port20 report result.json --format md >> pull-request.md
  port20 report result.json --format csv > strategies.csv`,
    load: async () => (await import('./report.ts')).report,
  },
  {
    name: 'probe',
    description: 'find out what this kernel, this host or an FTP server really does',
    arguments: [['[target]', 'a server in active mode, ftp://user@host:port; without it, this kernel']],
    addFlags: addProbeFlags,
    examples: `
  port20 probe                            what SO_REUSEADDR and SO_REUSEPORT do on this kernel
  port20 probe --cost                     what a bind costs beside many sockets on the port
  port20 probe --doctor                   what on this host can get in the way of a server or a run
  port20 probe ftp://127.0.0.1:2121       how a server dials back, retries and refuses`,
    load: async () => (await import('./probe.ts')).probe,
  },
  {
    name: 'conform',
    description: 'put the cases of the RFCs and of the field to a server, and say what it makes of each',
    arguments: [
      ['[target]', 'ftp://user@host:port, or with a folder to work in; without it, our own server'],
    ],
    addFlags: addConformFlags,
    examples: `
  port20 conform                                  port20's own server
  port20 conform --list                           the cases, what each sends and what must come
  port20 conform ftp://me@127.0.0.1:2121          exit 99 when a case breaks
  port20 conform ftp://me@127.0.0.1/uploads/      where it may make its folder
  port20 conform --peer vsftpd --format md        a daemon of Debian (root)
  port20 conform --only framing,listing --format junit > conform.xml`,
    load: async () => (await import('./conform.ts')).conform,
  },
  {
    name: 'diagnose',
    description: 'say why active transfers from a server fail here, with evidence and what to do',
    arguments: [['<target>', 'ftp://user@host:port, or with a file to fetch']],
    addFlags: addDiagnoseFlags,
    examples: `
  port20 diagnose ftp://me@127.0.0.1:2121         30 tiny transfers at the most; exit 3 with a cause
  port20 diagnose ftp://me@ftp.example.org --i-own-this-server --json`,
    load: async () => (await import('./diagnose.ts')).diagnose,
  },
];
