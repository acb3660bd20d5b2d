// Quantiles of times from blocks, and the ratio of two of them; a failure is a time without end.
import { blockedProportion } from './blocks.ts';
import { expandedTail } from './bootstrap.ts';
import { DEFAULT_CONFIDENCE, tQuantile, upperTail } from './distributions.ts';
import { type ConfidenceOptions, type Interval, wilson } from './proportion.ts';
import type { Random } from './random.ts';
import { type TimeMs, type TimesBlock, type TimesTable, timesTable } from './times.ts';

export type TimeInterval = readonly [low: TimeMs, high: TimeMs];

/**
 * The intervals of quantiles of all blocks together, each the wider of two. Woodruff's: where the true quantile stands
 * among the measured times is a proportion, so its interval is the blocked proportion's (Wilson's, at the effective size
 * that the blocks show at the quantile, with t on their number less one), read back as times. And the jackknife's that
 * leaves out one block after another, on the logarithm, which sees better how far apart blocks of different pace are.
 *
 * Null below two blocks, and where so few transfers took longer that the longest one measured does not bound it: a p99
 * takes some 400 independent transfers.
 * Sources: Woodruff, Journal of the American Statistical Association 47 (1952) 635; Kott, Journal of Official Statistics
 * 17 (2001) 521.
 */
export function quantileIntervals(
  blocks: readonly TimesBlock[],
  quantiles: readonly number[],
  options: ConfidenceOptions = {},
): (TimeInterval | null)[] {
  const table = timesTable(blocks);
  const used = allOf(table).filter((block) => table.finished(block) > 0);
  return quantiles.map((q) => {
    const [woodruffs, jackknifes] = [woodruff(table, used, q, options), jackknife(table, used, q, options)];
    return woodruffs && jackknifes ? widest(woodruffs, jackknifes) : woodruffs;
  });
}

function woodruff(
  table: TimesTable,
  used: readonly number[],
  q: number,
  options: ConfidenceOptions,
): TimeInterval | null {
  const middle = table.quantile(used, q);
  if (middle === undefined) return null;
  const counts = used.map((block) => ({
    failed: table.longer(block, middle),
    finished: table.finished(block),
  }));
  const { effectiveSize } = blockedProportion(counts, options);
  if (effectiveSize === null) return null;
  const criticalValue = studentsT(used.length, options);
  const [fewest, most] = wilson((1 - q) * effectiveSize, effectiveSize, { criticalValue });
  // The longest of n times is below the quantile with a chance of q^n: not before the next one would be, too, is it a limit.
  if (fewest * effectiveSize < 1) return null;
  const [low, high] = [table.quantile(used, 1 - most), table.quantile(used, 1 - fewest)];
  return low === undefined || high === undefined ? null : [low, high];
}

/** Null where failures are near: a time without end has no logarithm. */
function jackknife(
  table: TimesTable,
  used: readonly number[],
  q: number,
  options: ConfidenceOptions,
): TimeInterval | null {
  const logOf = (chosen: readonly number[]) => logOfTime(table.quantile(chosen, q));
  const [whole, without] = [logOf(used), used.map((left) => logOf(used.filter((block) => block !== left)))];
  if (!Number.isFinite(whole) || !without.every(Number.isFinite)) return null;
  const mean = without.reduce((sum, one) => sum + one, 0) / used.length;
  const squares = without.reduce((sum, one) => sum + (one - mean) ** 2, 0);
  const halfWidth = studentsT(used.length, options) * Math.sqrt((squares * (used.length - 1)) / used.length);
  return [Math.exp(whole - halfWidth), Math.exp(whole + halfWidth)];
}

function studentsT(blocks: number, { confidence = DEFAULT_CONFIDENCE }: ConfidenceOptions): number {
  return tQuantile(upperTail(confidence), blocks - 1);
}

function widest(a: TimeInterval, b: TimeInterval): TimeInterval {
  return [longerOf(a[0], b[0]) === a[0] ? b[0] : a[0], longerOf(a[1], b[1])];
}

function longerOf(a: TimeMs, b: TimeMs): TimeMs {
  return a === 'failed' || b === 'failed' ? 'failed' : Math.max(a, b);
}

/** Two blocks that stood under the same conditions. */
export interface TimesPair {
  readonly baseline: TimesBlock;
  readonly candidate: TimesBlock;
}

export interface QuantileRatio {
  /**
   * The logarithm of candidate / baseline; without bound where one of them falls among failures, null where both do or
   * nothing finished.
   */
  readonly logRatio: number | null;
  /** Null with it, and below two pairs. */
  readonly interval: Interval | null;
  /** The logarithm of each pair by itself. */
  readonly each: readonly number[];
}

const RESAMPLES = 9999;

/**
 * The ratio of two quantiles. Its interval comes from the paired block bootstrap, percentiles expanded for few blocks,
 * as for failure rates.
 * Source: Hesterberg, The American Statistician 69 (2015) 371, §4.
 */
export function quantileRatio(
  pairs: readonly TimesPair[],
  q: number,
  random: Random,
  options: ConfidenceOptions = {},
): QuantileRatio {
  const [from, to] = [
    timesTable(pairs.map(({ baseline }) => baseline)),
    timesTable(pairs.map(({ candidate }) => candidate)),
  ];
  const used = allOf(from).filter((pair) => from.finished(pair) > 0 && to.finished(pair) > 0);
  const logRatioOf = (chosen: readonly number[]) =>
    logRatioOfTimes(from.quantile(chosen, q), to.quantile(chosen, q));
  const logRatio = logRatioOf(used);
  const each = used.map((pair) => logRatioOf([pair]));
  if (used.length === 0 || bothFailed(from.quantile(used, q), to.quantile(used, q))) {
    return { logRatio: null, interval: null, each };
  }
  if (used.length < 2) return { logRatio, interval: null, each };
  const drawn = Float64Array.from({ length: RESAMPLES }, () =>
    logRatioOf(used.map(() => used[random.integer(used.length)] as number)),
  ).sort();
  const tail = expandedTail(used.length, options.confidence ?? DEFAULT_CONFIDENCE);
  const rank = Math.max(0, Math.floor(tail * (RESAMPLES + 1)) - 1);
  return { logRatio, interval: [drawn[rank] as number, drawn[RESAMPLES - 1 - rank] as number], each };
}

/** Two that both take for ever are alike. */
function logRatioOfTimes(from: TimeMs | undefined, to: TimeMs | undefined): number {
  return bothFailed(from, to) ? 0 : logOfTime(to) - logOfTime(from);
}

/** Times count whole microseconds, and 0 has no logarithm. */
const LEAST_MS = 0.001;

function logOfTime(time: TimeMs | undefined): number {
  return time === 'failed' ? Number.POSITIVE_INFINITY : Math.log(Math.max(LEAST_MS, time ?? Number.NaN));
}

function bothFailed(from: TimeMs | undefined, to: TimeMs | undefined): boolean {
  return from === 'failed' && to === 'failed';
}

function allOf({ blocks }: TimesTable): number[] {
  return Array.from({ length: blocks }, (_, block) => block);
}
