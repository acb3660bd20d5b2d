// The table of each scenario as soon as it is done, on standard error, while the others are still to come.
import { summarizeStrategies } from '../judge/summary.ts';
import { goesByScenarios } from '../plan/order.ts';
import type { Plan } from '../plan/types.ts';
import type { TextOptions } from '../report/text/options.ts';
import { scenarioSection } from '../report/text/table.ts';
import type { BlockResult } from '../result/types.ts';

export interface ScenarioTables {
  /** Takes every block in the order of the run, and gives the text of a scenario that it was the last of. */
  add(block: BlockResult): string | undefined;
}

/** Nothing comes of rounds, whose scenarios all end at once, nor of the last scenario: the report follows it. */
export function createScenarioTables(plan: Plan, options: TextOptions): ScenarioTables {
  const rows = plan.binders.length + plan.peers.length + plan.targets.length;
  const last = plan.scenarios.at(-1)?.name;
  let blocks: BlockResult[] = [];
  return {
    add(block) {
      if (!goesByScenarios(plan) || block.scenario === last) return undefined;
      blocks = [...blocks.filter(({ scenario }) => scenario === block.scenario), block];
      const scenario = plan.scenarios.find(({ name }) => name === block.scenario);
      if (scenario === undefined || blocks.length < rows * plan.blocks) return undefined;
      const strategies = summarizeStrategies({ ...plan, scenarios: [scenario] }, blocks);
      return scenarioSection({ requested: plan, blocks, strategies }, scenario, options);
    },
  };
}
