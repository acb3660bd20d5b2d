// The order of the blocks: contestants interleaved, each in every place and after every other as equally often as can be.
import { createRandom } from '../stats/random.ts';
import { contestantsOf } from './contestants.ts';
import type { Contestant, Plan, Scenario } from './types.ts';

export interface BlockSpec {
  readonly scenario: Scenario;
  readonly contestant: Contestant;
  /** 0 … blocks-1; blocks of one index stand next to each other and are compared as a pair. */
  readonly index: number;
}

/**
 * Every block of the plan in the order in which it runs: scenario by scenario, index by index, row by row; or by rounds,
 * index by index and in each scenario by scenario. The balance is exact when the blocks are a multiple of the rows (six for six contestants), and close to it otherwise.
 */
export function blockOrder(plan: Plan): BlockSpec[] {
  const random = createRandom(plan.seed);
  const contestants = random.shuffle(contestantsOf(plan));
  const rows = random.shuffle(balancedRows(contestants.length));
  const round = (scenario: Scenario, index: number) =>
    (rows[index % rows.length] ?? []).map((place) => ({
      scenario,
      contestant: contestants[place] as Contestant,
      index,
    }));
  const indices = Array.from({ length: plan.blocks }, (_, index) => index);
  return goesByScenarios(plan)
    ? plan.scenarios.flatMap((scenario) => indices.flatMap((index) => round(scenario, index)))
    : indices.flatMap((index) =>
        rotated(plan.scenarios, index).flatMap((scenario) => round(scenario, index)),
      );
}

/**
 * Whether a scenario is done, and can be reported, before the next begins. A run that may end before its plan does goes by
 * rounds of all scenarios instead: it is to have something of each, and is looked at whole.
 */
export function goesByScenarios({ until, maxTimeMs }: Pick<Plan, 'until' | 'maxTimeMs'>): boolean {
  return until === 'blocks' && maxTimeMs === 0;
}

/**
 * A Williams design: n rows for even n (2n for odd n), in which each of 0 … n-1 takes each place equally often and
 * follows each other one equally often. For n = 2 it is AB, BA.
 * E. J. Williams, "Experimental designs balanced for the estimation of residual effects of treatments", 1949.
 */
export function balancedRows(n: number): number[][] {
  // 0, 1, n-1, 2, n-2, …
  const zigzag = Array.from({ length: n }, (_, place) =>
    place % 2 === 1 ? (place + 1) / 2 : (n - place / 2) % n,
  );
  const rows = Array.from({ length: n }, (_, shift) => zigzag.map((value) => (value + shift) % n));
  return n % 2 === 0 ? rows : [...rows, ...rows.map((row) => [...row].reverse())];
}

function rotated<T>(items: readonly T[], by: number): T[] {
  const shift = by % items.length;
  return [...items.slice(shift), ...items.slice(0, shift)];
}
