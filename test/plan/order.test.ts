// The block order: balanced in place and in carry-over, complete, and the same for the same seed.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { balancedRows, blockOrder } from '../../src/plan/order.ts';
import { fillPlan } from '../../src/plan/parse.ts';

describe.each([1, 2, 3, 4, 5, 6, 7, 8])('a Williams design of %d', (n) => {
  const rows = balancedRows(n);

  it('has every contestant in every row once, and in every place equally often', () => {
    for (const row of rows)
      expect([...row].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
    for (let place = 0; place < n; place++) {
      const counts = countsOf(rows.map((row) => row[place]));
      expect(new Set(counts.values())).toEqual(new Set([rows.length / n]));
    }
  });

  it('has every contestant directly after every other equally often', () => {
    if (n === 1) return;
    const followed = countsOf(rows.flatMap((row) => row.slice(1).map((next, i) => `${row[i]} then ${next}`)));
    expect(followed.size).toBe(n * (n - 1));
    expect(new Set(followed.values()).size).toBe(1);
  });
});

it('two strategies alternate AB, BA', () => {
  expect(balancedRows(2)).toEqual([
    [0, 1],
    [1, 0],
  ]);
});

it('holds each contestant in each scenario as often as the plan says, by scenarios or, where it may end early, by rounds', () => {
  fc.assert(
    fc.property(fc.nat(1e6), fc.integer({ min: 1, max: 8 }), (seed, blocks) => {
      const plan = fillPlan({ seed, blocks, scenarios: [{ name: 'a' }, { name: 'b' }] });
      const order = blockOrder(plan);
      const counts = countsOf(
        order.map(({ scenario, contestant, index }) => `${index} ${scenario.name} ${contestant.name}`),
      );
      expect(counts.size).toBe(blocks * 2 * plan.binders.length);
      expect([...counts.values()].every((n) => n === 1)).toBe(true);
      expect(order.map(({ scenario }) => scenario.name)).toEqual(
        order.map(({ scenario }) => scenario.name).sort(),
      );
      const rounds = blockOrder({ ...plan, maxTimeMs: 60_000 });
      expect(rounds.map(({ index }) => index)).toEqual(
        rounds.map(({ index }) => index).sort((a, b) => a - b),
      );
      for (const { name } of plan.scenarios) {
        const of = (all: typeof order) => all.filter(({ scenario }) => scenario.name === name);
        expect(of(rounds)).toEqual(of(order));
      }
      expect(blockOrder(plan)).toEqual(order);
    }),
  );
});

function countsOf<T>(items: readonly T[]): Map<T, number> {
  const counts = new Map<T, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
}
