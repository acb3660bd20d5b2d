// OpenMetrics text: held against the rules of the 1.0 specification by a reader of its own, and against the result.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatOpenMetrics } from '../../../src/report/export/openmetrics.ts';
import type { RunResult } from '../../../src/result/types.ts';
import { sampleBlock, samplePlan, sampleResult } from '../sample-result.ts';

interface ReadSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const METADATA = /^# (TYPE|UNIT|HELP) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)$/;
const LABEL = '[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\[\\\\"n])*"';
const SAMPLE = new RegExp(`^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(${LABEL}(?:,${LABEL})*)\\})? (\\S+)$`);
const NUMBER = /^(?:[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|[+-]Inf|NaN)$/;
/** Only what the older text format knows, too: its readers refuse a type of `info`. */
const SUFFIX: Readonly<Record<string, string>> = { counter: '_total', gauge: '' };

/** Reads a whole exposition; every rule that it breaks is an error. */
function read(text: string): ReadSample[] {
  expect(text.endsWith('\n# EOF\n')).toBe(true); // "EOF MUST be at the end", and every line ends with a line feed
  expect(text).not.toContain('\r');
  const seen = new Set<string>();
  const series = new Set<string>();
  let family: Record<string, string> = {};
  const samples: ReadSample[] = [];
  for (const line of text.slice(0, -'# EOF\n'.length).trimEnd().split('\n')) {
    const [, keyword, name = '', value = ''] = METADATA.exec(line) ?? [];
    if (keyword !== undefined) family = takeMetadata(family, seen, { keyword, name, value });
    else samples.push(readSample(line, family, series));
  }
  return samples;
}

function takeMetadata(
  family: Record<string, string>,
  seen: Set<string>,
  { keyword, name, value }: { keyword: string; name: string; value: string },
): Record<string, string> {
  if (family.name === name) {
    expect(family[keyword]).toBeUndefined(); // "MUST NOT be more than one of each type of metadata line"
    if (keyword === 'UNIT') expect(name.endsWith(`_${value}`)).toBe(true); // "the unit MUST be the suffix of the name"
    return { ...family, [keyword]: value };
  }
  expect(seen).not.toContain(name); // "metric families MUST NOT be interleaved", nor come twice
  expect(keyword).toBe('TYPE');
  expect(SUFFIX[value]).toBeDefined();
  seen.add(name);
  return { name, TYPE: value };
}

function readSample(line: string, family: Record<string, string>, series: Set<string>): ReadSample {
  const [, name = '', labelText = '', value = ''] = SAMPLE.exec(line) ?? [];
  expect({ line, name }).toEqual({ line, name: `${family.name}${SUFFIX[family.TYPE ?? '']}` });
  expect(family.HELP).toBeDefined();
  expect(value).toMatch(NUMBER);
  expect(series).not.toContain(`${name}{${labelText}}`); // the same series twice
  series.add(`${name}{${labelText}}`);
  const labels = [...labelText.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key = '', raw = '']) => {
    return [key, raw.replace(/\\(.)/g, (_, escaped) => (escaped === 'n' ? '\n' : escaped))] as const;
  });
  expect(new Set(labels.map(([key]) => key)).size).toBe(labels.length);
  const number = value.endsWith('Inf') ? Number(`${value}inity`) : Number(value);
  if (family.TYPE === 'counter') expect(number).toBeGreaterThanOrEqual(0); // "non-NaN, non-negative"
  return { name, labels: Object.fromEntries(labels), value: number };
}

function sampledValue(
  result: RunResult,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const own = read(formatOpenMetrics(result)).filter((sample) => sample.name === name);
  const found = own.filter((sample) =>
    Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
  );
  expect(found.length).toBeLessThanOrEqual(1);
  return found[0]?.value;
}

describe('formatOpenMetrics', () => {
  const sample = sampleResult();
  const place = { scenario: 'downloads-8', contestant: 'legacy', binder: 'legacy' };

  it.each([
    ['port20_transfers_total', { ...place, outcome: 'failed' }, 1126],
    ['port20_transfers_total', { ...place, outcome: 'completed' }, 28],
    ['port20_failures_total', { ...place, failure: 'bind.EADDRINUSE' }, 1126],
    [
      'port20_data_connections_total',
      { ...place, contestant: 'ephemeral', binder: 'ephemeral', source: 'default-data-port' },
      0,
    ],
    ['port20_blocks_total', { ...place, state: 'counted' }, 8],
    ['port20_failure_ratio', place, 1126 / 1154],
    ['port20_wait_to_bind_seconds', { ...place, quantile: '0.99' }, Number.POSITIVE_INFINITY],
    [
      'port20_transfer_time_seconds',
      { ...place, contestant: 'reuse-port', binder: 'reuse-port', quantile: '0.5' },
      expect.closeTo(0.003, 4),
    ],
    [
      'port20_transfer_time_seconds',
      { ...place, contestant: 'reuse-port', binder: 'reuse-port', quantile: '0.999' },
      expect.closeTo(0.006, 4),
    ],
    [
      'port20_transfer_time_interval_seconds',
      { ...place, contestant: 'reuse-port', binder: 'reuse-port', quantile: '0.9', bound: 'lower' },
      expect.closeTo(0.0054, 4),
    ],
    [
      'port20_longest_transfer_seconds',
      { ...place, contestant: 'reuse-port', binder: 'reuse-port' },
      expect.closeTo(0.006, 4),
    ],
    [
      'port20_bytes_per_second',
      { ...place, contestant: 'reuse-port', binder: 'reuse-port' },
      expect.closeTo((53_159 * 4096) / 40, 3),
    ],
    ['port20_peak_sockets', { ...place, contestant: 'reuse-port', binder: 'reuse-port' }, 8],
    ['port20_run_info', { plan: 'collisions', version: '0.1.0' }, 1],
    ['port20_run_start_time_seconds', {}, Date.UTC(2026, 1, 20, 9) / 1000],
    ['port20_run_duration_seconds', {}, 390],
    ['port20_run_valid', {}, 1],
  ])('%s %j', (name, labels, value) => {
    expect(sampledValue(sample, name, labels)).toEqual(value);
  });

  it('names everything port20_', () => {
    const names = read(formatOpenMetrics(sample)).map(({ name }) => name);
    expect(names.filter((name) => !name.startsWith('port20_'))).toEqual([]);
  });

  it('has no sample of what was not measured, and counts invalid blocks apart', () => {
    const blocks = [
      sampleBlock({ bindCalls: null, serverView: false }),
      sampleBlock({ index: 1, valid: false }),
    ];
    const result = sampleResult({ blocks, valid: false });
    const own = { scenario: 'downloads-64', contestant: 'reuse-port', binder: 'reuse-port' };
    expect(sampledValue(result, 'port20_binds_per_transfer', own)).toBeUndefined();
    expect(sampledValue(result, 'port20_blocks_total', { ...own, state: 'invalid' })).toBe(1);
    expect(sampledValue(result, 'port20_run_valid')).toBe(0);
  });

  it('of a run without a counted block there is the run itself', () => {
    const names = read(formatOpenMetrics(sampleResult({ blocks: [], valid: false }))).map(({ name }) => name);
    expect(names.every((name) => name.startsWith('port20_run_'))).toBe(true);
  });

  it('gives back any name', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('"', '\\n', '\n', '\\')),
        (drawn) => {
          const name = drawn.replaceAll('\r', ' '); // the reader above takes lines only
          const result = { ...sample, strategies: [], requested: samplePlan({ name }) };
          expect(sampledValue(result, 'port20_run_info', { plan: name })).toBe(1);
        },
      ),
    );
  });
});
