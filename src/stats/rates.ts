// Counts a second from blocks, and the ratio of two of them: the block is the sampling unit here, too.
import { DEFAULT_CONFIDENCE, tQuantile, upperTail } from './distributions.ts';
import type { ConfidenceOptions, Interval } from './proportion.ts';

/** How much was done in one block, transfers or bytes, and how long that took. */
export interface RateBlock {
  readonly count: number;
  readonly seconds: number;
}

export interface BlockedRate {
  /** Of all blocks together; null without any time. */
  readonly perSecond: number | null;
  /** Null below two blocks, and where nothing was done in any. */
  readonly interval: Interval | null;
}

/**
 * Σ count / Σ seconds. Blocks last unequally long (the last transfer is waited for), so this is a ratio of two sums, and
 * its variance the ratio estimator's, Σ(c_i - r·s_i)²·R/(R-1)/S². The interval is Student's on the logarithm, by the delta
 * method: a rate is never below 0, and one that varies by a factor does so alike in both directions.
 * Source: Cochran, Sampling Techniques, 3rd ed., §6.3 and §6.4.
 */
export function blockedRate(blocks: readonly RateBlock[], options: ConfidenceOptions = {}): BlockedRate {
  const used = blocks.filter(({ seconds }) => seconds > 0);
  const perSecond = rateOf(used);
  if (used.length < 2 || perSecond === null || perSecond === 0) return { perSecond, interval: null };
  const halfWidth = halfWidthOf(influences(used), options);
  return { perSecond, interval: [perSecond * Math.exp(-halfWidth), perSecond * Math.exp(halfWidth)] };
}

/** Two blocks that stood under the same conditions. */
export interface RatePair {
  readonly baseline: RateBlock;
  readonly candidate: RateBlock;
}

/** The logarithm of candidate / baseline, and its interval: as `blockedRate`, with what both have in common taken out. */
export function logRateRatio(
  pairs: readonly RatePair[],
  options: ConfidenceOptions = {},
): { readonly logRatio: number | null; readonly interval: Interval | null } {
  const used = pairs.filter(({ baseline, candidate }) => baseline.seconds > 0 && candidate.seconds > 0);
  const [ofBaseline, ofCandidate] = [used.map((pair) => pair.baseline), used.map((pair) => pair.candidate)];
  const [from, to] = [rateOf(ofBaseline), rateOf(ofCandidate)];
  if (!from || !to) return { logRatio: null, interval: null };
  const logRatio = Math.log(to / from);
  if (used.length < 2) return { logRatio, interval: null };
  const [fromEach, toEach] = [influences(ofBaseline), influences(ofCandidate)];
  const halfWidth = halfWidthOf(
    toEach.map((influence, i) => influence - (fromEach[i] ?? 0)),
    options,
  );
  return { logRatio, interval: [logRatio - halfWidth, logRatio + halfWidth] };
}

/** Null where there was no time. */
export function rateOf(blocks: readonly RateBlock[]): number | null {
  const [count, seconds] = [sum(blocks.map((one) => one.count)), sum(blocks.map((one) => one.seconds))];
  return seconds > 0 ? count / seconds : null;
}

/** What each block adds to the logarithm of the rate: they sum to 0. */
function influences(blocks: readonly RateBlock[]): number[] {
  const counts = sum(blocks.map(({ count }) => count));
  const seconds = sum(blocks.map((one) => one.seconds));
  return blocks.map((one) => one.count / counts - one.seconds / seconds);
}

function halfWidthOf(
  each: readonly number[],
  { confidence = DEFAULT_CONFIDENCE }: ConfidenceOptions,
): number {
  const blocks = each.length;
  const variance = (sum(each.map((influence) => influence ** 2)) * blocks) / (blocks - 1);
  return tQuantile(upperTail(confidence), blocks - 1) * Math.sqrt(variance);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
