// How often the statistics are wrong, and how often blind: a thousand simulated runs whose truth is known.
import { describe, expect, it } from '@jest/globals';
import { blockedProportion } from '../../src/stats/blocks.ts';
import { type BlockPair, rateDifference } from '../../src/stats/bootstrap.ts';
import { difference } from '../../src/stats/difference.ts';
import { twoSidedZ } from '../../src/stats/distributions.ts';
import { type FamilyJudgement, judgeFamily } from '../../src/stats/family.ts';
import { SIGNIFICANCE } from '../../src/stats/holm.ts';
import { EXACT_UP_TO_BLOCKS, signFlipPValue } from '../../src/stats/permutation.ts';
import type { Interval } from '../../src/stats/proportion.ts';
import { createRandom, type Random } from '../../src/stats/random.ts';
import { conclusive, type Look, looks } from '../../src/stats/sequential.ts';
import {
  type BlockMaker,
  clusteredBlocks,
  highCount,
  lowCount,
  simulatedPairs,
  variedBlocks,
} from './simulated-runs.ts';

const RUNS = 1000;
const BLOCKS = 8;
/** A tenth of a real run's. Where a tail is beyond them, the interval is too short: claims become likelier, not rarer. */
const RESAMPLES = 999;
/** Any rise counts: the margin can only make claims rarer. */
const NO_MARGIN = { margin: 0 };
/** The seeds are fixed: what passes once passes always. */
const MOST_FALSE_CLAIMS = highCount(RUNS, SIGNIFICANCE);
const FEWEST_COVERED = lowCount(RUNS, 1 - SIGNIFICANCE);

interface Truth {
  readonly rate: number;
  readonly blockOf: BlockMaker;
  readonly random: Random;
  readonly seed: number;
}

/** A rate of .2 to .5 and 100 to 1 000 transfers a block; the design effect is 2 to 5. */
function truth(seed: number, kind: 'clustered' | 'varied'): Truth {
  const random = createRandom(RUNS + seed);
  const rate = 0.2 + 0.3 * random.uniform();
  const transfers = 100 + random.integer(901);
  const blockOf =
    kind === 'clustered'
      ? clusteredBlocks(rate, transfers, 2 + (seed % 3))
      : variedBlocks(rate, transfers, 2 + (seed % 4));
  return { rate, blockOf, random, seed };
}

describe.each(['clustered', 'varied'] as const)('two equal strategies, %s failures, 8 blocks', (kind) => {
  const counts = { claims: 0, rateCovered: 0, differenceCovered: 0, designEffects: 0 };

  it('are told apart in one run of twenty at the most', () => {
    for (let seed = 1; seed <= RUNS; seed += 1) {
      const { rate, blockOf, random } = truth(seed, kind);
      const pairs = simulatedPairs(random, BLOCKS, blockOf);
      const found = difference(pairs, { seed, resamples: RESAMPLES });
      const own = blockedProportion(pairs.map(({ baseline }) => baseline));
      if (judgeFamily([found], NO_MARGIN).some(isClaim)) counts.claims += 1;
      if (covers(found.interval, 0)) counts.differenceCovered += 1;
      if (covers(own.interval, rate)) counts.rateCovered += 1;
      counts.designEffects += own.designEffect ?? 0;
    }
    expect(counts.claims).toBeLessThanOrEqual(MOST_FALSE_CLAIMS);
    // And they are told apart sometimes: the simulation can find a difference.
    expect(counts.claims).toBeGreaterThan(RUNS / 50);
  });

  it('have intervals that cover as often as they say', () => {
    expect(counts.rateCovered).toBeGreaterThanOrEqual(FEWEST_COVERED);
    expect(counts.differenceCovered).toBeGreaterThanOrEqual(FEWEST_COVERED);
    expect(counts.designEffects / RUNS).toBeGreaterThan(2);
    expect(counts.designEffects / RUNS).toBeLessThan(5);
  });
});

