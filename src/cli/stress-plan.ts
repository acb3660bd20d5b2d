// Which plan `stress` runs: a file or flags alone, and a flag that is given wins over what the plan says.
import { readFile } from 'node:fs/promises';
import { UsageError } from '../errors.ts';
import { planDocument } from '../plan/format.ts';
import { fillPlan, parsePlan } from '../plan/parse.ts';
import type { Plan } from '../plan/types.ts';
import { formatDuration, parseDurationMs } from '../units.ts';
import type { PlanFlags, ScenarioFlags } from './stress-flags.ts';

const DEFAULT_PLAN = new URL('../../fixtures/plans/friedberg.yaml', import.meta.url);

type Flags = PlanFlags & ScenarioFlags;
type Document = Record<string, unknown>;

/** @throws UsageError for a plan that cannot be read, or that makes no sense with these flags */
export async function choosePlan(planFile: string | undefined, flags: Flags): Promise<Plan> {
  if (planFile === undefined && describesLoad(flags)) {
    return withFlags({ name: 'from flags', ...servers(flags), scenarios: [{ name: 'load' }] }, flags);
  }
  return withFlags(planDocument(await loadPlan(planFile ?? DEFAULT_PLAN)), flags);
}

async function loadPlan(file: string | URL): Promise<Plan> {
  const yaml = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`plan '${file}' cannot be read: ${error.code}`, { cause: error });
  });
  return parsePlan(yaml, typeof file === 'string' ? file : 'default plan');
}

const SCENARIO_KEYS = [
  ...['workload', 'sessions', 'thinkTime', 'rate', 'arrivals', 'every', 'burst', 'duration', 'warmUp'],
  ...['transfers', 'direction', 'mix', 'fileSize', 'bindToConnect', 'clientAddresses', 'clientPort'],
  ...['announce', 'login'],
] as readonly (keyof ScenarioFlags)[];

/** The plan's keys by the flags' names. */
const PLAN_KEYS: readonly (readonly [keyof PlanFlags, string])[] = [
  ['binder', 'binders'],
  ['peer', 'peers'],
  ['target', 'targets'],
  ['blocks', 'blocks'],
  ['until', 'until'],
  ['maxTime', 'maxTime'],
  ['rest', 'rest'],
  ['workers', 'workers'],
  ['generators', 'generators'],
  ['userPi', 'userPi'],
  ['requireDataPort', 'requireDataPort'],
  ['retry', 'retry'],
  ['timeUnit', 'timeUnit'],
  ['seed', 'seed'],
];

/** Every flag that changes what a plan says. */
export const PLAN_FLAGS: readonly string[] = [
  ...SCENARIO_KEYS,
  ...PLAN_KEYS.map(([flag]) => flag),
  'baseline',
];

/** Without a plan file, flags about the load or about other servers make a scenario of their own. */
function describesLoad(flags: Flags): boolean {
  return [...SCENARIO_KEYS, 'peer', 'target'].some((name) => flags[name as keyof Flags] !== undefined);
}

/** `--peer vsftpd` alone is about vsftpd alone. */
function servers({ binder, peer, target }: Flags): Document {
  return binder === undefined && (peer ?? target) !== undefined ? { binders: [] } : {};
}

/** @throws UsageError when the plan makes no sense with these flags */
function withFlags(document: Document & { scenarios: Document[] }, flags: Flags): Plan {
  const given = PLAN_KEYS.flatMap(([flag, key]) => (flags[flag] === undefined ? [] : [[key, flags[flag]]]));
  const scenarios = document.scenarios.map((scenario) => scenarioWithFlags(scenario, flags));
  const changed: Document = { ...document, ...Object.fromEntries(given), scenarios };
  // A baseline that is not run any more was the file's choice, not the user's.
  const choices = ['binder', 'peer', 'target'] as const;
  if (choices.some((name) => flags[name] !== undefined)) delete changed.baseline;
  if (flags.baseline !== undefined) changed.baseline = flags.baseline;
  return fillPlan(changed, 'flags');
}

/** What a flag implies, and the keys that then say nothing any more. */
function scenarioWithFlags(scenario: Document, flags: ScenarioFlags): Document {
  const changed = { ...scenario };
  const kind = flags.workload ?? impliedWorkload(flags);
  if (kind !== undefined && kind !== (scenario.workload ?? 'closed')) {
    changed.duration = durationOf(scenario);
    for (const key of ['thinkTime', 'arrivals', 'rate', 'every', 'burst', 'stages']) delete changed[key];
    changed.workload = kind;
  }
  if (flags.rate !== undefined && changed.stages !== undefined) {
    changed.duration = durationOf(changed);
    delete changed.stages;
  }
  // One transfer a session is the default, which a printed plan spells out.
  if (flags.sessions !== undefined && scenario.burst === scenario.sessions) delete changed.burst;
  if (flags.direction !== undefined) delete changed.mix;
  if (flags.mix !== undefined) delete changed.direction;
  const given = SCENARIO_KEYS.flatMap((key) => (flags[key] === undefined ? [] : [[key, flags[key]]]));
  return { ...changed, ...Object.fromEntries(given), ...(kind !== undefined && { workload: kind }) };
}

function impliedWorkload({ rate, arrivals, every, burst, thinkTime }: ScenarioFlags): string | undefined {
  if (rate !== undefined || arrivals !== undefined) return 'open';
  if (every !== undefined || burst !== undefined) return 'bursts';
  return thinkTime === undefined ? undefined : 'closed';
}

const DEFAULT_DURATION_MS = 2000;

function durationOf({ duration, stages }: Document): string {
  if (typeof duration === 'string') return duration;
  if (!Array.isArray(stages)) return formatDuration(DEFAULT_DURATION_MS);
  return formatDuration(stages.reduce((ms, stage) => ms + parseDurationMs(String(stage.duration)), 0));
}
