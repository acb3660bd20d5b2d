// The paired block bootstrap: what the difference of two failure rates would have been with other blocks.
import type { BlockCount } from './blocks.ts';
import { DEFAULT_CONFIDENCE, normalCdf, tQuantile, upperTail } from './distributions.ts';
import type { ConfidenceOptions, Interval } from './proportion.ts';
import type { Random } from './random.ts';

/** Two blocks that stood under the same conditions, one of each strategy. */
export interface BlockPair {
  readonly baseline: BlockCount;
  readonly candidate: BlockCount;
}

export interface BootstrapOptions extends ConfidenceOptions {
  /** Odd, so that quantiles fall on a resample; 9 999 unless set. */
  readonly resamples?: number;
}

const DEFAULT_RESAMPLES = 9999;

/** candidate - baseline over all pairs together: each side's failed of its finished. Something must have finished. */
export function rateDifference(pairs: readonly BlockPair[]): number {
  let [candidateFailed, candidateFinished, baselineFailed, baselineFinished] = [0, 0, 0, 0];
  for (const { candidate, baseline } of pairs) {
    candidateFailed += candidate.failed;
    candidateFinished += candidate.finished;
    baselineFailed += baseline.failed;
    baselineFinished += baseline.finished;
  }
  return candidateFailed / candidateFinished - baselineFailed / baselineFinished;
}

/**
 * Expanded percentile interval of `rateDifference`. The plain percentile interval is too short for few blocks (it
 * divides by R and takes z where R - 1 and t belong); the tails taken here make up for both. It needs no estimate
 * of skewness as BCa does, which six blocks cannot give. Six to eight pairs can be resampled no further out than the
 * most extreme of them: the interval is 1 to 2 % shorter than Student's and covers 94 % where it should 95 (8 000
 * simulated runs with clustered failures).
 * Source: Hesterberg, The American Statistician 69 (2015) 371, §4.
 * Takes at least two pairs, each with something finished on both sides.
 */
export function bootstrapInterval(
  pairs: readonly BlockPair[],
  random: Random,
  options: BootstrapOptions = {},
): Interval {
  const resamples = options.resamples ?? DEFAULT_RESAMPLES;
  const differences = Float64Array.from({ length: resamples }, () => rateDifference(resample(pairs, random)));
  differences.sort();
  const tail = expandedTail(pairs.length, options.confidence ?? DEFAULT_CONFIDENCE);
  const outside = Math.floor(tail * (resamples + 1));
  const rank = Math.max(0, outside - 1);
  return [differences[rank] as number, differences[resamples - 1 - rank] as number];
}

function resample(pairs: readonly BlockPair[], random: Random): BlockPair[] {
  return pairs.map(() => pairs[random.integer(pairs.length)] as BlockPair);
}

/** The share to leave out at each end of resamples of `blocks` blocks, at least two. */
export function expandedTail(blocks: number, confidence: number): number {
  return normalCdf(-Math.sqrt(blocks / (blocks - 1)) * tQuantile(upperTail(confidence), blocks - 1));
}
