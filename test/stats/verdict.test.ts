// Verdicts as a table: which interval and p value allow which claim, and what would settle the rest.
import { describe, expect, it } from '@jest/globals';
import type { Difference } from '../../src/stats/difference.ts';
import type { Interval } from '../../src/stats/proportion.ts';
import { judge, MINIMUM_BLOCKS, type Verdict } from '../../src/stats/verdict.ts';

const CASES: readonly [string, Interval, number, number, Verdict][] = [
  ['below zero', [-0.4, -0.1], 0.03, 0.01, 'better'],
  ['below zero by the interval, not by the test', [-0.4, -0.1], 0.06, 0.01, 'not-worse'],
  ['reaching up to the margin', [-0.1, 0.01], 0.5, 0.01, 'not-worse'],
  ['above zero, within the margin', [0.001, 0.008], 0.03, 0.01, 'not-worse'],
  ['above zero, across the margin', [0.001, 0.03], 0.03, 0.01, 'inconclusive'],
  ['above the margin', [0.02, 0.05], 0.03, 0.01, 'worse'],
  ['above zero without a margin', [0.001, 0.03], 0.03, 0, 'worse'],
  ['across zero and the margin', [-0.1, 0.1], 1, 0.01, 'inconclusive'],
];

describe('judge', () => {
  it.each(CASES)('an interval %s', (_, interval, pValue, margin, verdict) => {
    expect(judge(found(interval, pValue), { margin }).verdict).toBe(verdict);
  });

  it('asks for as many blocks as shrink the interval off its nearest limit', () => {
    // Half-width .1 around -.05: four times the blocks bring it to .05, and the test from p = .3 as well.
    expect(judge(found([-0.15, 0.05], 0.3), { margin: 0 })).toEqual({
      verdict: 'inconclusive',
      blocksNeeded: 24,
    });
    // Not worse is nearer: .1 down to .06.
    expect(judge(found([-0.15, 0.05], 0.3), { margin: 0.01 }).blocksNeeded).toBe(17);
  });

  it('asks for more blocks where only the test is short of them', () => {
    expect(judge(found([0.02, 0.05], 0.0625), { margin: 0.01 }).blocksNeeded).toBe(MINIMUM_BLOCKS + 1);
  });

  it('does not name a number that nobody would run', () => {
    expect(judge(found([-0.1, 0.1], 1), { margin: 0 }).blocksNeeded).toBeNull();
  });
});

function found(interval: Interval, pValue: number): Difference {
  const middle = (interval[0] + interval[1]) / 2;
  return { difference: middle, interval, pValue, blocks: MINIMUM_BLOCKS, method: 'bootstrap' };
}
