// A run that goes wrong is ended by what its plan says: thresholds, looked at after each block of the row that it was of.
import { measuredBy } from '../judge/summary.ts';
import { contestantsOf } from '../plan/contestants.ts';
import { parseThreshold } from '../plan/thresholds/threshold.ts';
import type { Plan } from '../plan/types.ts';
import { firstTrue } from '../report/thresholds/check.ts';
import { tellingBlocksOf } from '../result/telling.ts';
import type { BlockResult, RunResult } from '../result/types.ts';

type Abort = NonNullable<RunResult['abortedBy']>;

/**
 * Whether a threshold is true of the row that the last of these blocks is of, over its blocks so far. The first blocks
 * are not asked: one block is noise, unless the plan says that it is enough.
 */
export function abortOf(plan: Plan, blocks: readonly BlockResult[]): Abort | null {
  const last = blocks.at(-1);
  if (plan.abortOn.length === 0 || last === undefined) return null;
  const scenario = plan.scenarios.find(({ name }) => name === last.scenario);
  const contestant = contestantsOf(plan).find(({ name }) => name === last.contestant);
  const own = tellingBlocksOf(blocks, last);
  if (scenario === undefined || contestant === undefined || own.length < plan.abortAfter) return null;
  const found = firstTrue(plan.abortOn.map(parseThreshold), measuredBy(plan, scenario, contestant, own));
  if (found === undefined) return null;
  return {
    expression: found.threshold.text,
    ...{ scenario: scenario.name, contestant: contestant.name },
    ...{ measured: found.measured, blocks: own.length },
  };
}