it('five strategies equal to their baseline: any of them is told apart in one run of twenty at the most', () => {
  let claims = 0;
  for (let seed = 1; seed <= RUNS; seed += 1) {
    const family = equalFamily(truth(seed, 'clustered'), 5, BLOCKS);
    if (claimsAt(family, seed, { blocks: BLOCKS, significance: SIGNIFICANCE })) claims += 1;
  }
  expect(claims).toBeLessThanOrEqual(MOST_FALSE_CLAIMS);
  expect(claims).toBeGreaterThan(0);
});

it.each([1, 5])('looking again and again up to 40 blocks, %i equal: no more often than one look', (size) => {
  let claims = 0;
  const planned = looks(size, 40);
  for (let seed = 1; seed <= RUNS; seed += 1) {
    const family = equalFamily(truth(seed, 'clustered'), size, 40);
    if (planned.some((look) => claimsAt(family, seed, look))) claims += 1;
  }
  expect(claims).toBeLessThanOrEqual(MOST_FALSE_CLAIMS);
  expect(claims).toBeGreaterThan(0);
});

describe('98 % failures against none', () => {
  it.each([
    [1, 7],
    [5, 9],
  ])('%i comparisons are always settled by the first look, after %i blocks', (size, blocks) => {
    const [look] = looks(size, 40);
    expect(look?.blocks).toBe(blocks);
    for (let seed = 1; seed <= 100; seed += 1) {
      const random = createRandom(seed);
      // A strategy that waits out its retries does few transfers where another does many.
      const legacy = clusteredBlocks(0.98, 20 + random.integer(200), 1 + random.integer(5));
      const reusePort = () => ({ failed: 0, finished: 500 + random.integer(5000) });
      const family = Array.from({ length: size }, () => simulatedPairs(random, blocks, legacy, reusePort));
      const judged = judgedAt(family, seed, look as Look);
      expect(judged.map(({ verdict }) => verdict)).toEqual(Array(size).fill('better'));
      expect(conclusive(judged)).toBe(true);
    }
  });
});

/** Candidates that are compared with the same blocks of the baseline, as in a run. */
function equalFamily({ blockOf, random }: Truth, size: number, blocks: number): BlockPair[][] {
  const baselines = Array.from({ length: blocks }, () => blockOf(random));
  return Array.from({ length: size }, () =>
    baselines.map((baseline) => ({ baseline, candidate: blockOf(random) })),
  );
}

/** Whether a look claims anything. Without a p value that is small enough it cannot: the interval is not asked for. */
function claimsAt(family: readonly (readonly BlockPair[])[], seed: number, look: Look): boolean {
  const wanted = look.significance / family.length;
  const parts = family.map((pairs) => differencesOf(pairs.slice(0, look.blocks)));
  const near = parts.filter((differences) => mayReach(wanted, differences));
  if (!near.some((differences) => signFlipPValue(differences, createRandom(seed)) <= wanted)) return false;
  return judgedAt(family, seed, look).some(isClaim);
}

/**
 * The 20 000 samples of a p value are drawn only where it can be small. Over random signs the sum of differences has a
 * variance of their squares' sum, and for more than a dozen of them it is all but normal: four times is far off.
 */
function mayReach(pValue: number, differences: readonly number[]): boolean {
  if (differences.length <= EXACT_UP_TO_BLOCKS) return true;
  const sum = differences.reduce((total, value) => total + value, 0);
  const squares = differences.reduce((total, value) => total + value ** 2, 0);
  return Math.abs(sum) / Math.sqrt(squares) >= twoSidedZ(4 * pValue);
}

function judgedAt(
  family: readonly (readonly BlockPair[])[],
  seed: number,
  { blocks, significance }: Look,
): FamilyJudgement[] {
  const options = { seed, confidence: 1 - significance, resamples: RESAMPLES };
  const found = family.map((pairs) => difference(pairs.slice(0, blocks), options));
  return judgeFamily(found, { ...NO_MARGIN, significance });
}

function differencesOf(pairs: readonly BlockPair[]): number[] {
  return pairs.map((pair) => rateDifference([pair]));
}

function isClaim({ verdict }: FamilyJudgement): boolean {
  return verdict === 'better' || verdict === 'worse';
}

function covers(interval: Interval | null, value: number): boolean {
  return interval !== null && interval[0] <= value && value <= interval[1];
}
