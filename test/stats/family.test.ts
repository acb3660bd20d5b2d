// Verdicts as a table: which interval and p value allow which claim, what a family costs, and what would settle the rest.
import { describe, expect, it } from '@jest/globals';
import type { Difference } from '../../src/stats/difference.ts';
import { type FamilyJudgement, judgeFamily } from '../../src/stats/family.ts';
import { smallestPValue } from '../../src/stats/permutation.ts';
import type { Interval } from '../../src/stats/proportion.ts';
import { MINIMUM_BLOCKS, type Verdict } from '../../src/stats/verdict.ts';

const CASES: readonly [string, Interval, number, number, Verdict][] = [
  ['below zero', [-0.4, -0.1], 0.03, 0.01, 'better'],
  ['below zero by the interval, not by the test', [-0.4, -0.1], 0.06, 0.01, 'not-worse'],
  ['reaching up to the margin', [-0.1, 0.01], 0.5, 0.01, 'not-worse'],
  ['above zero, within the margin', [0.001, 0.008], 0.03, 0.01, 'not-worse'],
  ['above zero, across the margin', [0.001, 0.03], 0.03, 0.01, 'inconclusive'],
  ['above the margin', [0.02, 0.05], 0.03, 0.01, 'worse'],
  ['above the margin by the interval, not by the test', [0.02, 0.05], 0.06, 0.01, 'inconclusive'],
  ['above zero without a margin', [0.001, 0.03], 0.03, 0, 'worse'],
  ['across zero and the margin', [-0.1, 0.1], 1, 0.01, 'inconclusive'],
];

describe('judgeFamily of one', () => {
  it.each(CASES)('an interval %s', (_, interval, pValue, margin, verdict) => {
    expect(judgeOne(found(interval, pValue), margin)).toMatchObject({ verdict, pAdjusted: pValue });
  });

  it('asks for as many blocks as shrink the interval off its nearest limit', () => {
    // Half-width .1 around -.05: four times the blocks bring it to .05, and the test from p = .3 as well.
    expect(judgeOne(found([-0.15, 0.05], 0.3), 0)).toMatchObject({
      verdict: 'inconclusive',
      blocksNeeded: 24,
    });
    // Not worse is nearer: .1 down to .06.
    expect(judgeOne(found([-0.15, 0.05], 0.3), 0.01).blocksNeeded).toBe(17);
  });

  it('asks for more blocks where only the test is short of them', () => {
    expect(judgeOne(found([0.02, 0.05], 0.0625), 0.01).blocksNeeded).toBe(MINIMUM_BLOCKS + 1);
  });

  it('asks for none where nothing is open', () => {
    for (const interval of [
      [-0.4, -0.1],
      [-0.1, 0.01],
      [0.02, 0.05],
    ] as const) {
      expect(judgeOne(found(interval, 0.03), 0.01).blocksNeeded).toBeNull();
    }
  });

  it('holds the p value against the significance of a look, and asks for the blocks that one takes', () => {
    const look = { margin: 0.01, significance: 2 / 2 ** 7 };
    const judge = (one: Difference) => judgeFamily([one], look)[0];
    expect(judge(alike([-0.4, -0.1], 7))).toMatchObject({ verdict: 'better', blocksNeeded: null });
    expect(judge(found([-0.4, -0.1], 4 / 2 ** 7, 7))).toMatchObject({ verdict: 'not-worse' });
    expect(judge(found([0.02, 0.05], 0.02, 8))).toMatchObject({ verdict: 'inconclusive', blocksNeeded: 9 });
    expect(judge(alike([-0.4, -0.1], 6))).toMatchObject({ verdict: 'inconclusive', blocksNeeded: 7 });
  });

  it('does not name a number that nobody would run', () => {
    expect(judgeOne(found([-0.1, 0.1], 1), 0).blocksNeeded).toBeNull();
  });
});

describe('judgeFamily', () => {
  const less: Interval = [-0.99, -0.97];
  const more: Interval = [0.97, 0.99];
  const judge = (family: readonly Difference[]): FamilyJudgement[] => judgeFamily(family, { margin: 0.01 });
  const five = (blocks: number) => [less, less, more, more, less].map((one) => alike(one, blocks));

  it('five comparisons of six blocks claim nothing and ask for eight', () => {
    const judged = judge(five(6));
    expect(judged.map(({ verdict }) => verdict)).toEqual([
      ...['not-worse', 'not-worse', 'inconclusive', 'inconclusive', 'not-worse'],
    ]);
    expect(judged.map(({ blocksNeeded }) => blocksNeeded)).toEqual([8, 8, 8, 8, 8]);
    expect(judged.map(({ pAdjusted }) => pAdjusted)).toEqual(Array(5).fill(5 / 32));
  });

  it('with eight blocks they are told, and one that does not differ costs the others nothing more', () => {
    expect(judge(five(8)).map(({ verdict }) => verdict)).toEqual([
      ...['better', 'better', 'worse', 'worse', 'better'],
    ]);
    const [, , , , same] = judge([...five(8).slice(1), found([-0.001, 0.001], 1, 8)]);
    expect(same).toMatchObject({ verdict: 'not-worse', pAdjusted: 1, blocksNeeded: null });
  });

  it('allows for Holm where the pairs do not all differ the same way', () => {
    // The z of .1 is 1.64, and 2.58 that of .05 / 5: 6 × (2.58 / 1.64)² blocks; alone 6 × (1.96 / 1.64)².
    const one = found(more, 0.1);
    expect(judge([one])[0]?.blocksNeeded).toBe(9);
    expect(judge(Array(5).fill(one))[0]?.blocksNeeded).toBe(15);
  });

  it('below six blocks asks for what the family takes at least', () => {
    expect(judge(five(2))[0]).toMatchObject({ verdict: 'inconclusive', blocksNeeded: 8 });
    expect(judge([alike(less, 2)])[0]?.blocksNeeded).toBe(MINIMUM_BLOCKS);
  });

  it('counts a comparison without pairs, and has no p value for it', () => {
    const nothing: Difference = { difference: null, interval: null, method: null, pValue: null, blocks: 0 };
    const judged = judge([alike(less, 6), nothing]);
    expect(judged.map(({ pAdjusted }) => pAdjusted)).toEqual([2 / 32, null]);
    expect(judged.map(({ verdict, blocksNeeded }) => [verdict, blocksNeeded])).toEqual([
      ['not-worse', 7],
      ['inconclusive', 7],
    ]);
  });

  it('gives back what it took', () => {
    const named = { ...alike(less, 6), name: 'reuse-port' };
    expect(judgeFamily([named], { margin: 0 })[0]).toMatchObject(named);
    expect(judge([])).toEqual([]);
  });
});

function judgeOne(one: Difference, margin: number): FamilyJudgement {
  return judgeFamily([one], { margin })[0] as FamilyJudgement;
}

function found(interval: Interval, pValue: number, blocks = MINIMUM_BLOCKS): Difference {
  const middle = (interval[0] + interval[1]) / 2;
  return { difference: middle, interval, pValue, blocks, method: 'bootstrap' };
}

/** Every pair of blocks differs the same way. */
function alike(interval: Interval, blocks: number): Difference {
  return found(interval, smallestPValue(blocks), blocks);
}
