// How far a run is: what is told beside the name of a row is of that row alone, in that scenario.
import { expect, it } from '@jest/globals';
import { blockOrder } from '../../src/plan/order.ts';
import { fillPlan } from '../../src/plan/parse.ts';
import type { Progress } from '../../src/result/progress.ts';
import { progressReporter } from '../../src/run/progress.ts';
import { sampleBlock } from '../report/sample-result.ts';

const PLAN = fillPlan({
  ...{ binders: ['legacy-bsd', 'reuse-port'], blocks: 2 },
  scenarios: [{ name: 'a' }, { name: 'b' }],
});
const ORDER = blockOrder(PLAN);

it('counts the failures of the row that runs, in all its blocks, and the transfers of all', () => {
  const seen: Progress[] = [];
  const report = progressReporter(ORDER, {
    ...{ kept: new Map(), elapsedMs: () => 1000 },
    onProgress: (progress) => seen.push(progress),
  });
  const blocks = ORDER.map(({ scenario, contestant, index }) =>
    sampleBlock({
      ...{ scenario: scenario.name, contestant: contestant.name, index, contention: null, completed: 90 },
      failed: contestant.name === 'legacy-bsd' ? 10 : 0,
    }),
  );
  for (const [place, spec] of ORDER.entries()) {
    const soFar = { offered: 8, completed: 5, failed: spec.contestant.name === 'legacy-bsd' ? 1 : 0 };
    report({ place, spec, blocks: blocks.slice(0, place), soFar });
  }
  for (const [place, { offered, own, contestant, scenario }] of seen.entries()) {
    const before = ORDER.slice(0, place).filter(
      (spec) => spec.scenario.name === scenario && spec.contestant.name === contestant,
    ).length;
    const fails = contestant === 'legacy-bsd' ? 1 : 0;
    expect(own).toEqual({
      failed: fails * (10 * before + 1),
      finished: (90 + 10 * fails) * before + 5 + fails,
    });
    expect(offered).toBe(blocks.slice(0, place).reduce((sum, block) => sum + block.offered, 8));
  }
});
