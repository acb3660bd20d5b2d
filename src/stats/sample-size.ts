// How much must be run to tell something, reckoned before the run: transfers for a bound, for two rates, by blocks.
import { ASSUMED_DESIGN_EFFECT } from './blocks.ts';
import { DEFAULT_CONFIDENCE, normalQuantile, tQuantile, twoSidedZ, upperTail } from './distributions.ts';
import { blocksForHolm, SIGNIFICANCE } from './holm.ts';
import { smallestPValue } from './permutation.ts';
import type { ConfidenceOptions } from './proportion.ts';

export interface DesignOptions {
  /** How many transfers tell as much as one independent one, since failures cluster; `ASSUMED_DESIGN_EFFECT` unless set. */
  readonly designEffect?: number;
}

export interface PowerOptions extends DesignOptions {
  /** The chance of finding a difference that is there; .8 unless set. */
  readonly power?: number;
  /** Two-sided; .05 unless set. */
  readonly significance?: number;
}

/** What a plan will run of each strategy in one scenario. */
export interface PlannedBlocks {
  readonly blocks: number;
  readonly transfersPerBlock: number;
  /** Comparisons that are claimed together. */
  readonly comparisons: number;
}

/** How far a rate must be from the baseline's to be told from it, as proportions above zero; null where none is. */
export interface DetectableDifference {
  readonly fewer: number | null;
  readonly more: number | null;
}

const DEFAULT_POWER = 0.8;

/**
 * Transfers of which none may fail so that the failure rate is below `rate`: Clopper and Pearson's upper limit
 * 1 - (α/2)^(1/n) solved for n, times the design effect. 1 % needs 1 102 at 95 %.
 * @throws RangeError unless 0 < rate < 1
 */
export function transfersWithoutFailure(
  rate: number,
  options: ConfidenceOptions & DesignOptions = {},
): number {
  checkRate(rate, 0 < rate && rate < 1);
  const { confidence = DEFAULT_CONFIDENCE, designEffect = ASSUMED_DESIGN_EFFECT } = options;
  // log1p: 1 - rate has lost the digits of a small rate.
  return Math.ceil((designEffect * Math.log(1 - upperTail(confidence))) / Math.log1p(-rate));
}

/**
 * Transfers of each strategy that tell two rates apart, times the design effect. Blocks are taken to be many: a few
 * need more, see `detectableDifference`.
 * Source: Fleiss, Statistical Methods for Rates and Proportions, 2nd ed., §3.2 (without continuity correction).
 * @throws RangeError unless both are 0 … 1 and they differ
 */
export function transfersToTellApart(a: number, b: number, options: PowerOptions = {}): number {
  for (const rate of [a, b]) checkRate(rate, 0 <= rate && rate <= 1 && a !== b);
  const {
    power = DEFAULT_POWER,
    significance = SIGNIFICANCE,
    designEffect = ASSUMED_DESIGN_EFFECT,
  } = options;
  const mean = (a + b) / 2;
  const ifEqual = twoSidedZ(significance) * Math.sqrt(2 * mean * (1 - mean));
  const ifApart = normalQuantile(power) * Math.sqrt(a * (1 - a) + b * (1 - b));
  return Math.ceil((designEffect * (ifEqual + ifApart) ** 2) / (a - b) ** 2);
}

/**
 * The smallest differences from a baseline's rate that a plan would find. Reckoned with normal blocks, so it is rough
 * where a block holds next to no failures. `fewer` is null where even no failures at all would not be told, both are
 * null where the blocks are too few for any claim (`blocksForHolm`).
 * @throws RangeError unless 0 ≤ rate ≤ 1
 */
export function detectableDifference(
  rate: number,
  { blocks, transfersPerBlock, comparisons }: PlannedBlocks,
  options: PowerOptions = {},
): DetectableDifference {
  checkRate(rate, 0 <= rate && rate <= 1);
  const {
    power = DEFAULT_POWER,
    significance = SIGNIFICANCE,
    designEffect = ASSUMED_DESIGN_EFFECT,
  } = options;
  if (blocks < blocksForHolm(comparisons, significance)) return { fewer: null, more: null };
  const inDeviations = detectableShift(blocks, significance / comparisons, power);
  // δ² = v·(p(1-p) + (p+δ)(1-p-δ)) with v = shift² × design effect / transfers: quadratic in δ, one root on each side.
  const v = (inDeviations ** 2 * designEffect) / transfersPerBlock;
  const linear = v * (1 - 2 * rate);
  const root = Math.sqrt(linear ** 2 + 8 * v * (1 + v) * rate * (1 - rate));
  const more = (linear + root) / (2 * (1 + v));
  const fewer = (root - linear) / (2 * (1 + v));
  return {
    fewer: fewer > 0 && fewer <= rate ? fewer : null,
    more: more > 0 && more <= 1 - rate ? more : null,
  };
}

/**
 * The mean of normal differences, in their standard deviations, that the sign-flip test over `blocks` finds. Where only
 * the smallest p value is small enough, all blocks must differ the same way: Φ(shift)^R. Otherwise it is nearly the t
 * test (simulated: a tenth too low where the two smallest are, then less and less).
 */
function detectableShift(blocks: number, significance: number, power: number): number {
  // The p values are the multiples of the smallest, and that of very many blocks is not a number to divide by.
  const step = Math.max(smallestPValue(blocks), Number.EPSILON);
  if (step > significance / 2) return normalQuantile(power ** (1 / blocks));
  const attained = significance - (significance % step);
  const degrees = blocks - 1;
  return (tQuantile(1 - attained / 2, degrees) + tQuantile(power, degrees)) / Math.sqrt(blocks);
}

function checkRate(rate: number, possible: boolean): void {
  if (!possible) throw new RangeError(`not a failure rate to reckon with: ${rate}`);
}
