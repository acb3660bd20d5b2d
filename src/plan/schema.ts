// The shape of a plan file, made of its keys. What makes no sense together is plan-check's.
import { z } from 'zod';
import { didYouMean } from '../near-miss.ts';
import { shapeOf } from './keys/key.ts';
import { PLAN_KEYS } from './keys/plan.ts';
import { SCENARIO_KEYS, stageShape } from './keys/scenario.ts';

const scenarioSchema = z.strictObject(shapeOf(z, SCENARIO_KEYS));

export const planSchema = z.strictObject({
  ...shapeOf(z, PLAN_KEYS),
  scenarios: z.array(scenarioSchema).min(1),
});
export type PlanDocument = z.output<typeof planSchema>;
export type ScenarioDocument = PlanDocument['scenarios'][number];

const KNOWN_KEYS: readonly string[] = [PLAN_KEYS, { scenarios: [] }, SCENARIO_KEYS, stageShape(z)].flatMap(
  (keys) => Object.keys(keys),
);

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
