// The keys of a scenario: one entry each, for plan files, flags, printed plans and the documentation.
import { quoted } from '../../quoted.ts';
import { formatDuration, readCount, readDecimal } from '../../units.ts';
import {
  formatSizeDistribution,
  formatTimeDistribution,
  parseSizeDistribution,
  parseTimeDistribution,
} from '../distributions.ts';
import {
  ANNOUNCEMENTS,
  ARRIVALS,
  CLIENT_PORTS,
  DIRECTIONS,
  LOGINS,
  NETWORKS,
  TLS_MODES,
  WORKLOADS,
} from '../types.ts';
import { type Flag, filled, type Keys, part, required } from './key.ts';
import { count, duration, level, mix, oneOf, plain, positiveDuration, text, type Z } from './kinds.ts';

const MAX_SESSIONS = 10_000;
const MAX_RATE = 1e6;
const MAX_STAGES = 1000;

/** Of a block whose plan says neither `duration` nor `stages`. */
export const DEFAULT_DURATION_MS = 2000;

const load = (notation: string, help: string): Flag => ({ group: 'load', notation, help });

function readRate(text: string): number {
  const rate = readDecimal(text);
  if (rate > 0 && rate <= MAX_RATE) return rate;
  throw new Error(`${quoted(text)} is not a number of arrivals a second above 0, up to ${MAX_RATE}`);
}

const rate = level(MAX_RATE, readRate);

/** The keys of one stage. */
export function stageShape(zod: Z) {
  return {
    duration: positiveDuration.file(zod),
    /** Level of the whole stage: sessions of a closed workload, arrivals a second of an open one. */
    sessions: level(MAX_SESSIONS).file(zod).optional(),
    rate: rate.file(zod).optional(),
    /** In a straight line from the level before to this one. */
    rampTo: rate.file(zod).optional(),
  };
}

const stages = plain((zod) =>
  zod
    .array(zod.strictObject(stageShape(zod)))
    .min(1)
    .max(MAX_STAGES),
);

const addresses = plain<number | 'each'>(
  (zod) => zod.union([zod.literal('each'), zod.int().min(1).max(MAX_SESSIONS)]),
  (text) => (text === 'each' ? text : readCount(1, MAX_SESSIONS)(text)),
);

