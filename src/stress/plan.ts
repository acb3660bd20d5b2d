// A plan: what to run, as YAML that is checked whole before anything starts, and as the filled form that code reads.
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { STRATEGIES } from '../binder/binders.ts';
import { longestWaitMs, parseRetry, waitsOf } from '../binder/retry.ts';
import { BINDER_NAMES, type BinderName, type RetrySetting } from '../binder/types.ts';
import { MAX_TIMER_MS } from '../clock.ts';
import { UsageError } from '../errors.ts';
import { didYouMean } from '../near-miss.ts';
import { formatBytes, formatDuration, parseBytes, parseDurationMs } from '../units.ts';
import { DIRECTIONS, type Plan, type Scenario } from './types.ts';

const MAX_SESSIONS = 10_000;
const MAX_FILE_BYTES = 1024 ** 3;

/** Reads the text with one of the parsers that throw UsageError, and keeps the message as the schema's own. */
function text<T>(read: (text: string) => T) {
  return z.union([z.string(), z.number()]).transform((value, context): T => {
    try {
      return read(String(value));
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as Error).message });
      return z.NEVER;
    }
  });
}

function oneOf<T extends string>(names: readonly T[], what: string) {
  return text((name) => {
    const found = names.find((known) => known === name);
    if (found !== undefined) return found;
    throw new UsageError(`unknown ${what} '${name}'${didYouMean(name, names)}: use ${names.join(', ')}`);
  });
}

const duration = text(parseDurationMs);
const count = (min: number, max: number) => z.int().min(min).max(max);
const retry = z.union([z.array(z.number()).transform(String), z.number().transform(String), z.string()], {
  error: 'use bsd, proftpd, vsftpd, none, or the waits in seconds such as [1, 2, 3]',
});

const scenarioShape = {
  name: z.string().regex(/^[A-Za-z0-9][\w.-]*$/, 'a name of letters, digits, dots and dashes'),
  sessions: count(1, MAX_SESSIONS).default(16),
  direction: oneOf(DIRECTIONS, 'direction').default('retr'),
  fileSize: text(parseBytes)
    .refine((bytes) => bytes <= MAX_FILE_BYTES, 'at most 1GiB')
    .default(4096),
  duration: duration.default(2000),
  transfers: count(0, 1e9).default(0),
  bindToConnect: duration.default(0),
} as const;

const planShape = {
  formatVersion: z.literal(1).default(1),
  name: z.string().min(1).default('unnamed'),
  seed: count(0, 2 ** 32 - 1).default(1),
  binders: z
    .array(oneOf(BINDER_NAMES, 'binder'), { error: `expected a list such as [legacy, reuse-port]` })
    .min(1)
    .default([...BINDER_NAMES]),
  blocks: count(1, 1000).default(8),
  workers: count(1, 64).default(2),
  generators: count(1, 64).default(1),
  retry: retry
    .transform((value, context) => {
      if (value === 'default') return 'default' as const;
      try {
        return parseRetry(value);
      } catch (error) {
        context.addIssue({ code: 'custom', message: (error as Error).message });
        return z.NEVER;
      }
    })
    .default('default'),
  timeUnit: duration.refine((ms) => ms > 0, 'must be more than 0ms').default(1000),
  timeout: duration.refine((ms) => ms > 0, 'must be more than 0ms').default(10_000),
  baseline: oneOf(BINDER_NAMES, 'binder').optional(),
  scenarios: z.array(z.strictObject(scenarioShape)).min(1),
} as const;

const planSchema = z.strictObject(planShape);
const KNOWN_KEYS: readonly string[] = [...Object.keys(planShape), ...Object.keys(scenarioShape)];

/** Reads and checks a plan. @throws UsageError that names the key, the bad value and the way out */
export function parsePlan(yaml: string, source = 'plan'): Plan {
  let document: unknown;
  try {
    document = parse(yaml);
  } catch (error) {
    throw new UsageError(`${source}: not YAML: ${firstLine((error as Error).message)}`, { cause: error });
  }
  return fillPlan(document, source);
}

