// Intervals for one proportion and for the difference of two, from counts of independent trials.
import { betaQuantile, DEFAULT_CONFIDENCE, normalQuantile, upperTail } from './distributions.ts';

/** Lower and upper limit, both inclusive. */
export type Interval = readonly [low: number, high: number];

export interface ConfidenceOptions {
  /** Two-sided; .95 unless set. */
  readonly confidence?: number;
}

export interface WilsonOptions extends ConfidenceOptions {
  /** Takes the place of the normal quantile, for example a t quantile where the variance was estimated. */
  readonly criticalValue?: number;
}

/** A rate with its own interval, whatever the method that made it. */
export interface Estimate {
  readonly rate: number;
  readonly interval: Interval;
}

/**
 * Wilson's score interval for x of n. Neither need be whole: an effective size is allowed.
 * Source: Wilson 1927; Newcombe, Statistics in Medicine 17 (1998) 857, method 3.
 * @throws RangeError unless 0 ≤ x ≤ n and n > 0
 */
export function wilson(x: number, n: number, options: WilsonOptions = {}): Interval {
  checkCounts(x, n);
  const z = options.criticalValue ?? normalQuantile(upperTail(options.confidence ?? DEFAULT_CONFIDENCE));
  const p = x / n;
  const z2 = z * z;
  const centre = (x + z2 / 2) / (n + z2);
  const halfWidth = (z / (n + z2)) * Math.sqrt(n * p * (1 - p) + z2 / 4);
  // The limits at 0 and 1 are exact; the subtraction is not.
  return [x === 0 ? 0 : Math.max(0, centre - halfWidth), x === n ? 1 : Math.min(1, centre + halfWidth)];
}

/**
 * Clopper and Pearson's exact interval for x of n: never too short, so the one to claim "no failures" with.
 * For x = 0 its upper limit is 1 - (α/2)^(1/n).
 * Source: Biometrika 26 (1934) 404, in the beta form.
 * @throws RangeError unless 0 ≤ x ≤ n and n > 0
 */
export function clopperPearson(x: number, n: number, options: ConfidenceOptions = {}): Interval {
  checkCounts(x, n);
  const upper = upperTail(options.confidence ?? DEFAULT_CONFIDENCE);
  const edge = (1 - upper) ** (1 / n);
  if (x === 0) return [0, 1 - edge];
  if (x === n) return [edge, 1];
  return [betaQuantile(1 - upper, x, n - x + 1), betaQuantile(upper, x + 1, n - x)];
}

/**
 * Newcombe's hybrid score interval for x1/n1 - x2/n2.
 * Source: Newcombe, Statistics in Medicine 17 (1998) 873, method 10.
 * @throws RangeError unless 0 ≤ x ≤ n and n > 0 on both sides
 */
export function newcombe(
  x1: number,
  n1: number,
  x2: number,
  n2: number,
  options: WilsonOptions = {},
): Interval {
  return differenceInterval(
    { rate: x1 / n1, interval: wilson(x1, n1, options) },
    { rate: x2 / n2, interval: wilson(x2, n2, options) },
  );
}

/**
 * The interval of a.rate - b.rate out of the two intervals: Newcombe's step, which holds for any pair of them
 * (MOVER: Zou and Donner, Statistics in Medicine 27 (2008) 1693).
 */
export function differenceInterval(a: Estimate, b: Estimate): Interval {
  const difference = a.rate - b.rate;
  const below = Math.hypot(a.rate - a.interval[0], b.interval[1] - b.rate);
  const above = Math.hypot(a.interval[1] - a.rate, b.rate - b.interval[0]);
  return [Math.max(-1, difference - below), Math.min(1, difference + above)];
}

function checkCounts(x: number, n: number): void {
  if (n > 0 && x >= 0 && x <= n && Number.isFinite(n)) return;
  throw new RangeError(`not a count out of a total: ${x} of ${n}`);
}