export const SCENARIO_KEYS = {
  name: required(
    plain((zod) =>
      zod
        .string()
        .regex(/^[A-Za-z0-9][\w.-]{0,99}$/, 'a name of letters, digits, dots and dashes, up to 100'),
    ),
    { unset: 'must be said', says: 'what reports call it' },
  ),
  bindToConnect: filled(duration, 0, {
    flag: {
      group: 'server',
      notation: '--bind-to-connect <time>',
      help: 'held between bind and connect',
    },
    says: 'held between bind and connect, under every binder alike',
  }),
  sessions: filled(count(1, MAX_SESSIONS), 16, {
    flag: load('--sessions <n>', 'control connections open at once'),
    says: 'control connections open at once: no more transfers than these run at the same time',
  }),
  workload: part(oneOf('workload', WORKLOADS), {
    flag: load('--workload <kind>', 'closed, open or bursts'),
    unset: '`closed`',
    says: 'when transfers start: [below](#when-transfers-start)',
  }),
  thinkTime: part(text(parseTimeDistribution, formatTimeDistribution), {
    flag: load(
      '--think-time <time>',
      'closed: pause before each transfer: 20ms, exponential(20ms), uniform(10ms, 30ms)',
    ),
    unset: '0ms',
    says: 'of a closed workload, pause before each transfer: `20ms`, `exponential(20ms)`, `uniform(10ms, 30ms)`',
  }),
  rate: part(rate, {
    flag: load('--rate <n>', 'open: arrivals a second, whether or not others have ended'),
    unset: 'must be said, or `stages`',
    says: 'of an open workload, arrivals a second',
  }),
  arrivals: part(oneOf('arrivals', ARRIVALS), {
    flag: load('--arrivals <kind>', 'open: poisson or constant'),
    unset: '`poisson`',
    says: 'of an open workload, `poisson` or `constant`',
  }),
  every: part(positiveDuration, {
    flag: load('--every <time>', 'bursts: from one burst to the next'),
    unset: 'must be said',
    says: 'of bursts, from one to the next',
  }),
  burst: part(count(1, MAX_SESSIONS), {
    flag: load('--burst <n>', 'bursts: transfers that start in the same moment (default: one a session)'),
    unset: 'one a session',
    says: 'of bursts, transfers that start in the same moment',
  }),
  duration: part(positiveDuration, {
    flag: load('--duration <time>', 'load time of one block, such as 2s'),
    unset: formatDuration(DEFAULT_DURATION_MS),
    says: 'load time of one block; transfers that run at its end are waited for',
  }),
  stages: part(stages, {
    unset: 'none',
    says: 'a load that changes: [below](#when-transfers-start)',
  }),
  warmUp: filled(duration, 0, {
    flag: load('--warm-up <time>', 'its first part, which is run and not counted'),
    says: 'the first part of a block, which is run and not counted',
  }),
  transfers: filled(count(0, 1e9), 0, {
    flag: load('--transfers <n>', 'transfers of one block at the most'),
    unset: 'no limit',
    says: 'transfers of one block at the most',
  }),
  direction: part(oneOf('direction', DIRECTIONS), {
    flag: load('--direction <name>', 'retr, stor or list'),
    unset: '`retr`',
    says: '`retr`, `stor` or `list`: what all transfers do',
  }),
  mix: part(mix, {
    flag: load('--mix <weights>', 'several of them, such as retr:8,stor:1,list:1'),
    unset: 'the one `direction`',
    says: 'several of them by weight: `retr:8,stor:1,list:1`',
  }),
  fileSize: filled(
    text(parseSizeDistribution, formatSizeDistribution),
    { kind: 'fixed', bytes: 4096 },
    {
      flag: load(
        '--file-size <size>',
        '4KiB, 4KiB:9,1MiB:1 or lognormal(4KiB, 1.5, 1MiB): median, sigma, largest',
      ),
      says: '`4KiB`, `4KiB:9,1MiB:1` by weight, or `lognormal(4KiB, 1.5, 1MiB)`: median, sigma, largest',
    },
  ),
  clientAddresses: filled(addresses, 'each', {
    flag: load('--client-addresses <n>', 'addresses that the sessions share, or each'),
    says: 'an address for each session, or how many they share',
  }),
  clientPort: filled(oneOf('client port', CLIENT_PORTS), 'fresh', {
    flag: load('--client-port <kind>', 'fresh, sticky or default (the same 4-tuple every time)'),
    says: '`fresh`, `sticky` or `default`, where every transfer has the same 4-tuple',
  }),
  announce: filled(oneOf('announcement', ANNOUNCEMENTS), 'auto', {
    flag: load('--announce <command>', 'PORT, EPRT or auto'),
    says: '`PORT`, `EPRT`, or by the address family; where a server does not know EPRT, PORT',
  }),
  login: filled(oneOf('login', LOGINS), 'once', {
    flag: load('--login <when>', 'once, or each: for every transfer anew'),
    says: '`each`: every transfer logs in anew, and its time includes that',
  }),
  tls: filled(oneOf('TLS', TLS_MODES), 'off', {
    flag: load('--tls <mode>', 'off, or explicit: AUTH TLS, and data connections under TLS'),
    says: '`explicit`: AUTH TLS and PROT P; the built-in server shows a certificate of the run, which no client checks. Not with the `lean` client, nor for peers',
  }),
  network: filled(oneOf('network', NETWORKS), 'none', {
    flag: load('--network <kind>', 'none, firewall-port-20 or lossy: a router before the clients (root)'),
    says: '`firewall-port-20` or `lossy`: a router between the server and the clients, [below](#behind-a-firewall) (root)',
  }),
} as const satisfies Keys;
