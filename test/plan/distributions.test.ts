// Times, sizes and weights as text: what is printed reads back, and what cannot be read is named in one line.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { UsageError } from '../../src/errors.ts';
import {
  formatSizeDistribution,
  formatTimeDistribution,
  formatWeights,
  parseSizeDistribution,
  parseTimeDistribution,
  parseWeights,
} from '../../src/plan/distributions.ts';
import { SIZES, TIMES, weighted } from './plans.ts';

describe('times', () => {
  it('print what reads back', () => {
    fc.assert(
      fc.property(TIMES, (time) => {
        expect(parseTimeDistribution(formatTimeDistribution(time))).toEqual(time);
      }),
    );
  });

  it.each([
    ['20ms', { kind: 'fixed', ms: 20 }],
    ['0', { kind: 'fixed', ms: 0 }],
    [' exponential( 1.5s ) ', { kind: 'exponential', meanMs: 1500 }],
    ['uniform(10ms,30ms)', { kind: 'uniform', minMs: 10, maxMs: 30 }],
    ['uniform(1s, 1s)', { kind: 'uniform', minMs: 1000, maxMs: 1000 }],
  ])('%s', (text, time) => {
    expect(parseTimeDistribution(text)).toEqual(time);
  });

  it.each([
    ['soon', /^'soon' is not a duration such as/],
    ['20', /^'20' is not a duration such as/],
    ['exponential()', /^'' is not a duration such as/],
    ['exponential(1s, 2s)', /^'exponential\(1s, 2s\)' is not a time such as 20ms, exponential\(20ms\) or/],
    ['uniform(1s)', /^'uniform\(1s\)' is not a time such as/],
    ['uniform(2s, 1s)', /^'uniform\(2s, 1s\)' is not a time such as/],
    ['gamma(1s)', /^'gamma\(1s\)' is not a time such as/],
    ['uniform(-1s, 1s)', /^'-1s' is not a duration such as/],
  ])('refuses %s', (text, message) => expectOneLine(() => parseTimeDistribution(text), message));
});

describe('sizes', () => {
  it('print what reads back', () => {
    fc.assert(
      fc.property(SIZES, (size) => {
        expect(parseSizeDistribution(formatSizeDistribution(size))).toEqual(size);
      }),
    );
  });

  it.each([
    ['4096', { kind: 'fixed', bytes: 4096 }],
    ['4KiB:9', { kind: 'fixed', bytes: 4096 }],
    [
      '4KiB:9, 1MiB',
      {
        kind: 'choice',
        of: [
          { value: 4096, weight: 9 },
          { value: 1_048_576, weight: 1 },
        ],
      },
    ],
    ['lognormal(4KiB,1.5,1MiB)', { kind: 'lognormal', medianBytes: 4096, sigma: 1.5, maxBytes: 1_048_576 }],
  ])('%s', (text, size) => {
    expect(parseSizeDistribution(text)).toEqual(size);
  });

  it.each([
    ['4 elephants', /^'4 elephants' is not a size such as 4KiB or 1MiB$/],
    ['4KiB:0,1MiB', /^'4KiB:0' is not a name and a weight above 0, such as retr:8$/],
    ['4KiB,4096', /^'4KiB,4096' names 4096 twice$/],
    ['lognormal(4KiB, 0, 1MiB)', /^'lognormal\(4KiB, 0, 1MiB\)' is not a size such as/],
    ['lognormal(4KiB, 1, 1KiB)', /^'lognormal\(4KiB, 1, 1KiB\)' is not a size such as/],
    ['lognormal(0B, 1, 1KiB)', /is not a size such as/],
    ['lognormal(4KiB, Infinity, 1MiB)', /is not a size such as/],
    ['lognormal(4KiB, 1)', /is not a size such as/],
    ['normal(4KiB, 1, 1MiB)', /is not a size such as/],
  ])('refuses %s', (text, message) => expectOneLine(() => parseSizeDistribution(text), message));
});

describe('weights', () => {
  const names = fc.constantFrom('retr', 'stor', 'list', 'nlst');

  it('print what reads back', () => {
    fc.assert(
      fc.property(weighted(names), (entries) => {
        expect(parseWeights(formatWeights(entries, String), String)).toEqual(entries);
      }),
    );
  });

  it('a name alone weighs 1, and one alone prints as its name', () => {
    expect(parseWeights('retr', String)).toEqual([{ value: 'retr', weight: 1 }]);
    expect(formatWeights([{ value: 'retr', weight: 1 }], String)).toBe('retr');
    expect(parseWeights(' retr : 2.5 , list', String)).toEqual([
      { value: 'retr', weight: 2.5 },
      { value: 'list', weight: 1 },
    ]);
  });

  it.each([
    ['retr:', /^'retr:' is not a name and a weight above 0/],
    ['retr:-1', /^'retr:-1' is not a name and a weight above 0/],
    ['retr:many', /^'retr:many' is not a name and a weight above 0/],
    ['retr:1:2', /^'retr:1:2' is not a name and a weight above 0/],
    ['retr:Infinity', /^'retr:Infinity' is not a name and a weight above 0/],
    ['retr,list,retr', /^'retr,list,retr' names retr twice$/],
  ])('refuses %s', (text, message) => expectOneLine(() => parseWeights(text, String), message));
});

it('never throws anything but one line of a UsageError, whatever the text', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      for (const parse of [parseTimeDistribution, parseSizeDistribution]) {
        try {
          parse(text);
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
        }
      }
    }),
  );
});

function expectOneLine(parse: () => unknown, message: RegExp): void {
  expect(parse).toThrow(UsageError);
  expect(parse).toThrow(message);
  expect(parse).toThrow(/^[^\n]+$/);
}
