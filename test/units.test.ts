// Durations and sizes: what is printed reads back, and nonsense gets one line.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { UsageError } from '../src/errors.ts';
import { formatBytes, formatDuration, parseBytes, parseDurationMs } from '../src/units.ts';

describe('durations', () => {
  it.each([
    ['800ms', 800],
    ['1.5s', 1500],
    ['518.8s', 518_800],
    ['2m', 120_000],
    ['1h', 3_600_000],
    ['0', 0],
  ])('%s is %d ms', (text, ms) => expect(parseDurationMs(text)).toBe(ms));

  it.each([
    [7_200_000, '2h'],
    [5_400_000, '90m'],
    [90_000, '90s'],
  ])('%d ms are printed in the largest unit that divides them: %s', (ms, text) =>
    expect(formatDuration(ms)).toBe(text),
  );

  it('read back as printed', () => {
    fc.assert(fc.property(fc.nat(1e9), (ms) => expect(parseDurationMs(formatDuration(ms))).toBe(ms)));
    // Tenths of a second are printed as seconds with a fraction.
    fc.assert(
      fc.property(fc.nat(1e7), (n) => expect(parseDurationMs(formatDuration(100 * n))).toBe(100 * n)),
    );
  });

  it.each(['', '5', 'fast', '-1s', '1 fortnight', 'NaNms'])("refuses '%s'", (text) => {
    expect(() => parseDurationMs(text)).toThrow(UsageError);
  });
});

describe('sizes', () => {
  it.each([
    ['4KiB', 4096],
    ['10', 10],
    ['10B', 10],
    ['1.5MiB', 1_572_864],
    ['1MB', 1_000_000],
  ])('%s is %d bytes', (text, bytes) => expect(parseBytes(text)).toBe(bytes));

  it('read back as printed', () => {
    fc.assert(fc.property(fc.nat(2 ** 31), (bytes) => expect(parseBytes(formatBytes(bytes))).toBe(bytes)));
  });

  it.each(['', '4kb', '-4KiB', '4 KiB each'])("refuses '%s'", (text) => {
    expect(() => parseBytes(text)).toThrow(UsageError);
  });
});
