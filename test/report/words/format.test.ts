// Numbers as text: one table a kind.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { wrap } from '../../../src/report/text/wrap.ts';
import {
  enumerate,
  formatCount,
  formatInterval,
  formatMs,
  formatPercent,
  formatPoints,
  formatPointsInterval,
  formatPValue,
  formatRatio,
  formatSize,
  formatTimeSpan,
  plural,
} from '../../../src/report/words/format.ts';

describe('formatPercent', () => {
  it.each([
    [0, '0 %'],
    [1, '100 %'],
    [0.5, '50.0 %'],
    [0.983, '98.3 %'],
    [0.99, '99.0 %'],
    [0.0096, '1.0 %'],
    [0.0038, '0.38 %'],
    [0.0003, '0.03 %'],
    [0.00012, '0.012 %'],
    [0.9997, '99.97 %'],
    [0.00000001, '<0.0001 %'],
    [0.99999999, '>99.9999 %'],
    [null, '–'],
  ])('%d', (rate, text) => {
    expect(formatPercent(rate)).toBe(text);
  });

  it('gives an interval both ends', () => {
    expect(formatInterval([0, 0.00368])).toBe('0–0.37');
    expect(formatInterval([0.971, 1])).toBe('97.1–100');
    expect(formatInterval(null)).toBe('–');
  });

  it('gives differences their sign', () => {
    expect(formatPoints(-0.983)).toBe('-98.3');
    expect(formatPoints(0.0041)).toBe('+0.41');
    expect(formatPoints(0)).toBe('0');
    expect(formatPointsInterval([-0.1, 0.02])).toBe('-10.0 to +2.0');
  });
});

describe('times', () => {
  it.each([
    [0, '0 ms'],
    [0.004, '<0.01 ms'],
    [0.314, '0.31 ms'],
    [5, '5 ms'],
    [1.24, '1.2 ms'],
    [9.96, '10 ms'],
    [610.4, '610 ms'],
    [999.6, '1 s'],
    [1240, '1.2 s'],
    [55_000, '55 s'],
  ])('%d ms', (ms, text) => {
    expect(formatMs(ms)).toBe(text);
  });

  it.each([
    [0, '0 s'],
    [500, '500 ms'],
    [5000, '5 s'],
    [59_999, '60 s'],
    [60_000, '1 min'],
    [65_000, '1 min 5 s'],
    [3_600_000, '1 h'],
    [7_380_000, '2 h 3 min'],
  ])('a span of %d ms', (ms, text) => {
    expect(formatTimeSpan(ms)).toBe(text);
  });
});

describe('counts and sizes', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [1212, '1 212'],
    [1_234_567, '1 234 567'],
  ])('%d', (count, text) => {
    expect(formatCount(count)).toBe(text);
  });

  it.each([
    [0, '0 B'],
    [10, '10 B'],
    [1023, '1023 B'],
    [4096, '4 KiB'],
    [1_572_864, '1.5 MiB'],
    [8_340_000_000, '7.8 GiB'],
  ])('%d bytes', (bytes, text) => {
    expect(formatSize(bytes)).toBe(text);
  });

  it.each([
    [0, '0'],
    [0.412, '0.41'],
    [22.44, '22.4'],
    [99.96, '100'],
    [5612.3, '5 612'],
    [null, '–'],
  ])('%d a second', (ratio, text) => {
    expect(formatRatio(ratio)).toBe(text);
  });

  it('p values', () => {
    expect([0.03125, 0.0001, 1, null].map(formatPValue)).toEqual(['0.031', '<0.001', '1', '–']);
  });

  it('nouns and lists', () => {
    expect(plural(1, 'transfer')).toBe('1 transfer');
    expect(plural(2, 'process', 'processes')).toBe('2 processes');
    expect(enumerate([])).toBe('');
    expect(enumerate(['a'])).toBe('a');
    expect(enumerate(['a', 'b'])).toBe('a and b');
    expect(enumerate(['a', 'b', 'c'])).toBe('a, b and c');
  });
});

describe('wrap', () => {
  it('breaks between words and indents what follows', () => {
    expect(wrap('- one two three four', 12, '  ')).toBe('- one two\n  three four');
  });

  it('keeps a number with its thousands and its unit', () => {
    expect(wrap('about 12 345 of them, 98.3 % failed', 16, '')).toBe('about 12 345 of\nthem, 98.3 %\nfailed');
  });

  it('leaves short text alone, and breaks a word that no line has room for', () => {
    expect(wrap('short', 80, '  ')).toBe('short');
    expect(wrap('an incomprehensibility', 8, '  ')).toBe('an\n  incomp\n  rehens\n  ibilit\n  y');
  });

  it('never makes a line that is too long, and loses nothing', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme-ascii', maxLength: 30 })),
        fc.integer({ min: 5, max: 40 }),
        (words, columns) => {
          const text = words.join(' ');
          const lines = wrap(text, columns, '  ').split('\n');
          expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(columns);
          expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
        },
      ),
    );
  });
});
