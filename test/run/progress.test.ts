// What is told on the way: the failures of the strategy that runs, and of no other; how far the whole run is.
import { expect, it } from '@jest/globals';
import { blockOrder } from '../../src/plan/order.ts';
import { fillPlan } from '../../src/plan/parse.ts';
import type { Progress } from '../../src/result/progress.ts';
import type { BlockResult } from '../../src/result/types.ts';
import { progressReporter } from '../../src/run/progress.ts';
import type { Counts } from '../../src/run/run-block.ts';
import { sampleBlock } from '../report/sample-result.ts';

const PLAN = fillPlan({
  formatVersion: 1,
  name: 'two loads',
  binders: ['legacy', 'reuse-port'],
  blocks: 2,
  scenarios: [
    { name: 'few', sessions: 8, duration: '1s' },
    { name: 'many', sessions: 64, duration: '1s' },
  ],
});
const ORDER = blockOrder(PLAN);

/** In each block of legacy 90 of 100 fail, in each of reuse-port none of 1 000. */
const blockAt = (place: number): BlockResult => {
  const { scenario, contestant, index } = ORDER[place] as (typeof ORDER)[number];
  const of = contestant.name === 'legacy' ? { failed: 90, completed: 10 } : { failed: 0, completed: 1000 };
  return sampleBlock({ scenario: scenario.name, contestant: contestant.name, index, ...of });
};

function told(place: number, soFar: Counts | undefined, kept: readonly number[]) {
  const seen: Progress[] = [];
  const report = progressReporter(ORDER, {
    kept: new Map(kept.map((at) => [at, blockAt(at)])),
    elapsedMs: () => 1000,
    onProgress: (progress) => seen.push(progress),
  });
  const done = Array.from({ length: soFar === undefined ? place + 1 : place }, (_, at) => blockAt(at));
  report({ place, spec: ORDER[place] as (typeof ORDER)[number], blocks: done, soFar });
  return seen[0];
}

const lastOf = (contestant: string, scenario: string) =>
  ORDER.findLastIndex((spec) => spec.contestant.name === contestant && spec.scenario.name === scenario);

it('counts the failures of the contestant that runs, in the scenario that runs', () => {
  const port = told(lastOf('reuse-port', 'many'), { offered: 50, completed: 40, failed: 0 }, []);
  expect(port).toMatchObject({
    contestant: 'reuse-port',
    scenario: 'many',
    own: { finished: 1040, failed: 0 },
  });
  const legacy = told(lastOf('legacy', 'few'), { offered: 50, completed: 5, failed: 40 }, []);
  expect(legacy).toMatchObject({
    contestant: 'legacy',
    scenario: 'few',
    own: { finished: 145, failed: 130 },
  });
});

it('counts blocks that were kept from before, and what all were offered', () => {
  const place = ORDER.findIndex(({ contestant }) => contestant.name === 'legacy');
  const { scenario } = ORDER[place] as (typeof ORDER)[number];
  const other = lastOf('legacy', scenario.name);
  const found = told(place, undefined, [other]);
  expect(found?.own).toEqual({ finished: 200, failed: 180 });
  const all = [...Array.from({ length: place + 1 }, (_, at) => at), other];
  expect(found?.offered).toBe(all.reduce((sum, at) => sum + blockAt(at).offered, 0));
});
