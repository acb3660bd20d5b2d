// The line of progress when it must fit, and with a rate.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatProgress } from '../../../src/report/text/progress.ts';
import type { Progress } from '../../../src/result/progress.ts';

const PROGRESS: Progress = {
  ...{ blocksDone: 12, blocksTotal: 72, scenario: 'downloads-64', contestant: 'legacy-bsd' },
  ...{ elapsedMs: 65_123, remainingMs: 312_000, offered: 5990, own: { finished: 990, failed: 402 } },
};

describe('formatProgress', () => {
  it.each([
    [
      200,
      'block 13 of 72 · downloads-64 · legacy-bsd · 402 of 990 failed (40.6 %) · 15.2/s · 1 min 5 s so far, 5 min 12 s left',
    ],
    [
      105,
      'block 13 of 72 · downloads-64 · legacy-bsd · 402 of 990 failed (40.6 %) · 15.2/s · 5 min 12 s left',
    ],
    [97, 'block 13 of 72 · downloads-64 · legacy-bsd · 402 failed (40.6 %) · 15.2/s · 5 min 12 s left'],
    [79, 'block 13 of 72 · legacy-bsd · 402 failed (40.6 %) · 15.2/s · 5 min 12 s left'],
    [70, '13/72 · legacy-bsd · 402 failed (40.6 %) · 15.2/s · 5 min 12 s left'],
    [60, '13/72 · legacy-bsd · 402 failed (40.6 %) · 5 min 12 s left'],
    [20, '13/72 · legacy-bsd ·'],
  ])('in %d columns', (columns, line) => {
    expect(formatProgress(PROGRESS, { columns, ratePerSecond: 15.18 })).toBe(line);
  });

  it('never takes more columns than there are', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.option(fc.nat(1e6)), fc.string(), (columns, ratePerSecond, scenario) => {
        const line = formatProgress({ ...PROGRESS, scenario }, { columns, ratePerSecond });
        expect(line.length).toBeLessThanOrEqual(columns);
      }),
    );
  });

  it('counts no failures before anything has ended', () => {
    const line = formatProgress({ ...PROGRESS, own: { finished: 0, failed: 0 } });
    expect(line).toContain('· nothing ended yet ·');
  });

  it('says how long it has run where the time left is not known', () => {
    const line = formatProgress({ ...PROGRESS, remainingMs: null }, { columns: 60 });
    expect(line).toBe('13/72 · legacy-bsd · 402 failed (40.6 %) · 1 min 5 s');
  });
});
