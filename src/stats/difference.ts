// Candidate against baseline: the difference of two failure rates over pairs of blocks, its interval and its p value.
import { type BlockedProportion, blockedProportion, totals } from './blocks.ts';
import { type BlockPair, type BootstrapOptions, bootstrapInterval, rateDifference } from './bootstrap.ts';
import { signFlipPValue } from './permutation.ts';
import {
  type ConfidenceOptions,
  differenceInterval,
  type Estimate,
  type Interval,
  newcombe,
} from './proportion.ts';
import { createRandom } from './random.ts';

/** `newcombe`: from the two rates' own intervals, which rest on the effective sizes. */
export type DifferenceMethod = 'bootstrap' | 'newcombe';

export interface Difference {
  /** candidate - baseline: negative is fewer failures. Null when no pair of blocks finished anything. */
  readonly difference: number | null;
  /** Null below two pairs. */
  readonly interval: Interval | null;
  readonly method: DifferenceMethod | null;
  /** Of the sign-flip test; null with the difference. */
  readonly pValue: number | null;
  /** Pairs in which both sides finished something. */
  readonly blocks: number;
}

export interface DifferenceOptions extends BootstrapOptions {
  readonly seed: number;
}

/** Fewer pairs have too few different resamples for a bootstrap. */
const BOOTSTRAP_FROM_PAIRS = 6;
/** A side with fewer failures, or fewer successes, has tails that its resamples do not show. */
const BOOTSTRAP_FROM_EVENTS = 10;

/**
 * The difference of the pooled rates. Its interval comes from the paired block bootstrap where that can see the
 * spread, and otherwise (few pairs; next to no failures or next to nothing else on a side) from Newcombe's method
 * with effective sizes: a constant 0 against a constant 1 has no spread to resample, and yet no interval of width 0.
 * The same pairs and seed give the same answer.
 * @throws RangeError for impossible counts or a seed that is not a whole number
 */
export function difference(pairs: readonly BlockPair[], options: DifferenceOptions): Difference {
  const used = pairs.filter(({ baseline, candidate }) => baseline.finished > 0 && candidate.finished > 0);
  if (used.length === 0) return { difference: null, interval: null, method: null, pValue: null, blocks: 0 };
  const random = createRandom(options.seed);
  const differences = used.map((pair) => rateDifference([pair]));
  const pValue = signFlipPValue(differences, random);
  const found = { difference: rateDifference(used), pValue, blocks: used.length };
  if (bootstrapSeesTheSpread(used)) {
    const interval = widest(bootstrapInterval(used, random, options), newcombeOfTransfers(used, options));
    return { ...found, interval, method: 'bootstrap' };
  }
  const interval = newcombeOfBlocks(used, options);
  return { ...found, interval, method: interval === null ? null : 'newcombe' };
}

function bootstrapSeesTheSpread(pairs: readonly BlockPair[]): boolean {
  if (pairs.length < BOOTSTRAP_FROM_PAIRS) return false;
  return [pairs.map((pair) => pair.baseline), pairs.map((pair) => pair.candidate)].every((side) => {
    const { failed, finished } = totals(side);
    return Math.min(failed, finished - failed) >= BOOTSTRAP_FROM_EVENTS;
  });
}

/** What the interval would be if transfers were independent: the floor, as 1 is the floor of a design effect. */
function newcombeOfTransfers(pairs: readonly BlockPair[], options: ConfidenceOptions): Interval {
  const candidate = totals(pairs.map((pair) => pair.candidate));
  const baseline = totals(pairs.map((pair) => pair.baseline));
  return newcombe(candidate.failed, candidate.finished, baseline.failed, baseline.finished, options);
}

/** Pairs that happen to differ alike would give an interval of next to no width. */
function widest(a: Interval, b: Interval): Interval {
  return [Math.min(a[0], b[0]), Math.max(a[1], b[1])];
}

function newcombeOfBlocks(pairs: readonly BlockPair[], options: ConfidenceOptions): Interval | null {
  const candidate = asEstimate(
    blockedProportion(
      pairs.map((pair) => pair.candidate),
      options,
    ),
  );
  const baseline = asEstimate(
    blockedProportion(
      pairs.map((pair) => pair.baseline),
      options,
    ),
  );
  return candidate && baseline ? differenceInterval(candidate, baseline) : null;
}

function asEstimate({ rate, interval }: BlockedProportion): Estimate | null {
  return rate === null || interval === null ? null : { rate, interval };
}
