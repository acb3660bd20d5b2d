// The shape of a plan file: every key, its default, and what it may say. What makes no sense together is plan-check's.
import { z } from 'zod';
import { parseRetry } from '../binder/retry.ts';
import { BINDER_NAMES } from '../binder/types.ts';
import { UsageError } from '../errors.ts';
import { didYouMean } from '../near-miss.ts';
import { PEER_NAMES } from '../peers/types.ts';
import { parseDurationMs } from '../units.ts';
import { readTargetUrl } from './contestants.ts';
import { parseSizeDistribution, parseTimeDistribution, parseWeights } from './distributions.ts';
import { ANNOUNCEMENTS, CLIENT_PORTS, DIRECTIONS, LOGINS, UNTILS, USER_PIS } from './types.ts';

const MAX_SESSIONS = 10_000;
const MAX_RATE = 1e6;

/** Reads the text with one of the parsers that throw UsageError, and keeps the message as the schema's own. */
function text<T>(read: (text: string) => T) {
  return z.union([z.string(), z.number()]).transform(readAs(read));
}

function readAs<T>(read: (text: string) => T) {
  return (value: string | number, context: z.core.$RefinementCtx): T => {
    try {
      return read(String(value));
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as Error).message });
      return z.NEVER;
    }
  };
}

function readOneOf<T extends string>(names: readonly T[], what: string): (name: string) => T {
  return (name) => {
    const found = names.find((known) => known === name);
    if (found !== undefined) return found;
    throw new UsageError(`unknown ${what} '${name}'${didYouMean(name, names)}: use ${names.join(', ')}`);
  };
}

function oneOf<T extends string>(names: readonly T[], what: string) {
  return text(readOneOf(names, what));
}

const duration = text(parseDurationMs);
const positiveDuration = duration.refine((ms) => ms > 0, 'must be more than 0ms');
const count = (min: number, max: number) => z.int().min(min).max(max);
const rate = z.number().min(0).max(MAX_RATE);
const retry = z.union([z.array(z.number()).transform(String), z.number().transform(String), z.string()], {
  error: 'use bsd, proftpd, vsftpd, none, or the waits in seconds such as [1, 2, 3]',
});

const stageShape = {
  duration: positiveDuration,
  /** Level of the whole stage: sessions of a closed workload, arrivals a second of an open one. */
  sessions: z.number().min(0).max(MAX_SESSIONS).optional(),
  rate: rate.optional(),
  /** In a straight line from the level before to this one. */
  rampTo: z.number().min(0).max(MAX_RATE).optional(),
} as const;

const scenarioShape = {
  name: z.string().regex(/^[A-Za-z0-9][\w.-]*$/, 'a name of letters, digits, dots and dashes'),
  workload: oneOf(['closed', 'open', 'bursts'], 'workload').default('closed'),
  sessions: count(1, MAX_SESSIONS).default(16),
  thinkTime: text(parseTimeDistribution).optional(),
  arrivals: oneOf(['poisson', 'constant'], 'arrivals').optional(),
  rate: rate.optional(),
  every: positiveDuration.optional(),
  burst: count(1, MAX_SESSIONS).optional(),
  stages: z.array(z.strictObject(stageShape)).min(1).optional(),
  mix: z
    .union([
      z.record(z.string(), z.number()).transform((weights) =>
        Object.entries(weights)
          .map(([name, weight]) => `${name}:${weight}`)
          .join(','),
      ),
      z.string(),
    ])
    .transform(readAs((weights) => parseWeights(weights, readOneOf(DIRECTIONS, 'direction'))))
    .optional(),
  direction: oneOf(DIRECTIONS, 'direction').optional(),
  fileSize: text(parseSizeDistribution).default({ kind: 'fixed', bytes: 4096 }),
  duration: positiveDuration.optional(),
  warmUp: duration.default(0),
  transfers: count(0, 1e9).default(0),
  bindToConnect: duration.default(0),
  clientAddresses: z.union([z.literal('each'), count(1, MAX_SESSIONS)]).default('each'),
  clientPort: oneOf(CLIENT_PORTS, 'client port').default('fresh'),
  announce: oneOf(ANNOUNCEMENTS, 'announcement').default('auto'),
  login: oneOf(LOGINS, 'login').default('once'),
} as const;

function list<Item extends z.ZodType>(item: Item, example: string) {
  return z.array(item, { error: `expected a list such as ${example}` });
}

const planShape = {
  formatVersion: z.literal(1).default(1),
  name: z.string().min(1).default('unnamed'),
  seed: count(0, 2 ** 32 - 1).default(1),
  binders: list(oneOf(BINDER_NAMES, 'binder'), '[legacy, reuse-port]').optional(),
  peers: list(oneOf(PEER_NAMES, 'peer'), '[vsftpd, pure-ftpd]').default([]),
  targets: list(text(readTargetUrl), '[ftp://127.0.0.1:2121/file]').default([]),
  blocks: count(1, 1000).default(8),
  until: oneOf(UNTILS, 'end').default('blocks'),
  maxTime: duration.default(0),
  rest: duration.default(0),
  workers: count(1, 64).default(2),
  generators: count(1, 64).default(1),
  userPi: oneOf(USER_PIS, 'user-PI').default('basic-ftp'),
  requireDataPort: z.boolean().default(false),
  retry: retry
    .transform(readAs((value) => (value === 'default' ? ('default' as const) : parseRetry(value))))
    .default('default'),
  timeUnit: positiveDuration.default(1000),
  timeout: positiveDuration.default(10_000),
  baseline: z.string().optional(),
  scenarios: z.array(z.strictObject(scenarioShape)).min(1),
} as const;

export const planSchema = z.strictObject(planShape);
export type PlanDocument = z.output<typeof planSchema>;
export type ScenarioDocument = PlanDocument['scenarios'][number];

const KNOWN_KEYS: readonly string[] = [
  ...Object.keys(planShape),
  ...Object.keys(scenarioShape),
  ...Object.keys(stageShape),
];

/** One line: where, what was said, and the way out. */
export function describeIssue(issue: z.core.$ZodIssue): string {
  const at = issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? '';
    return `${at}unknown key '${key}'${didYouMean(key, KNOWN_KEYS)}`;
  }
  if (issue.code === 'invalid_union' && issue.message === 'Invalid input')
    return `${at}expected text or a number`;
  return `${at}${issue.message}`;
}
