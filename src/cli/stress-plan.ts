// Which plan `stress` runs: a file, flags alone or the default, and a flag that is given wins over what the plan says.
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { planDocument } from '../plan/format.ts';
import { PLAN_KEYS } from '../plan/keys/plan.ts';
import { DEFAULT_DURATION_MS, SCENARIO_KEYS } from '../plan/keys/scenario.ts';
import { fillPlan, parsePlan } from '../plan/parse.ts';
import type { Plan } from '../plan/types.ts';
import { WORKLOAD_KEYS } from '../plan/workload.ts';
import { MOST_YAML_BYTES } from '../plan/yaml.ts';
import { readTextFile } from '../text-file.ts';
import { formatDuration, parseDurationMs } from '../units.ts';
import { givenKeys } from './plan-options.ts';

const PLANS = new URL('../../fixtures/plans/', import.meta.url);
const DEFAULT_PLAN = new URL('quick.yaml', PLANS);
const LONG_PLAN = new URL('friedberg.yaml', PLANS);

type Document = Record<string, unknown>;

/**
 * `flags`: as Commander has them.
 * @throws UsageError for a plan that cannot be read, or that makes no sense with these flags
 */
export async function choosePlan(planFile: string | undefined, flags: object): Promise<Plan> {
  const given: Given = { ofPlan: givenKeys(PLAN_KEYS, flags), ofScenario: givenKeys(SCENARIO_KEYS, flags) };
  if (planFile === undefined && describesLoad(given)) {
    return withFlags({ name: 'from flags', ...servers(given), scenarios: [{ name: 'load' }] }, given);
  }
  return withFlags(planDocument(await loadPlan(planFile ?? DEFAULT_PLAN)), given);
}

/** How to run the long one, for whoever has run the default plan; undefined for everybody else. */
export function longerRun(planFile: string | undefined, flags: object): string | undefined {
  const given: Given = { ofPlan: givenKeys(PLAN_KEYS, flags), ofScenario: givenKeys(SCENARIO_KEYS, flags) };
  if (planFile !== undefined || describesLoad(given)) return undefined;
  const script = process.env.npm_lifecycle_event === 'stress' ? 'npm run stress:full' : undefined;
  return script ?? `port20 stress ${relative(process.cwd(), fileURLToPath(LONG_PLAN))}`;
}

/** What the flags say, by the keys of a plan file. */
interface Given {
  readonly ofPlan: { readonly [Name in keyof typeof PLAN_KEYS]?: unknown };
  readonly ofScenario: { readonly [Name in keyof typeof SCENARIO_KEYS]?: unknown };
}

async function loadPlan(file: string | URL): Promise<Plan> {
  const yaml = await readTextFile(file, { what: 'plan', mostBytes: MOST_YAML_BYTES });
  return parsePlan(yaml, typeof file === 'string' ? file : 'default plan');
}

/** Without a plan file, flags about the load or about other servers make a scenario of their own. */
function describesLoad({ ofPlan: { peers, targets }, ofScenario }: Given): boolean {
  return (peers ?? targets) !== undefined || Object.keys(ofScenario).length > 0;
}

/** `--peer vsftpd` alone is about vsftpd alone. */
function servers({ ofPlan: { binders, peers, targets } }: Given): Document {
  return binders === undefined && (peers ?? targets) !== undefined ? { binders: [] } : {};
}

/** @throws UsageError when the plan makes no sense with these flags */
function withFlags(document: Document & { scenarios: Document[] }, { ofPlan, ofScenario }: Given): Plan {
  const scenarios = document.scenarios.map((scenario) => scenarioWithFlags(scenario, ofScenario));
  const changed: Document = { ...document, ...ofPlan, scenarios };
  // A baseline that is not run any more was the file's choice, not the user's.
  const { binders, peers, targets, baseline } = ofPlan;
  if ((binders ?? peers ?? targets) !== undefined && baseline === undefined) delete changed.baseline;
  return fillPlan(changed, 'flags');
}

/** What a flag implies, and the keys that then say nothing any more. */
function scenarioWithFlags(scenario: Document, flags: Given['ofScenario']): Document {
  const changed = { ...scenario };
  const kind = flags.workload ?? impliedWorkload(flags);
  if (kind !== undefined && kind !== (scenario.workload ?? 'closed')) {
    changed.duration = durationOf(scenario);
    for (const key of WORKLOAD_KEYS) delete changed[key];
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
  return { ...changed, ...flags, ...(kind !== undefined && { workload: kind }) };
}

function impliedWorkload({ rate, arrivals, every, burst, thinkTime }: Given['ofScenario']) {
  if (rate !== undefined || arrivals !== undefined) return 'open';
  if (every !== undefined || burst !== undefined) return 'bursts';
  return thinkTime === undefined ? undefined : 'closed';
}

function durationOf({ duration, stages }: Document): string {
  if (typeof duration === 'string') return duration;
  if (!Array.isArray(stages)) return formatDuration(DEFAULT_DURATION_MS);
  return formatDuration(stages.reduce((ms, stage) => ms + parseDurationMs(String(stage.duration)), 0));
}
