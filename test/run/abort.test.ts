// What ends a run before its time: thresholds that are true of a row, over enough of its blocks.
import { expect, it } from '@jest/globals';
import type { Plan } from '../../src/plan/types.ts';
import { abortInWords } from '../../src/report/words/abort.ts';
import type { BlockResult } from '../../src/result/types.ts';
import { abortOf } from '../../src/run/abort.ts';
import { sampleBlock, samplePlan, sampleScenario } from '../report/sample-result.ts';

function planOf(abortOn: readonly string[], abortAfter = 2): Plan {
  return samplePlan({
    ...{ binders: ['legacy', 'reuse-port'], scenarios: [sampleScenario()], abortOn, abortAfter },
  });
}

/** Of 100 transfers. */
const block = (contestant: string, index: number, failed: number): BlockResult =>
  sampleBlock({ contestant, index, failed, completed: 100 - failed });
const FAILING = [0, 1, 2, 3].map((index) => block('legacy', index, 90));

it('is told of the row that the last block was of, over all its blocks', () => {
  const plan = planOf(['*.failureRate > 50%']);
  expect(abortOf(plan, [block('reuse-port', 0, 0), ...FAILING.slice(0, 2)])).toEqual({
    expression: '*.failureRate > 50%',
    ...{ scenario: 'downloads-64', contestant: 'legacy', measured: 0.9, blocks: 2 },
  });
  expect(abortOf(plan, [...FAILING.slice(0, 2), block('reuse-port', 0, 0)])).toBeNull();
  const mixed = [block('legacy', 0, 100), block('legacy', 1, 0), block('legacy', 2, 49)];
  expect(abortOf(plan, mixed)).toBeNull();
});

it('waits for two blocks, or for as many as the plan says, and counts none that tells nothing', () => {
  expect(abortOf(planOf(['*.failureRate > 50%']), FAILING.slice(0, 1))).toBeNull();
  expect(abortOf(planOf(['*.failureRate > 50%'], 1), FAILING.slice(0, 1))).toMatchObject({ blocks: 1 });
  expect(abortOf(planOf(['*.failureRate > 50%'], 4), FAILING.slice(0, 3))).toBeNull();
  expect(abortOf(planOf(['*.failureRate > 50%'], 4), FAILING)).toMatchObject({ blocks: 4 });
  const invalid = [...FAILING.slice(0, 1), { ...block('legacy', 1, 90), valid: false }];
  expect(abortOf(planOf(['*.failureRate > 50%']), invalid)).toBeNull();
});

it.each([
  [['downloads-64/legacy.failureRate > 50%'], true],
  [['reuse-port.failureRate > 50%'], false],
  [['legacy.failureRate > 95%'], false],
  [['legacy.failureRate > 95%', 'legacy.failed >= 180'], true],
  [['legacy.transferP99Ms > 1m'], true], // among failures: longer than any time
  [['legacy.failureRateLower > 80%'], false], // of two blocks
  [[], false],
])('%j: %p', (abortOn, ends) => {
  expect(abortOf(planOf(abortOn), FAILING.slice(0, 2)) !== null).toBe(ends);
});

it('may ask for the whole interval: four blocks are surer than two', () => {
  expect(abortOf(planOf(['legacy.failureRateLower > 80%']), FAILING)).toMatchObject({ blocks: 4 });
});

it('is one line in words', () => {
  const told = { scenario: 'a', contestant: 'legacy', blocks: 2 };
  expect(abortInWords({ ...told, expression: '*.failureRate > 50%', measured: 0.9 })).toBe(
    'a/legacy.failureRate is 90.0 %, and the plan aborts on *.failureRate > 50% (2 blocks)',
  );
  expect(abortInWords({ ...told, expression: '*.transferP99Ms > 1s', measured: 'failed' })).toBe(
    'a/legacy.transferP99Ms is among failures, and the plan aborts on *.transferP99Ms > 1s (2 blocks)',
  );
  expect(abortInWords({ ...told, expression: '*.failed > 1', measured: 180 })).toContain('failed is 180,');
});
