// Quantiles of the normal, t and beta distributions: the numerics are jstat's.
import jStat from 'jstat';

/** Two-sided confidence of every interval unless a caller asks for another. */
export const DEFAULT_CONFIDENCE = 0.95;

/** z with P(Z ≤ z) = p. */
export function normalQuantile(p: number): number {
  return jStat.normal.inv(p, 0, 1);
}

/** z with P(|Z| ≥ z) = p. */
export function twoSidedZ(p: number): number {
  return normalQuantile(1 - p / 2);
}

/** P(Z ≤ z) of the standard normal distribution. */
export function normalCdf(z: number): number {
  return jStat.normal.cdf(z, 0, 1);
}

/** t with P(T ≤ t) = p at `degreesOfFreedom` ≥ 1. */
export function tQuantile(p: number, degreesOfFreedom: number): number {
  return jStat.studentt.inv(p, degreesOfFreedom);
}

/** x with P(X ≤ x) = p for X ~ Beta(alpha, beta). */
export function betaQuantile(p: number, alpha: number, beta: number): number {
  return jStat.beta.inv(p, alpha, beta);
}

/** The point that leaves half of what `confidence` does not cover in the upper tail: .95 → .975. */
export function upperTail(confidence: number): number {
  return (1 + confidence) / 2;
}
