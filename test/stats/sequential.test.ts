// When a run looks, what each look may spend, and when nothing is open any more.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { blocksForHolm, SIGNIFICANCE } from '../../src/stats/holm.ts';
import { conclusive, looks } from '../../src/stats/sequential.ts';
import type { Judgement } from '../../src/stats/verdict.ts';

const comparisons = fc.integer({ min: 1, max: 20 });
const maxBlocks = fc.integer({ min: 1, max: 10_000 });

describe('looks', () => {
  it('one comparison, 40 blocks: the first look after seven, the others at equal shares of the rest', () => {
    const rest = (SIGNIFICANCE - 2 / 2 ** 7) / 4;
    expect(looks(1, 40)).toEqual([
      { blocks: 7, significance: 2 / 2 ** 7 },
      { blocks: 11, significance: rest },
      { blocks: 17, significance: rest },
      { blocks: 26, significance: rest },
      { blocks: 40, significance: rest },
    ]);
  });

  it.each([
    [1, 7],
    [2, 8],
    [5, 9],
    [15, 11],
  ])('%i comparisons: the first look after %i blocks', (count, blocks) => {
    expect(looks(count, 40)[0]?.blocks).toBe(blocks);
  });

  it('one look at the end has all of the error where no earlier one could claim anything', () => {
    expect(looks(1, 6)).toEqual([{ blocks: 6, significance: SIGNIFICANCE }]);
    expect(looks(5, 3)).toEqual([{ blocks: 3, significance: SIGNIFICANCE }]);
    expect(looks(1, 8).map(({ blocks }) => blocks)).toEqual([7, 8]);
  });

  it('spends no more than there is, and each look has the blocks to claim with what it spends', () => {
    fc.assert(
      fc.property(comparisons, maxBlocks, (count, most) => {
        const planned = looks(count, most);
        const spent = planned.reduce((sum, { significance }) => sum + significance, 0);
        expect(spent).toBeLessThanOrEqual(SIGNIFICANCE * (1 + 1e-12));
        expect(planned.at(-1)?.blocks).toBe(most);
        for (const [index, { blocks, significance }] of planned.entries()) {
          expect(blocks).toBeGreaterThan(planned[index - 1]?.blocks ?? 0);
          if (planned.length > 1) expect(blocks).toBeGreaterThanOrEqual(blocksForHolm(count, significance));
        }
      }),
    );
  });

  it('spends what it is told to', () => {
    expect(looks(1, 40, 0.01)[0]).toEqual({ blocks: 9, significance: 2 / 2 ** 9 });
  });

  it.each([
    [0, 40],
    [1, 0],
    [1.5, 40],
    [1, Number.POSITIVE_INFINITY],
  ])('refuses %d comparisons of %d blocks', (count, most) => {
    expect(() => looks(count, most)).toThrow(RangeError);
  });
});

describe('conclusive', () => {
  const better: Judgement = { verdict: 'better', blocksNeeded: null };
  const CASES: readonly [string, Judgement, boolean][] = [
    ['better', better, true],
    ['worse', { verdict: 'worse', blocksNeeded: null }, true],
    ['not worse', { verdict: 'not-worse', blocksNeeded: null }, true],
    ['not worse, perhaps better', { verdict: 'not-worse', blocksNeeded: 9 }, false],
    ['inconclusive', { verdict: 'inconclusive', blocksNeeded: 20 }, false],
    [
      'inconclusive, with no number of blocks to name',
      { verdict: 'inconclusive', blocksNeeded: null },
      false,
    ],
  ];

  it.each(CASES)('beside one that is better, %s', (_, judgement, expected) => {
    expect(conclusive([better, judgement])).toBe(expected);
  });

  it('nothing is open where nothing is compared', () => {
    expect(conclusive([])).toBe(true);
  });
});
