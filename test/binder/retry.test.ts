// The retry schedules against what the daemons' sources say, and the loop on a clock that does not sleep.
import { describe, expect, it } from '@jest/globals';
import { longestWaitMs, parseRetry, retrying, TriesExhausted, waitsOf } from '../../src/binder/retry.ts';
import { RETRY_PRESETS } from '../../src/binder/types.ts';
import type { Clock } from '../../src/clock.ts';
import { UsageError } from '../../src/errors.ts';

describe('presets (src/binder/README.md)', () => {
  it.each([
    ['bsd', 11, 55_000],
    ['proftpd', 10, 9_000],
    ['vsftpd', 2, 2_000],
    ['none', 1, 0],
  ] as const)('%s: %d binds, %d ms at the most', (preset, binds, ms) => {
    const waits = waitsOf(preset, 1000);
    expect(waits.length + 1).toBe(binds);
    expect(longestWaitMs(waits)).toBe(ms);
  });

  it('scale with the time unit', () => {
    expect(longestWaitMs(waitsOf('bsd', 5))).toBe(275);
  });

  it('can be given as own numbers', () => {
    expect(waitsOf([0.5, 2], 1000)).toEqual([
      { minMs: 500, maxMs: 500 },
      { minMs: 2000, maxMs: 2000 },
    ]);
  });
});

describe('parseRetry', () => {
  it.each(RETRY_PRESETS)('%s', (preset) => expect(parseRetry(preset)).toBe(preset));
  it('own numbers', () => expect(parseRetry('1,0.5, 3')).toEqual([1, 0.5, 3]));
  it.each(['bds', '', '1,,2', '1,x', '-1', 'Infinity'])("refuses '%s' with one line", (text) => {
    expect(() => parseRetry(text)).toThrow(UsageError);
    expect(() => parseRetry(text)).toThrow(/^[^\n]+$/);
  });
  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('refuses a time unit of %d ms', (unit) => {
    expect(() => waitsOf('bsd', unit)).toThrow(UsageError);
  });
});

describe('retrying', () => {
  const busy = Object.assign(new Error('busy'), { code: 'EADDRINUSE' });

  it('sleeps by the schedule and counts tries and time', async () => {
    const clock = steppingClock();
    let tries = 0;
    const attempt = () => {
      if (++tries < 4) throw busy;
      return 'got it';
    };
    const tried = await retrying(attempt, { waits: waitsOf('bsd', 1000), isCurable: () => true, clock });
    expect(tried).toEqual({ value: 'got it', tries: 4, waitedMs: 6000 });
    expect(clock.slept).toEqual([1000, 2000, 3000]);
  });

  it('does not sleep before the first try nor for what waiting cannot cure', async () => {
    const clock = steppingClock();
    const loop = { waits: waitsOf('bsd', 1000), isCurable: () => false, clock };
    const failure = retrying(() => {
      throw busy;
    }, loop);
    await expect(failure).rejects.toMatchObject({ tries: 1, waitedMs: 0, aborted: false, cause: busy });
    expect(clock.slept).toEqual([]);
  });

  it('draws a random wait inside its range', async () => {
    const clock = steppingClock();
    const loop = { waits: waitsOf('vsftpd', 1000), isCurable: () => true, clock, random: () => 0.25 };
    await expect(
      retrying(() => {
        throw busy;
      }, loop),
    ).rejects.toThrow(TriesExhausted);
    expect(clock.slept).toEqual([1250]);
  });

  it('an aborted signal means no try at all', async () => {
    const loop = { waits: [], isCurable: () => true, signal: AbortSignal.abort(), clock: steppingClock() };
    await expect(retrying(() => 'never', loop)).rejects.toMatchObject({ tries: 0, aborted: true });
  });
});

/** A clock on which a sleep takes no time but is remembered. */
function steppingClock(): Clock & { readonly slept: number[] } {
  const slept: number[] = [];
  return {
    slept,
    nowMs: () => slept.reduce((sum, ms) => sum + ms, 0),
    async sleep(ms) {
      slept.push(ms);
    },
  };
}
