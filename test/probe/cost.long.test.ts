// The cost of bind, measured for real on small numbers: the shape of the answer, and that nothing is left behind.
import { describe, expect, it } from '@jest/globals';
import { type CostProgress, probeCost } from '../../src/probe/cost/measure.ts';
import type { CostCall, CostState, OptionSet } from '../../src/probe/types.ts';
import { openDescriptors } from '../support/loopback.ts';

const STATES: readonly CostState[] = ['bound', 'connected', 'time-wait'];
const REUSING: readonly OptionSet[] = ['addr', 'port', 'both'];
const CALLS: readonly CostCall[] = ['bind', 'connect'];
const SIZES = [0, 2, 4, 8, 16, 32, 64];
/** Nothing is cut short for want of time, however busy the machine is. */
const NO_HURRY_MS = 3_600_000;

describe('probeCost', () => {
  it('times both calls of every series at every number of sockets, which were there', async () => {
    const before = openDescriptors();
    const progress: CostProgress[] = [];
    const report = await probeCost({
      maxSockets: 64,
      budgetMs: NO_HURRY_MS,
      onProgress: (one) => progress.push(one),
    });
    expect(openDescriptors()).toBe(before);
    expect(progress.map(({ index, total }) => [index, total])).toEqual(
      Array.from({ length: 10 }, (_, i) => [i + 1, 10]),
    );
    expect(report).toMatchObject({ formatVersion: 1, host: { platform: 'linux' } });
    // Ten series; the one without an option has a single point.
    const series = STATES.flatMap((state) => REUSING.map((options) => ({ options, state })));
    const sizes = series.flatMap((one) => SIZES.map((sockets) => ({ ...one, sockets })));
    const alone = { options: 'none', state: 'bound', sockets: 0 };
    const both = (one: object) => CALLS.map((call) => expect.objectContaining({ ...one, call }));
    expect(report.points).toEqual([alone, ...sizes].flatMap(both));
    expect(report.trends).toEqual(series.flatMap(both));
    expect(report.points.every(({ calls }) => calls >= 200)).toBe(true);
    for (const { medianMicroseconds, p90Microseconds } of report.points) {
      expect([medianMicroseconds, p90Microseconds].every(Number.isFinite)).toBe(true);
    }
    // What these microseconds say is for bench-cost.mjs: here, that the holders were there when they were measured.
    expect(report.notes.join('\n')).not.toMatch(/not reached|knew only|for want of|stopped/);
  });

  it('when it is stopped, keeps the series that were complete', async () => {
    const before = openDescriptors();
    const abort = new AbortController();
    const onProgress = ({ index }: CostProgress) => {
      if (index === 3) setImmediate(() => abort.abort());
    };
    const report = await probeCost({
      maxSockets: 64,
      signal: abort.signal,
      budgetMs: NO_HURRY_MS,
      onProgress,
    });
    expect(openDescriptors()).toBe(before);
    expect(report.notes).toContain('stopped after 2 of 10 series; the one that was under way is left out');
    expect(new Set(report.points.map(({ options }) => options))).toEqual(new Set(['none', 'addr']));
  });

  it('measures nothing when it was stopped before', async () => {
    const report = await probeCost({ signal: AbortSignal.abort() });
    expect(report).toMatchObject({ points: [], trends: [] });
  });

  it('says what it had no time for', async () => {
    const before = openDescriptors();
    const report = await probeCost({ maxSockets: 16_000, budgetMs: 0 });
    expect(openDescriptors()).toBe(before);
    expect(report.notes).toContain('addr, bound: 500 sockets were not reached in time');
    expect(report.points.every(({ sockets }) => sockets === 0)).toBe(true);
    expect(report.trends).toEqual([]);
  });

  it.each([0, 1.5, 1e9, Number.NaN])('refuses %p sockets', async (maxSockets) => {
    await expect(probeCost({ maxSockets })).rejects.toThrow(
      `maxSockets must be a whole number from 32 to 100000, not '${maxSockets}'`,
    );
  });
});
