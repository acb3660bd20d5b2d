// A straight line through points by least squares, and how sure its slope is.
import { DEFAULT_CONFIDENCE, tQuantile, upperTail } from './distributions.ts';
import type { ConfidenceOptions, Interval } from './proportion.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface LinearFit {
  /** Change of y for one more x. */
  readonly slope: number;
  readonly intercept: number;
  /** Of the slope: Student's t with n - 2 degrees of freedom. */
  readonly interval: Interval;
}

/**
 * Ordinary least squares. The interval takes the errors for independent and of one size; where the points bend away
 * from a line it is too wide rather than too narrow, for the bend counts as error.
 * Source: Draper and Smith, Applied Regression Analysis, 3rd ed., §1.4.
 * @throws RangeError for fewer than three points, or when all have the same x
 */
export function linearFit(points: readonly Point[], options: ConfidenceOptions = {}): LinearFit {
  const count = points.length;
  if (count < 3) throw new RangeError(`a line with an interval needs three points, not ${count}`);
  const meanX = mean(points.map(({ x }) => x));
  const meanY = mean(points.map(({ y }) => y));
  const spread = sum(points.map(({ x }) => (x - meanX) ** 2));
  if (spread === 0) throw new RangeError('a line needs points at more than one x');
  const slope = sum(points.map(({ x, y }) => (x - meanX) * (y - meanY))) / spread;
  const intercept = meanY - slope * meanX;
  const residuals = sum(points.map(({ x, y }) => (y - intercept - slope * x) ** 2));
  const standardError = Math.sqrt(residuals / (count - 2) / spread);
  const halfWidth = tQuantile(upperTail(options.confidence ?? DEFAULT_CONFIDENCE), count - 2) * standardError;
  return { slope, intercept, interval: [slope - halfWidth, slope + halfWidth] };
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
