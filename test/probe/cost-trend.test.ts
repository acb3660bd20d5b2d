// Trends and bounds of the cost measurement, as tables.
import { describe, expect, it } from '@jest/globals';
import { type Room, sizesUpTo, socketsWithin } from '../../src/probe/cost/bounds.ts';
import { fastPathOf } from '../../src/probe/cost/fast-path.ts';
import { cutNotes, seriesNotes } from '../../src/probe/cost/notes.ts';
import { trendsOf, verdictOf } from '../../src/probe/cost/trend.ts';
import type { CostPoint } from '../../src/probe/types.ts';

describe('verdictOf', () => {
  it.each([
    // [slope for 1 000, its interval], base, verdict: 10 000 sockets more are ten slopes
    [[10, 20], 0.5, 'growing'],
    [[0.06, 0.2], 0.5, 'growing'],
    [[0.04, 0.2], 0.5, 'inconclusive'],
    [[-0.01, 0.04], 0.5, 'constant'],
    [[0.03, 0.04], 0.5, 'constant'],
    [[-0.01, 0.06], 0.5, 'inconclusive'],
    [[-0.3, -0.1], 0.5, 'constant'],
  ] as const)('%j on a base of %p µs: %s', (interval, base, verdict) => {
    expect(verdictOf(interval, base)).toBe(verdict);
  });
});

describe('trendsOf', () => {
  it('fits one line a series, in microseconds for 1 000 sockets', () => {
    const growing = points('addr', [1, 11, 21]);
    const constant = points('port', [1, 1, 1]);
    expect(trendsOf([...growing, ...constant])).toEqual([
      expect.objectContaining({ options: 'addr', slopeMicroseconds: 10, verdict: 'growing' }),
      expect.objectContaining({ options: 'port', slopeMicroseconds: 0, verdict: 'constant' }),
    ]);
  });

  it('claims nothing of fewer than three points', () => {
    expect(trendsOf([])).toEqual([]);
    expect(trendsOf(points('none', [1, 2]))).toEqual([]);
  });
});

describe('the fast path of SO_REUSEADDR', () => {
  const flat = trendsOf(points('addr', [1, 1, 1]));
  const grown = trendsOf(points('addr', [1, 11, 21]));

  it('is there when every curve of it is constant, and not when one grows', () => {
    expect(fastPathOf(flat)).toBe('present');
    expect(fastPathOf([...flat, ...grown])).toBe('absent');
  });

  it('cannot be told without curves, from those of others, or from one that says nothing', () => {
    expect(fastPathOf([])).toBe('unknown');
    expect(fastPathOf(trendsOf(points('port', [1, 1, 1])))).toBe('unknown');
    expect(fastPathOf(flat.map((trend) => ({ ...trend, verdict: 'inconclusive' as const })))).toBe('unknown');
  });
});

describe('bounds', () => {
  it('doubles its way up', () => {
    expect(sizesUpTo(16_000)).toEqual([0, 500, 1000, 2000, 4000, 8000, 16_000]);
    expect(sizesUpTo(32)).toEqual([0, 1, 2, 4, 8, 16, 32]);
    expect(sizesUpTo(0)).toEqual([0]);
  });

  it.each<[Room, number, number]>([
    [{ descriptors: null, timeWait: null }, 16_000, 16_000],
    [{ descriptors: 900, timeWait: 100_000 }, 900, 16_000],
    [{ descriptors: 20_000, timeWait: 4000 }, 16_000, 1200],
    [{ descriptors: 0, timeWait: 0 }, 0, 0],
  ])('%j: %p open, %p in TIME_WAIT', (room, open, timeWait) => {
    expect(socketsWithin(16_000, 'bound', room)).toBe(open);
    expect(socketsWithin(16_000, 'connected', room)).toBe(open);
    expect(socketsWithin(16_000, 'time-wait', room)).toBe(timeWait);
    expect(cutNotes(16_000, room)).toHaveLength(Number(open < 16_000) + Number(timeWait < 16_000));
  });

  it('says when sockets were gone before they were counted', () => {
    const kind = { options: 'addr', state: 'time-wait' } as const;
    const result = { points: [], claimed: 100, missed: undefined };
    expect(seriesNotes(kind, { ...result, present: 100 })).toEqual([]);
    expect(seriesNotes(kind, { ...result, present: null })).toEqual([]);
    expect(seriesNotes(kind, { ...result, present: 60 })).toEqual([
      'addr, time-wait: at the end the kernel knew only 60 of 100 sockets; its last points claim too many',
    ]);
  });
});

/** At 0, 1 000, 2 000 … sockets. */
function points(options: CostPoint['options'], microseconds: readonly number[]): CostPoint[] {
  return microseconds.map((medianMicroseconds, i) => ({
    ...{ options, state: 'bound', call: 'bind', sockets: 1000 * i, medianMicroseconds },
    ...{ p90Microseconds: medianMicroseconds, calls: 1000 },
  }));
}
