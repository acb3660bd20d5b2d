// A plan: what to run, as YAML that is checked whole before anything starts, and as the filled form that code reads.
import { parse } from 'yaml';
import { STRATEGIES } from '../binder/strategies/index.ts';
import { BINDER_NAMES, type BinderName } from '../binder/types.ts';
import { UsageError } from '../errors.ts';
import { checkPlan } from './check.ts';
import { contestantsOf } from './contestants.ts';
import { ownFields } from './keys/key.ts';
import { PLAN_KEYS } from './keys/plan.ts';
import { SCENARIO_KEYS } from './keys/scenario.ts';
import { describeIssue, type PlanDocument, planSchema, type ScenarioDocument } from './schema.ts';
import type { Plan, Scenario } from './types.ts';
import { fillWorkload } from './workload.ts';

export { formatPlan } from './format.ts';

/** Reads and checks a plan. @throws UsageError that names the key, the bad value and the way out */
export function parsePlan(yaml: string, source = 'plan'): Plan {
  return fillPlan(parseYaml(yaml, source), source);
}

/** @throws UsageError for what is no YAML */
function parseYaml(yaml: string, source: string): unknown {
  try {
    return parse(yaml);
  } catch (error) {
    throw new UsageError(`${source}: not YAML: ${firstLine((error as Error).message)}`, { cause: error });
  }
}

/** The same for a document that was parsed already, or made from flags. @throws UsageError */
export function fillPlan(document: unknown, source = 'plan'): Plan {
  const read = planSchema.safeParse(document);
  if (!read.success) throw new UsageError(`${source}: ${read.error.issues.map(describeIssue)[0]}`);
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

function firstLine(message: string): string {
  return message.split('\n')[0] ?? message;
}
