// Times, sizes and weights as people write them: `exponential(20ms)`, `lognormal(4KiB, 1.5, 1MiB)`, `retr:8,stor:1`.
import { UsageError } from '../errors.ts';
import { quoted } from '../quoted.ts';
import { formatBytes, formatDuration, parseBytes, parseDurationMs, readDecimal } from '../units.ts';
import type { SizeDistribution, TimeDistribution, Weighted } from './types.ts';

/** `20ms`, `exponential(20ms)` or `uniform(10ms, 30ms)`. @throws UsageError */
export function parseTimeDistribution(text: string): TimeDistribution {
  const call = readCall(text);
  if (call === undefined) return { kind: 'fixed', ms: parseDurationMs(text) };
  const [first = '', second = ''] = call.args;
  if (call.name === 'exponential' && call.args.length === 1) {
    return { kind: 'exponential', meanMs: parseDurationMs(first) };
  }
  if (call.name === 'uniform' && call.args.length === 2) {
    const [minMs, maxMs] = [parseDurationMs(first), parseDurationMs(second)];
    if (minMs <= maxMs) return { kind: 'uniform', minMs, maxMs };
  }
  throw new UsageError(
    `${quoted(text)} is not a time such as 20ms, exponential(20ms) or uniform(10ms, 30ms)`,
  );
}

export function formatTimeDistribution(time: TimeDistribution): string {
  switch (time.kind) {
    case 'fixed':
      return formatDuration(time.ms);
    case 'exponential':
      return `exponential(${formatDuration(time.meanMs)})`;
    case 'uniform':
      return `uniform(${formatDuration(time.minMs)}, ${formatDuration(time.maxMs)})`;
    default:
      return time satisfies never;
  }
}

/** `4KiB`, `4KiB:9,1MiB:1` (sizes by weight) or `lognormal(4KiB, 1.5, 1MiB)` (median, sigma, largest). @throws UsageError */
export function parseSizeDistribution(text: string): SizeDistribution {
  const call = readCall(text);
  if (call === undefined) return parseSizes(text);
  const [median = '', sigma = '', largest = ''] = call.args;
  const deviation = readDecimal(sigma);
  if (call.name === 'lognormal' && call.args.length === 3 && deviation > 0) {
    const [medianBytes, maxBytes] = [parseBytes(median), parseBytes(largest)];
    if (medianBytes > 0 && medianBytes <= maxBytes) {
      return { kind: 'lognormal', medianBytes, sigma: deviation, maxBytes };
    }
  }
  throw new UsageError(
    `${quoted(text)} is not a size such as 4KiB, 4KiB:9,1MiB:1 or lognormal(4KiB, 1.5, 1MiB)`,
  );
}

function parseSizes(text: string): SizeDistribution {
  if (!/[:,]/.test(text)) return { kind: 'fixed', bytes: parseBytes(text) };
  const of = parseWeights(text, parseBytes);
  const [only] = of;
  return of.length === 1 && only !== undefined
    ? { kind: 'fixed', bytes: only.value }
    : { kind: 'choice', of };
}

export function formatSizeDistribution(size: SizeDistribution): string {
  switch (size.kind) {
    case 'fixed':
      return formatBytes(size.bytes);
    case 'choice':
      return formatWeights(size.of, formatBytes);
    case 'lognormal':
      return `lognormal(${formatBytes(size.medianBytes)}, ${size.sigma}, ${formatBytes(size.maxBytes)})`;
    default:
      return size satisfies never;
  }
}

/** `a:3,b` is a three times as often as b; what is named twice is an error. @throws UsageError */
export function parseWeights<T>(text: string, read: (text: string) => T): Weighted<T>[] {
  const entries = text.split(',').map((part) => {
    const [name = '', weight = '1', ...more] = part.split(':').map((piece) => piece.trim());
    const number = readDecimal(weight);
    if (more.length > 0 || !(number > 0 && Number.isFinite(number))) {
      throw new UsageError(`${quoted(part.trim())} is not a name and a weight above 0, such as retr:8`);
    }
    return { value: read(name), weight: number };
  });
  const twice = entries.find(({ value }, i) => entries.findIndex((other) => other.value === value) !== i);
  if (twice !== undefined) throw new UsageError(`${quoted(text)} names ${twice.value} twice`);
  return entries;
}

export function formatWeights<T>(entries: readonly Weighted<T>[], name: (value: T) => string): string {
  const [first] = entries;
  if (entries.length === 1 && first?.weight === 1) return name(first.value);
  return entries.map(({ value, weight }) => `${name(value)}:${weight}`).join(',');
}

/** `name(a, b)`; undefined for what has no parentheses. */
function readCall(text: string): { name: string; args: string[] } | undefined {
  const [, name, inner] = /^\s*(\w+)\s*\(([^()]*)\)\s*$/.exec(text) ?? [];
  if (name === undefined || inner === undefined) return undefined;
  return { name, args: inner.split(',').map((arg) => arg.trim()) };
}
