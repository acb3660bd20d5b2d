// Numbers as text, one way in every report. A thin space would be nicer between thousands; a plain one copies and greps.
import type { Interval } from '../../stats/proportion.ts';
import type { TimeInterval } from '../../stats/quantiles.ts';

/** Stands where there is no number. */
export const NO_VALUE = '–';

/** `12 345`. */
export function formatCount(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ' ');
}

/** `98.3 %`, `0.012 %`: one decimal, and as many more as it takes to tell a rate from 0 % and from 100 %. */
export function formatPercent(rate: number | null): string {
  return rate === null ? NO_VALUE : `${percentDigits(rate)} %`;
}

/** `97.1–99.2`, in per cent. */
export function formatInterval(interval: Interval | null): string {
  return interval === null ? NO_VALUE : `${percentDigits(interval[0])}–${percentDigits(interval[1])}`;
}

/** A difference of two rates in percentage points, always with its sign: `+1.2`, `-98.3`, `0`. */
export function formatPoints(difference: number | null): string {
  if (difference === null) return NO_VALUE;
  const digits = percentDigits(Math.abs(difference));
  return difference === 0 ? '0' : `${difference < 0 ? '-' : '+'}${digits}`;
}

/** `-99.1 to -97.0`, in percentage points. */
export function formatPointsInterval(interval: Interval | null): string {
  return interval === null ? NO_VALUE : `${formatPoints(interval[0])} to ${formatPoints(interval[1])}`;
}

/** `0.31 ms`, `1.2 ms`, `610 ms`, `1.2 s`, `55 s`. */
export function formatMs(ms: number): string {
  if (ms === 0) return '0 ms';
  if (ms < 0.01) return '<0.01 ms';
  if (ms < 9.95) return `${significant(ms, 2)} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  return ms < 9_950 ? `${significant(ms / 1000, 2)} s` : `${formatCount(ms / 1000)} s`;
}

/** `11–14 ms`, `980 ms–1.2 s`, `40 ms–failed`: the unit once where both ends have the same. */
export function formatMsInterval(interval: TimeInterval | null): string {
  if (interval === null) return NO_VALUE;
  const [low, high] = interval.map((end) => (end === 'failed' ? end : formatMs(end))) as [string, string];
  if (low === 'failed') return low;
  const [, number, unit] = /^(.*) (\S+)$/.exec(low) ?? [];
  return high.endsWith(` ${unit}`) ? `${number}–${high}` : `${low}–${high}`;
}

/** A span of time that a person waits for: `500 ms`, `5 s`, `1 min 5 s`, `2 h 3 min`. */
export function formatTimeSpan(ms: number): string {
  if (ms < 60_000) return ms % 1000 === 0 ? `${ms / 1000} s` : formatMs(ms);
  const seconds = Math.round(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return joined(`${minutes} min`, seconds % 60, 's');
  return joined(`${Math.floor(minutes / 60)} h`, minutes % 60, 'min');
}

/** `10 B`, `4 KiB`, `1.5 MiB`. */
export function formatSize(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** power;
  return `${Number.isInteger(value) ? value : significant(value, Math.max(2, wholeDigits(value)))} ${units[power]}`;
}

/** Per second, or any ratio: `5 612`, `22.4`, `0.41`, `0`. */
export function formatRatio(ratio: number | null): string {
  if (ratio === null) return NO_VALUE;
  if (ratio >= 99.95) return formatCount(ratio);
  return ratio >= 1 || ratio === 0 ? String(Number(ratio.toFixed(1))) : String(Number(ratio.toPrecision(2)));
}

/** `2 480–2 870`. */
export function formatRatioInterval(interval: Interval | null): string {
  return interval === null ? NO_VALUE : interval.map(formatRatio).join('–');
}

/** `0.031`, `<0.001`. */
export function formatPValue(pValue: number | null): string {
  if (pValue === null) return NO_VALUE;
  return pValue < 0.001 ? '<0.001' : String(Number(pValue.toFixed(3)));
}

/** `1 transfer`, `2 transfers`. */
export function plural(count: number, noun: string, nouns = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : nouns}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function enumerate(items: readonly string[], conjunction = 'and'): string {
  const last = items.at(-1) ?? '';
  return items.length < 2 ? last : `${items.slice(0, -1).join(', ')} ${conjunction} ${last}`;
}

const MOST_DECIMALS = 4;

function percentDigits(rate: number): string {
  const percent = rate * 100;
  const distance = Math.min(percent, 100 - percent);
  if (distance <= 0) return percent <= 0 ? '0' : '100';
  const decimals = distance >= 0.95 ? 1 : Math.min(MOST_DECIMALS, 1 - Math.floor(Math.log10(distance)));
  if (distance < 0.5 * 10 ** -MOST_DECIMALS) return percent < 50 ? '<0.0001' : '>99.9999';
  return decimals === 1 ? percent.toFixed(1) : String(Number(percent.toFixed(decimals)));
}

/** Without the zeros that only pad: 5 and not 5.0. */
function significant(value: number, digits: number): string {
  return String(Number(value.toPrecision(digits)));
}

function wholeDigits(value: number): number {
  return Math.floor(Math.log10(value)) + 1;
}

function joined(large: string, rest: number, unit: string): string {
  return rest === 0 ? large : `${large} ${rest} ${unit}`;
}
