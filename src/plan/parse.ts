// A plan: what to run, as YAML that is checked whole before anything starts, and as the filled form that code reads.
import { STRATEGIES } from '../binder/strategies/index.ts';
import { BINDER_NAMES, type BinderName } from '../binder/types.ts';
import { UsageError } from '../errors.ts';
import { checkPlan } from './check.ts';
import { contestantsOf } from './contestants.ts';
import { ownFields } from './keys/key.ts';
import { PLAN_KEYS } from './keys/plan.ts';
import { SCENARIO_KEYS } from './keys/scenario.ts';
import {
  firstIssueInWords,
  MAX_SCENARIOS,
  type PlanDocument,
  planSchema,
  type ScenarioDocument,
} from './schema.ts';
import type { Plan, Scenario } from './types.ts';
import { fillWorkload } from './workload.ts';
import { readYaml } from './yaml.ts';

export { formatPlan } from './format.ts';

/** Reads and checks a plan. @throws UsageError that names the key, the bad value and the way out */
export function parsePlan(yaml: string, source = 'plan'): Plan {
  return fillPlan(readYaml(yaml, source), source);
}

/** The same for a document that was parsed already, or made from flags. @throws UsageError */
export function fillPlan(document: unknown, source = 'plan'): Plan {
  requireFewScenarios(document, source);
  const read = planSchema.safeParse(document);
  if (!read.success) throw new UsageError(`${source}: ${firstIssueInWords(read.error, document)}`);
  const { scenarios, binders = defaultBinders(read.data), baseline } = read.data;
  const own = ownFields(PLAN_KEYS, read.data);
  const plan: Plan = {
    ...own,
    binders,
    baseline: baseline ?? defaultBaseline({ ...own, binders }),
    scenarios: scenarios.map((scenario) => fillScenario(scenario, source)),
  };
  checkPlan(plan, source);
  return plan;
}

/** Before each is looked at. */
function requireFewScenarios(document: unknown, source: string): void {
  const { scenarios } = (document ?? {}) as { scenarios?: unknown };
  if (!Array.isArray(scenarios) || scenarios.length <= MAX_SCENARIOS) return;
  throw new UsageError(`${source}: ${scenarios.length} scenarios: a plan has ${MAX_SCENARIOS} at the most`);
}

/** A plan for other servers alone is none for the built-in one. */
function defaultBinders({ peers, targets }: PlanDocument): readonly BinderName[] {
  return peers.length + targets.length > 0 ? [] : BINDER_NAMES;
}

/** The hack under the BSD rule is what Friedberg speaks of; without it, the first contestant. */
function defaultBaseline(plan: Pick<Plan, 'binders' | 'peers' | 'targets'>): string {
  return (
    plan.binders.find((name) => STRATEGIES[name].holdsPort === 'until-connect') ??
    contestantsOf(plan)[0]?.name ??
    ''
  );
}

function fillScenario(document: ScenarioDocument, source: string): Scenario {
  const { name, mix, direction = 'retr' } = document;
  const at = `${source}: scenario '${name}'`;
  if (mix !== undefined && document.direction !== undefined) {
    throw new UsageError(`${at}: direction and mix both say what to transfer: name one of them`);
  }
  return {
    ...ownFields(SCENARIO_KEYS, document),
    ...fillWorkload(document, at),
    mix: mix ?? [{ value: direction, weight: 1 }],
  };
}
