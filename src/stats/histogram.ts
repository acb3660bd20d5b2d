// Durations that merge by counts: an HDR histogram in microseconds, and quantiles in which failures take forever.
import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  type Histogram,
} from 'hdr-histogram-js';

export type { Histogram };

/** Three digits: a quantile is right within .1 %. */
const SIGNIFICANT_DIGITS = 3;
/** Longer durations count as this one. It is fixed so that any two histograms have the same buckets. */
const LONGEST_US = 3_600_000_000;
const BUCKET_BITS = 32;

export function createHistogram(): Histogram {
  return build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: LONGEST_US,
    numberOfSignificantValueDigits: SIGNIFICANT_DIGITS,
    bitBucketSize: BUCKET_BITS,
    autoResize: false,
    useWebAssembly: false,
  });
}

/** Counts one duration; below 0 counts as 0. @throws RangeError for NaN */
export function recordMs(histogram: Histogram, durationMs: number): void {
  if (Number.isNaN(durationMs)) throw new RangeError('not a duration: NaN ms');
  histogram.recordValue(Math.min(LONGEST_US, Math.max(0, Math.round(durationMs * 1000))));
}

/** A new histogram with the counts of all; the given ones stay as they are. */
export function mergeHistograms(histograms: readonly Histogram[]): Histogram {
  const merged = createHistogram();
  for (const histogram of histograms) merged.add(histogram);
  return merged;
}

/** HdrHistogram's V2 encoding, compressed, in base64: other HdrHistogram tools read it too. */
export function encodeHistogram(histogram: Histogram): string {
  return encodeIntoCompressedBase64(histogram);
}

/** @throws Error when the text is not such an encoding */
export function decodeHistogram(encoded: string): Histogram {
  return decodeFromCompressedBase64(encoded, BUCKET_BITS, false);
}

/**
 * The q quantile (0 < q ≤ 1) in milliseconds of the recorded durations and `failedCount` infinitely long ones:
 * `failed` when it falls among those, null when there is nothing at all. Dropping failures would make a strategy look
 * quick for giving up.
 */
export function quantileMs(histogram: Histogram, failedCount: number, q: number): number | 'failed' | null {
  const recorded = histogram.totalCount;
  const total = recorded + failedCount;
  if (total === 0) return null;
  // .07 × 100 is 7.000000000000001: without the tolerance it would ask for the eighth.
  const rank = Math.max(1, Math.ceil(q * total * (1 - Number.EPSILON * 4)));
  if (rank > recorded) return 'failed';
  // Half a rank lower, so that rounding within the library cannot reach the next rank.
  return histogram.getValueAtPercentile(((rank - 0.5) / recorded) * 100) / 1000;
}

/** What hdr-histogram-js keeps inside and its typings do not show: a count for each of its values. */
interface Counts {
  readonly countsArrayLength: number;
  getCountAtIndex(index: number): number;
  valueFromIndex(index: number): number;
  medianEquivalentValue(value: number): number;
  highestEquivalentValue(value: number): number;
}

/** The values that were recorded, in milliseconds and ascending, each with the number of those up to it. */
export interface Recorded {
  readonly valuesMs: readonly number[];
  /** The longest that is counted as each of them, which is what `quantileMs` gives. */
  readonly longestMs: readonly number[];
  readonly cumulative: readonly number[];
}

/** What was recorded, value by value. */
export function recordedIn(histogram: Histogram): Recorded {
  const counts = histogram as unknown as Counts;
  const recorded = { valuesMs: [] as number[], longestMs: [] as number[], cumulative: [] as number[] };
  let total = 0;
  for (let index = 0; total < histogram.totalCount && index < counts.countsArrayLength; index++) {
    const count = counts.getCountAtIndex(index);
    if (count === 0) continue;
    total += count;
    const value = counts.valueFromIndex(index);
    recorded.valuesMs.push(counts.medianEquivalentValue(value) / 1000);
    recorded.longestMs.push(counts.highestEquivalentValue(value) / 1000);
    recorded.cumulative.push(total);
  }
  return recorded;
}
