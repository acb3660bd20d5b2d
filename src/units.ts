// Durations, sizes and numbers of things as people write them: `800ms`, `30s`, `2m`, `4KiB`, `16`.
import { MAX_TIMER_MS } from './clock.ts';
import { UsageError } from './errors.ts';
import { quoted } from './quoted.ts';

const MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000 };
const DAY_MS = 24 * 3_600_000;
const BYTES: Readonly<Record<string, number>> = {
  B: 1,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  kB: 1e3,
  MB: 1e6,
};

/**
 * Milliseconds of `800ms`, `1.5s`, `2m`; a bare 0 needs no unit. No longer than a timer can wait: Node's end at once
 * when they are asked for more. @throws UsageError
 */
export function parseDurationMs(text: string): number {
  const ms = parseQuantity(text, MS, 'a duration such as 800ms, 30s or 2m');
  if (ms <= MAX_TIMER_MS) return ms;
  throw new UsageError(
    `${quoted(text)} is longer than ${Math.floor(MAX_TIMER_MS / DAY_MS)} days, which no timer can wait`,
  );
}

/** Bytes of `10B`, `4KiB`, `1.5MiB`; a bare number is bytes. @throws UsageError */
export function parseBytes(text: string): number {
  const digitsAlone = /^\d+$/.test(text) ? `${text}B` : text;
  const bytes = Math.round(parseQuantity(digitsAlone, BYTES, 'a size such as 4KiB or 1MiB'));
  if (bytes <= Number.MAX_SAFE_INTEGER) return bytes;
  throw new UsageError(`${quoted(text)} is more bytes than there are`);
}

function parseQuantity(text: string, units: Readonly<Record<string, number>>, wanted: string): number {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?|\.\d+)\s*([A-Za-z]*)$/.exec(text) ?? [];
  const factor = units[unit] ?? (Number(digits) === 0 && unit === '' ? 1 : undefined);
  if (digits === undefined || factor === undefined) throw new UsageError(`${quoted(text)} is not ${wanted}`);
  // 518.8 s is 518 800 ms, which binary fractions miss by a hair.
  return Number((Number(digits) * factor).toFixed(6));
}

/** A whole number. @throws UsageError */
export function readCount(min: number, max = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    const range = max === Number.MAX_SAFE_INTEGER ? `of ${min} or more` : `from ${min} to ${max}`;
    throw new UsageError(`${quoted(text)} is not a whole number ${range}`);
  };
}

/** `12`, `0.5` or `.5`: the one form of every number that need not be whole. NaN for hex, exponents, signs, spaces. */
export function readDecimal(text: string): number {
  return /^(?:\d+(?:\.\d+)?|\.\d+)$/.test(text) ? Number(text) : Number.NaN;
}

/** The shortest of these forms that reads back as the same number. */
export function formatDuration(ms: number): string {
  if (ms >= 3_600_000 && ms % 3_600_000 === 0) return `${ms / 3_600_000}h`;
  if (ms >= 60_000 && ms % 60_000 === 0) return `${ms / 60_000}m`;
  return ms >= 1000 && ms % 100 === 0 ? `${ms / 1000}s` : `${ms}ms`;
}

export function formatBytes(bytes: number): string {
  if (bytes >= BYTES_PER_GIB && bytes % BYTES_PER_GIB === 0) return `${bytes / BYTES_PER_GIB}GiB`;
  if (bytes >= BYTES_PER_MIB && bytes % BYTES_PER_MIB === 0) return `${bytes / BYTES_PER_MIB}MiB`;
  return bytes >= 1024 && bytes % 1024 === 0 ? `${bytes / 1024}KiB` : `${bytes}B`;
}

const BYTES_PER_MIB = 1024 ** 2;
const BYTES_PER_GIB = 1024 ** 3;
