// What the figures ask of a result: its strategies and the blocks that tell something about them.

import type { Scenario } from '../../plan/types.ts';
import { tellingBlocksOf } from '../../result/telling.ts';
import type { BlockResult, RunResult, StrategyResult } from '../../result/types.ts';
import type { Appearance } from './palette.ts';

/** A result with what every figure needs to be drawn alike. */
export interface Page {
  readonly result: RunResult;
  readonly looks: ReadonlyMap<string, Appearance>;
}

/** Scenarios of which blocks were run, with the strategies in the order of the plan. */
export interface ScenarioRows {
  readonly scenario: Scenario;
  readonly strategies: readonly StrategyResult[];
}

export function scenarioRowsOf({ requested, strategies }: RunResult): ScenarioRows[] {
  return requested.scenarios
    .map((scenario) => ({ scenario, strategies: strategies.filter((one) => one.scenario === scenario.name) }))
    .filter((rows) => rows.strategies.length > 0);
}

/** The blocks that a strategy's numbers are made from. */
export function blocksOf(
  { blocks }: RunResult,
  strategy: Pick<StrategyResult, 'scenario' | 'contestant'>,
): BlockResult[] {
  return tellingBlocksOf(blocks, strategy);
}

const PLAIN: Appearance = { colour: 'currentColor', symbol: 'circle', dashes: 'none' };

export function lookOf({ looks }: Page, name: string): Appearance {
  return looks.get(name) ?? PLAIN;
}

/** `in small-files`, where a plan has several scenarios. */
export function inScenario({ requested }: RunResult, scenario: string): string {
  return requested.scenarios.length > 1 ? ` in ${scenario}` : '';
}

/** The item with the largest value; undefined of none. */
export function largest<Item>(items: readonly Item[], value: (item: Item) => number): Item | undefined {
  return items.reduce<Item | undefined>(
    (most, item) => (most === undefined || value(item) > value(most) ? item : most),
    undefined,
  );
}

/** Names come from plans and may hold anything: an id has the scenario's place instead. */
export function chartId({ result }: Pick<Page, 'result'>, figure: string, scenario: string): string {
  return `${figure}-${result.requested.scenarios.findIndex(({ name }) => name === scenario)}`;
}
