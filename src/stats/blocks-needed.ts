// How many blocks would probably settle what the blocks so far leave open, if the difference stays what it is.
import type { Difference } from './difference.ts';
import { twoSidedZ } from './distributions.ts';
import { blocksForHolm } from './holm.ts';
import { smallestPValue } from './permutation.ts';
import type { Interval } from './proportion.ts';
import type { Verdict } from './verdict.ts';

/** A difference, and what it was held against. */
export interface OpenQuestion extends Difference {
  readonly interval: Interval;
  readonly pAdjusted: number;
  /** Comparisons that are claimed together, this one included. */
  readonly familySize: number;
  readonly margin: number;
  /** What the adjusted p value is held against. */
  readonly significance: number;
}

/** An estimate beyond this says: not by more blocks of this kind. */
const BLOCKS_WORTH_NAMING = 10_000;

/** 24.000000000000004 blocks are 24. */
const ROUNDING = 1e-9;

/** Null when nothing is open, or when no number of blocks worth naming would settle it. */
export function blocksNeeded(verdict: Verdict, question: OpenQuestion): number | null {
  const estimate = Math.ceil(estimateFor(verdict, question) - ROUNDING);
  return estimate <= BLOCKS_WORTH_NAMING ? Math.max(question.blocks + 1, estimate) : null;
}

function estimateFor(verdict: Verdict, question: OpenQuestion): number {
  switch (verdict) {
    case 'inconclusive':
      return Math.min(forBetter(question), forWorse(question), forNotWorse(question));
    case 'not-worse':
      return question.interval[1] < 0 ? forBetter(question) : Number.POSITIVE_INFINITY;
    default:
      return Number.POSITIVE_INFINITY;
  }
}

function forBetter(question: OpenQuestion): number {
  const { interval, difference } = question;
  const rate = difference ?? 0;
  return Math.max(forInterval(question, interval[1] - rate, -rate), forTest(question));
}

function forWorse(question: OpenQuestion): number {
  const { interval, difference, margin } = question;
  const rate = difference ?? 0;
  return Math.max(forInterval(question, rate - interval[0], rate - margin), forTest(question));
}

function forNotWorse(question: OpenQuestion): number {
  const { interval, difference, margin } = question;
  const rate = difference ?? 0;
  return forInterval(question, interval[1] - rate, margin - rate);
}

/** The interval shrinks with the square root of the blocks: blocks that bring a half-width down to `distance`. */
function forInterval({ blocks }: OpenQuestion, halfWidth: number, distance: number): number {
  return distance > 0 ? blocks * (halfWidth / distance) ** 2 : Number.POSITIVE_INFINITY;
}

/**
 * Where every pair differs the same way, the p value is the smallest there is and only the size of the family counts.
 * Otherwise what chance explains shrinks as the interval does, down to the share of the significance that Holm leaves.
 */
function forTest({ blocks, pValue, pAdjusted, familySize, significance }: OpenQuestion): number {
  const fewest = blocksForHolm(familySize, significance);
  if (pValue === null || pValue >= 1) return Number.POSITIVE_INFINITY;
  if (pValue <= smallestPValue(blocks)) return fewest;
  const share = (significance * pValue) / pAdjusted;
  return Math.max(fewest, blocks * (twoSidedZ(share) / twoSidedZ(pValue)) ** 2);
}