/** The same for a document that was parsed already, or made from flags. @throws UsageError */
export function fillPlan(document: unknown, source = 'plan'): Plan {
  const read = planSchema.safeParse(document);
  if (!read.success) throw new UsageError(`${source}: ${read.error.issues.map(describeIssue)[0]}`);
  const { scenarios, timeUnit, timeout, baseline, ...rest } = read.data;
  const plan: Plan = {
    ...rest,
    timeUnitMs: timeUnit,
    timeoutMs: timeout,
    baseline: baseline ?? defaultBaseline(rest.binders),
    scenarios: scenarios.map(({ fileSize, duration: durationMs, bindToConnect, ...scenario }) => ({
      ...scenario,
      fileSizeBytes: fileSize,
      durationMs,
      bindToConnectMs: bindToConnect,
    })),
  };
  checkPlan(plan, source);
  return plan;
}

/** Numbers that are each allowed but make no sense together. @throws UsageError */
export function checkPlan(plan: Plan, source = 'plan'): void {
  const fail = (message: string): never => {
    throw new UsageError(`${source}: ${message}`);
  };
  const longestScheduleMs = longestSchedule(plan, fail);
  const names = plan.scenarios.map((scenario) => scenario.name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) fail(`two scenarios are called '${twice}': give each its own name`);
  if (new Set(plan.binders).size < plan.binders.length) fail('binders: each may be named once');
  if (!plan.binders.includes(plan.baseline)) {
    fail(
      `baseline '${plan.baseline}' is not among the binders (${plan.binders.join(', ')}): add it or name one of them`,
    );
  }
  for (const scenario of plan.scenarios) {
    const at = `scenario '${scenario.name}'`;
    if (scenario.durationMs === 0) fail(`${at}: duration must be more than 0ms`);
    if (scenario.sessions < plan.generators) {
      fail(
        `${at}: ${scenario.sessions} sessions cannot be shared by ${plan.generators} generators: lower generators`,
      );
    }
    if (scenario.sessions < plan.workers) {
      fail(`${at}: ${scenario.sessions} sessions cannot occupy ${plan.workers} workers: lower workers`);
    }
    if (plan.timeoutMs + longestScheduleMs > MAX_TIMER_MS) {
      fail(`the retry schedule and the timeout together are longer than ${MAX_TIMER_MS} ms`);
    }
    if (scenario.bindToConnectMs >= plan.timeoutMs) {
      fail(
        `${at}: bindToConnect ${formatDuration(scenario.bindToConnectMs)} is not shorter than the timeout of ${formatDuration(plan.timeoutMs)}`,
      );
    }
  }
}

function longestSchedule(plan: Plan, fail: (message: string) => never): number {
  try {
    const waits = plan.binders.map((binder) => waitsOf(retryOf(plan, binder), plan.timeUnitMs));
    return Math.max(...waits.map(longestWaitMs));
  } catch (error) {
    return fail((error as Error).message);
  }
}

/** The hack under the BSD rule is what Friedberg speaks of; without it, the first binder. */
function defaultBaseline(binders: readonly BinderName[]): BinderName {
  return binders.find((name) => name === 'legacy-bsd') ?? (binders[0] as BinderName);
}

/** The schedule that `binder` follows under this plan. */
export function retryOf(plan: Plan, binder: BinderName): RetrySetting {
  return plan.retry === 'default' ? STRATEGIES[binder].defaultRetry : plan.retry;
}

/** The plan as YAML with every default spelled out; reading it back gives the same plan. */
export function formatPlan(plan: Plan): string {
  const { timeUnitMs, timeoutMs, scenarios, retry: schedule, ...rest } = plan;
  return stringify({
    ...rest,
    retry: schedule,
    timeUnit: formatDuration(timeUnitMs),
    timeout: formatDuration(timeoutMs),
    scenarios: scenarios.map(scenarioDocument),
  });
}

export function scenarioDocument({
  fileSizeBytes,
  durationMs,
  bindToConnectMs,
  ...scenario
}: Scenario): object {
  return {
    ...scenario,
    fileSize: formatBytes(fileSizeBytes),
    duration: formatDuration(durationMs),
    bindToConnect: formatDuration(bindToConnectMs),
  };
}

function describeIssue(issue: z.core.$ZodIssue): string {
  const at = issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? '';
    return `${at}unknown key '${key}'${didYouMean(key, KNOWN_KEYS)}`;
  }
  if (issue.code === 'invalid_union' && issue.message === 'Invalid input')
    return `${at}expected text or a number`;
  return `${at}${issue.message}`;
}

function firstLine(message: string): string {
  return message.split('\n')[0] ?? message;
}
