// Arguments that are numbers, letters and times: what is read, and that nothing else is.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isAllocation, parseByteCount, parseChmod, parseType } from '../../src/ftp/parameters.ts';
import { formatTimeValue, parseTimeValue } from '../../src/ftp/time-value.ts';

it.each([
  ['A', 'ascii'],
  ['a n', 'ascii'],
  ['A  N', 'ascii'],
  ['I', 'image'],
  ['i ', 'image'],
  ['L 8', 'image'],
  ['L8', 'image'],
  ['L', undefined],
  ['L 7', undefined],
  ['A T', undefined],
  ['A C', undefined],
  ['E', undefined],
  ['AN', undefined],
  ['', undefined],
])('TYPE %j', (argument, type) => expect(parseType(argument)).toBe(type));

it.each(['123456', '0', '5 R 80', '5 r 80 '])('ALLO %j', (argument) => {
  expect(isAllocation(argument)).toBe(true);
});

it.each(['', 'x', '-1', '5 R', '5 80', '1e3'])('no ALLO %j', (argument) => {
  expect(isAllocation(argument)).toBe(false);
});

it.each([
  ['0', 0],
  [' 12 ', 12],
  ['999999999999999', 999_999_999_999_999],
  ['1000000000000000', undefined],
  ['-1', undefined],
  ['1.5', undefined],
  ['', undefined],
])('REST %j', (argument, bytes) => expect(parseByteCount(argument)).toBe(bytes));

it.each([
  ['644 f', { mode: 0o644, path: 'f' }],
  ['0755 a name', { mode: 0o755, path: 'a name' }],
  ['000  f', { mode: 0, path: ' f' }],
  ['4755 f', undefined],
  ['1777 f', undefined],
  ['888 f', undefined],
  ['u+x f', undefined],
  ['644', undefined],
  ['644 ', undefined],
])('SITE CHMOD %j', (argument, read) => expect(parseChmod(argument)).toEqual(read));

describe('time values', () => {
  it.each([
    ['20260228235959', Date.UTC(2026, 1, 28, 23, 59, 59)],
    ['20240229000000.5', Date.UTC(2024, 1, 29, 0, 0, 0, 500)],
    ['19991231235959.1239', Date.UTC(1999, 11, 31, 23, 59, 59, 123)],
    ['20260229000000', undefined],
    ['20260431000000', undefined],
    ['20261301000000', undefined],
    ['20260101240000', undefined],
    ['20260101006000', undefined],
    ['2026010100000', undefined],
    ['20260101000000.', undefined],
    [' 20260101000000', undefined],
  ])('%j', (text, ms) => expect(parseTimeValue(text)).toBe(ms));

  it('come back as they were, to the second', () => {
    const second = fc.integer({ min: Date.UTC(1000, 0, 1) / 1000, max: Date.UTC(9999, 11, 31) / 1000 });
    fc.assert(
      fc.property(second, (seconds) => {
        expect(parseTimeValue(formatTimeValue(seconds * 1000))).toBe(seconds * 1000);
      }),
    );
  });

  it('are 14 digits, whatever a file system holds', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), (ms) => expect(formatTimeValue(ms)).toMatch(/^\d{14}$/)),
    );
  });
});
