// Histograms: merging is recording everything at once, the encoding keeps all of it, failures take forever.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  createHistogram,
  decodeHistogram,
  encodeHistogram,
  type Histogram,
  mergeHistograms,
  quantileMs,
  recordMs,
} from '../../src/stats/histogram.ts';

const durations = fc.array(fc.double({ min: 0, max: 120_000, noNaN: true }), { maxLength: 60 });
const QUANTILES = [0.01, 0.5, 0.9, 0.99, 1];

describe('histograms', () => {
  it('merged are the same as one that recorded everything', () => {
    fc.assert(
      fc.property(fc.array(durations, { maxLength: 5 }), (parts) => {
        expectSame(mergeHistograms(parts.map(recorded)), recorded(parts.flat()));
      }),
    );
  });

  it('survive their encoding, and can be merged after it', () => {
    fc.assert(
      fc.property(durations, durations, (a, b) => {
        const decoded = decodeHistogram(encodeHistogram(recorded(a)));
        expectSame(decoded, recorded(a));
        expectSame(mergeHistograms([decoded, recorded(b)]), recorded([...a, ...b]));
      }),
    );
  });

  it('may be merged in any order and in any groups', () => {
    fc.assert(
      fc.property(durations, durations, durations, (a, b, c) => {
        const [x, y, z] = [recorded(a), recorded(b), recorded(c)];
        const merged = mergeHistograms([x, y, z]);
        expectSame(mergeHistograms([z, y, x]), merged);
        expectSame(mergeHistograms([mergeHistograms([x, y]), z]), merged);
        expectSame(mergeHistograms([x, mergeHistograms([y, z]), createHistogram()]), merged);
      }),
    );
  });

  it('keep the ones they are merged from as they were', () => {
    const part = recorded([1, 2]);
    mergeHistograms([part, recorded([3])]);
    expect(part.totalCount).toBe(2);
  });

  it('read what other HdrHistogram tools write (V2, compressed)', () => {
    expect(encodeHistogram(createHistogram())).toMatch(/^HISTFAAAA/);
    expect(() => decodeHistogram('bm90IGEgaGlzdG9ncmFt')).toThrow('only V2 is supported');
  });

  it('take impossible and endless durations for the nearest possible one', () => {
    const histogram = recorded([-5, 1e9]);
    expect(quantileMs(histogram, 0, 0.5)).toBe(0);
    expect(quantileMs(histogram, 0, 1)).toBeGreaterThan(3_596_000);
    expect(() => recordMs(histogram, Number.NaN)).toThrow('NaN');
  });
});

describe('quantileMs', () => {
  it('is null for nothing and failed for nothing but failures', () => {
    expect(quantileMs(createHistogram(), 0, 0.5)).toBeNull();
    expect(quantileMs(createHistogram(), 3, 0.5)).toBe('failed');
  });

  it('counts failures as the longest of all', () => {
    const histogram = recorded(Array.from({ length: 98 }, (_, index) => index + 1));
    expect(quantileMs(histogram, 2, 0.5)).toBeCloseTo(50, 0);
    expect(quantileMs(histogram, 2, 0.98)).toBeCloseTo(98, 0);
    expect(quantileMs(histogram, 2, 0.99)).toBe('failed');
  });

  it('is the nearest-rank quantile of all parts of a merge within .1 %', () => {
    const parts = fc.array(durations, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(parts, fc.nat(20), fc.constantFrom(...QUANTILES), (groups, failed, q) => {
        const values = groups.flat();
        const sorted = [...values].sort((a, b) => a - b);
        const rank = Math.max(1, Math.ceil(q * (values.length + failed) - 1e-9));
        const found = quantileMs(mergeHistograms(groups.map(recorded)), failed, q);
        if (values.length + failed === 0) expect(found).toBeNull();
        else if (rank > values.length) expect(found).toBe('failed');
        else
          expect(Math.abs((found as number) - (sorted[rank - 1] ?? 0))).toBeLessThanOrEqual(
            (sorted[rank - 1] ?? 0) * 0.001 + 0.0011,
          );
      }),
    );
  });
});

function recorded(values: readonly number[]): Histogram {
  const histogram = createHistogram();
  for (const value of values) recordMs(histogram, value);
  return histogram;
}

/** The encoding holds every count. */
function expectSame(actual: Histogram, expected: Histogram): void {
  expect(encodeHistogram(actual)).toBe(encodeHistogram(expected));
  expect(actual.totalCount).toBe(expected.totalCount);
  expect(QUANTILES.map((q) => quantileMs(actual, 0, q))).toEqual(
    QUANTILES.map((q) => quantileMs(expected, 0, q)),
  );
}
