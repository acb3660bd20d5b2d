// Simulated runs whose truth is known, and what the statistics claim of them.
import { type BlockPair, rateDifference } from '../../src/stats/bootstrap.ts';
import { difference } from '../../src/stats/difference.ts';
import { twoSidedZ } from '../../src/stats/distributions.ts';
import { type FamilyJudgement, judgeFamily } from '../../src/stats/family.ts';
import { SIGNIFICANCE } from '../../src/stats/holm.ts';
import { EXACT_UP_TO_BLOCKS, signFlipPValue } from '../../src/stats/permutation.ts';
import type { Interval } from '../../src/stats/proportion.ts';
import { createRandom, type Random } from '../../src/stats/random.ts';
import type { Look } from '../../src/stats/sequential.ts';
import { type BlockMaker, clusteredBlocks, highCount, lowCount, variedBlocks } from './simulated-runs.ts';

export const RUNS = 1000;
export const BLOCKS = 8;
/** A tenth of a real run's. Where a tail is beyond them, the interval is too short: claims become likelier, not rarer. */
export const RESAMPLES = 999;
/** Any rise counts: the margin can only make claims rarer. */
export const NO_MARGIN = { margin: 0 };
/** The seeds are fixed: what passes once passes always. */
export const MOST_FALSE_CLAIMS = highCount(RUNS, SIGNIFICANCE);
export const FEWEST_COVERED = lowCount(RUNS, 1 - SIGNIFICANCE);

export interface Truth {
  readonly rate: number;
  readonly blockOf: BlockMaker;
  readonly random: Random;
  readonly seed: number;
}

/** A rate of .2 to .5 and 100 to 1 000 transfers a block; the design effect is 2 to 5. */
export function truth(seed: number, kind: 'clustered' | 'varied'): Truth {
  const random = createRandom(RUNS + seed);
  const rate = 0.2 + 0.3 * random.uniform();
  const transfers = 100 + random.integer(901);
  const blockOf =
    kind === 'clustered'
      ? clusteredBlocks(rate, transfers, 2 + (seed % 3))
      : variedBlocks(rate, transfers, 2 + (seed % 4));
  return { rate, blockOf, random, seed };
}

/** Candidates that are compared with the same blocks of the baseline, as in a run. */
export function equalFamily({ blockOf, random }: Truth, size: number, blocks: number): BlockPair[][] {
  const baselines = Array.from({ length: blocks }, () => blockOf(random));
  return Array.from({ length: size }, () =>
    baselines.map((baseline) => ({ baseline, candidate: blockOf(random) })),
  );
}

/** Whether a look claims anything. Without a p value that is small enough it cannot: the interval is not asked for. */
export function claimsAt(family: readonly (readonly BlockPair[])[], seed: number, look: Look): boolean {
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
export function mayReach(pValue: number, differences: readonly number[]): boolean {
  if (differences.length <= EXACT_UP_TO_BLOCKS) return true;
  const sum = differences.reduce((total, value) => total + value, 0);
  const squares = differences.reduce((total, value) => total + value ** 2, 0);
  return Math.abs(sum) / Math.sqrt(squares) >= twoSidedZ(4 * pValue);
}

export function judgedAt(
  family: readonly (readonly BlockPair[])[],
  seed: number,
  { blocks, significance }: Look,
): FamilyJudgement[] {
  const options = { seed, confidence: 1 - significance, resamples: RESAMPLES };
  const found = family.map((pairs) => difference(pairs.slice(0, blocks), options));
  return judgeFamily(found, { ...NO_MARGIN, significance });
}

export function differencesOf(pairs: readonly BlockPair[]): number[] {
  return pairs.map((pair) => rateDifference([pair]));
}

export function isClaim({ verdict }: FamilyJudgement): boolean {
  return verdict === 'better' || verdict === 'worse';
}

export function covers(interval: Interval | null, value: number): boolean {
  return interval !== null && interval[0] <= value && value <= interval[1];
}
