// Two strategies compared over pairs of blocks: intervals, p values, and above all the degenerate cases.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { BlockPair } from '../../src/stats/bootstrap.ts';
import { type Difference, difference } from '../../src/stats/difference.ts';
import { judgeFamily, type VerdictOptions } from '../../src/stats/family.ts';
import { createRandom } from '../../src/stats/random.ts';
import type { Judgement } from '../../src/stats/verdict.ts';

const SEED = { seed: 20 };
const MARGIN = { margin: 0.01 };

describe('difference', () => {
  it('bootstraps pairs whose sides both vary, and repeats itself for a seed', () => {
    const pairs = pairsOf(500, [60, 75, 55, 66, 81, 48], [20, 31, 18, 25, 22, 29]);
    const found = difference(pairs, SEED);
    expect(found.method).toBe('bootstrap');
    expect(found.difference).toBeCloseTo((145 - 385) / 3000, 12);
    expect(found.interval?.[1]).toBeLessThan(0);
    expect(found.pValue).toBe(2 / 64);
    expect(difference(pairs, SEED)).toEqual(found);
  });

  it('all failing against none failing, without any spread: conclusive', () => {
    const found = difference(pairsOf(200, Array(6).fill(200), Array(6).fill(0)), SEED);
    expect(found).toMatchObject({ difference: -1, method: 'newcombe', pValue: 2 / 64 });
    expect(found.interval?.[0]).toBe(-1);
    expect(found.interval?.[1]).toBeLessThan(-0.98);
    expect(judge(found, MARGIN)).toEqual({ verdict: 'better', blocksNeeded: null });
  });

  it('98 % against none: better; and worse the other way round', () => {
    const legacy = [196, 197, 195, 196, 197, 195];
    const none = Array(6).fill(0);
    expect(judge(difference(pairsOf(200, legacy, none), SEED), MARGIN)?.verdict).toBe('better');
    expect(judge(difference(pairsOf(200, none, legacy), SEED), MARGIN)?.verdict).toBe('worse');
  });

  it('none against none: never better; not worse once there are enough transfers for the margin', () => {
    const few = difference(pairsOf(100, Array(6).fill(0), Array(6).fill(0)), SEED);
    expect(few).toMatchObject({ difference: 0, pValue: 1, method: 'newcombe' });
    expect(few.interval?.[1]).toBeGreaterThan(0.01);
    expect(judge(few, MARGIN)).toMatchObject({ verdict: 'inconclusive' });
    const many = difference(pairsOf(1000, Array(6).fill(0), Array(6).fill(0)), SEED);
    expect(judge(many, MARGIN)).toEqual({ verdict: 'not-worse', blocksNeeded: null });
    expect(judge(many, { margin: 0 })?.verdict).toBe('inconclusive');
  });

  it('one failure in one block is no difference', () => {
    const found = difference(pairsOf(1000, [1, 0, 0, 0, 0, 0], Array(6).fill(0)), SEED);
    expect(found.pValue).toBe(1);
    expect(judge(found, MARGIN)?.verdict).toBe('not-worse');
  });

  it('pairs that differ alike leave an interval, and not a point', () => {
    const found = difference(pairsOf(500, [60, 75, 55, 66, 81, 48], [60, 75, 55, 66, 81, 48]), SEED);
    expect(found).toMatchObject({ difference: 0, pValue: 1, method: 'bootstrap' });
    expect(found.interval?.[0]).toBeCloseTo(-0.0169, 3);
    expect(found.interval?.[1]).toBeCloseTo(0.0169, 3);
  });

  it('claims nothing from five blocks, and says that six are needed', () => {
    const found = difference(pairsOf(200, Array(5).fill(200), Array(5).fill(0)), SEED);
    expect(judge(found, MARGIN)).toEqual({ verdict: 'inconclusive', blocksNeeded: 6 });
  });

  it('has no interval for one pair and no difference for none', () => {
    expect(difference(pairsOf(200, [100], [0]), SEED)).toMatchObject({
      difference: -0.5,
      interval: null,
      pValue: 1,
    });
    const empty = { baseline: { failed: 0, finished: 0 }, candidate: { failed: 1, finished: 2 } };
    expect(difference([empty], SEED)).toMatchObject({
      difference: null,
      interval: null,
      pValue: null,
      blocks: 0,
    });
    expect(judge(difference([], SEED), MARGIN)).toEqual({ verdict: 'inconclusive', blocksNeeded: 6 });
  });

  it('has an interval that contains the difference and lies within -1 and 1', () => {
    const side = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 2, maxLength: 8 });
    fc.assert(
      fc.property(side, side, (baseline, candidate) => {
        const pairs = pairsOf(40, baseline, candidate);
        const found = difference(pairs, { seed: 1, resamples: 199 });
        const [low, high] = found.interval ?? [-1, 1];
        expect(low).toBeGreaterThanOrEqual(-1);
        expect(low).toBeLessThanOrEqual((found.difference ?? Number.NaN) + 1e-9);
        expect(high).toBeGreaterThanOrEqual((found.difference ?? Number.NaN) - 1e-9);
        expect(high).toBeLessThanOrEqual(1);
      }),
      { numRuns: 50 },
    );
  });

  it('covers the true difference about as often as it says, though failures cluster', () => {
    const random = createRandom(1);
    const clustered = (): number => 10 + random.integer(5) * 20 + random.integer(5) * 2;
    const sides = (): number[] => Array.from({ length: 8 }, clustered);
    let covered = 0;
    for (let run = 0; run < 200; run += 1) {
      const [low, high] = difference(pairsOf(500, sides(), sides()), { seed: run, resamples: 999 })
        .interval ?? [1, -1];
      if (low <= 0 && high >= 0) covered += 1;
    }
    expect(covered).toBeGreaterThanOrEqual(184);
    expect(covered).toBeLessThanOrEqual(198);
  });
});

function pairsOf(finished: number, baseline: readonly number[], candidate: readonly number[]): BlockPair[] {
  const length = Math.min(baseline.length, candidate.length);
  return Array.from({ length }, (_, index) => ({
    baseline: { failed: baseline[index] ?? 0, finished },
    candidate: { failed: candidate[index] ?? 0, finished },
  }));
}

function judge(found: Difference, options: VerdictOptions): Judgement | undefined {
  const [judged] = judgeFamily([found], options);
  return judged && { verdict: judged.verdict, blocksNeeded: judged.blocksNeeded };
}
