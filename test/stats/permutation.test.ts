// The sign-flip test and Holm's correction, on values that can be counted by hand.
import { describe, expect, it } from '@jest/globals';
import { blocksForHolm, holm } from '../../src/stats/holm.ts';
import { signFlipPValue, smallestPValue } from '../../src/stats/permutation.ts';
import { createRandom } from '../../src/stats/random.ts';

// Darwin's 15 pairs of maize plants: Fisher's own count is 1 726 of 32 768 assignments, .0527.
const MAIZE = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48];

describe('signFlipPValue', () => {
  it.each([
    [[1, 1, 1, 1, 1, 1], 2 / 64],
    [[-0.3, -0.1, -0.2, -0.7, -0.4, -0.2], 2 / 64],
    [[1, 1, 1, 1, 1, 0], 4 / 64],
    [[3, 2, 1], 2 / 8],
    [[3, 2, -1], 4 / 8],
    [[0, 0, 0], 1],
    [[5], 1],
    [[], 1],
  ])('%j', (differences, expected) => {
    expect(signFlipPValue(differences, createRandom(1))).toBe(expected);
  });

  it('does not lose an assignment to rounding: any order of the same values', () => {
    expect(signFlipPValue([0.1, 0.2, 0.3, -0.6], createRandom(1))).toBe(1);
    expect(signFlipPValue([-0.6, 0.3, 0.1, 0.2], createRandom(1))).toBe(1);
  });

  it("samples above twelve pairs and finds Fisher's .0527", () => {
    expect(signFlipPValue(MAIZE, createRandom(1))).toBeCloseTo(1726 / 32768, 2);
  });

  it('is never zero', () => {
    expect(signFlipPValue(Array(40).fill(1), createRandom(1))).toBe(1 / 20_000);
  });

  it('cannot reach .05 below six pairs', () => {
    expect(smallestPValue(5)).toBeGreaterThan(0.05);
    expect(smallestPValue(6)).toBe(0.03125);
    expect(smallestPValue(0)).toBe(1);
  });
});

describe('holm', () => {
  it('multiplies the smallest by the number of comparisons, and keeps the order', () => {
    const adjusted = holm([0.01, 0.04, 0.03, 0.005]);
    [0.03, 0.06, 0.06, 0.02].forEach((expected, index) => {
      expect(adjusted[index]).toBeCloseTo(expected, 12);
    });
  });

  it('five comparisons of six blocks are too many, of eight blocks not', () => {
    expect(Math.min(...holm(Array(5).fill(smallestPValue(6))))).toBeGreaterThan(0.05);
    expect(Math.max(...holm(Array(5).fill(smallestPValue(8))))).toBeLessThanOrEqual(0.05);
    expect(Math.max(...holm(Array(15).fill(smallestPValue(10))))).toBeLessThanOrEqual(0.05);
  });

  it.each([
    [1, 6],
    [5, 8],
    [15, 10],
  ])('%i comparisons need %i blocks', (comparisons, blocks) => {
    expect(blocksForHolm(comparisons)).toBe(blocks);
  });

  it('a smaller significance takes more blocks', () => {
    expect(blocksForHolm(1, 0.025)).toBe(7);
    expect(blocksForHolm(5, 0.01)).toBe(10);
    expect(() => blocksForHolm(1, 0)).toThrow('not a significance: 0');
  });

  it('of one changes nothing, of none is none', () => {
    expect(holm([0.2])).toEqual([0.2]);
    expect(holm([])).toEqual([]);
  });
});
