// The shape of a plan file, made of its keys. What makes no sense together is check.ts's.
import { z } from 'zod';
import { issueInWords } from './issue.ts';
import { shapeOf } from './keys/key.ts';
import { PLAN_KEYS } from './keys/plan.ts';
import { SCENARIO_KEYS, stageShape } from './keys/scenario.ts';

/** Each is a part of the table, and blocks of its own. */
export const MAX_SCENARIOS = 200;

const scenarioSchema = z.strictObject(shapeOf(z, SCENARIO_KEYS));

export const planSchema = z.strictObject({
  ...shapeOf(z, PLAN_KEYS),
  scenarios: z.array(scenarioSchema).min(1).max(MAX_SCENARIOS),
});
export type PlanDocument = z.output<typeof planSchema>;
export type ScenarioDocument = PlanDocument['scenarios'][number];

const KNOWN_KEYS: readonly string[] = [PLAN_KEYS, { scenarios: [] }, SCENARIO_KEYS, stageShape(z)].flatMap(
  (keys) => Object.keys(keys),
);

/** One line: where, what was said, and the way out. */
export function firstIssueInWords(error: z.ZodError, document: unknown): string {
  return issueInWords(error, document, KNOWN_KEYS);
}
