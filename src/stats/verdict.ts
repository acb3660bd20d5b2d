// What a difference allows one to say.
import type { Interval } from './proportion.ts';

/**
 * `better`: fewer failures. `worse`: more, by over the margin. `not-worse`: if more, then by less than the margin.
 * `inconclusive`: the blocks do not tell.
 */
export type Verdict = 'better' | 'worse' | 'not-worse' | 'inconclusive';

export interface Judgement {
  readonly verdict: Verdict;
  /**
   * Blocks of each that would probably settle it; null when it is settled or when no number of blocks can. Not worse
   * is open still where the interval lies below zero and only the test is short of blocks for `better`.
   */
  readonly blocksNeeded: number | null;
}

/** One percentage point. */
export const DEFAULT_MARGIN = 0.01;
/**
 * Below this the sign-flip test cannot reach `SIGNIFICANCE` even for one comparison, and nothing is claimed. Another
 * significance has another such number: `blocksForHolm(1, significance)`.
 */
export const MINIMUM_BLOCKS = 6;

/** `significant`: by the p value, corrected for everything that is claimed with it. */
export function verdictOf([low, high]: Interval, margin: number, significant: boolean): Verdict {
  if (high < 0 && significant) return 'better';
  if (low > margin && significant) return 'worse';
  return high <= margin ? 'not-worse' : 'inconclusive';
}
