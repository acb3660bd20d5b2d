// The cost of bind, measured for real on small numbers: the shape of the answer, and that nothing is left behind.
import { describe, expect, it } from '@jest/globals';
import { type CostProgress, probeCost } from '../../src/probe/cost/measure.ts';
import type { CostCall, CostReport, CostState, OptionSet } from '../../src/probe/types.ts';
import { openDescriptors } from '../support/loopback.ts';

const STATES: readonly CostState[] = ['bound', 'connected', 'time-wait'];

describe('probeCost', () => {
  it('shows SO_REUSEADDR growing, where SO_REUSEPORT does not', async () => {
    const before = openDescriptors();
    const progress: CostProgress[] = [];
    const report = await probeCost({ maxSockets: 1024, onProgress: (one) => progress.push(one) });
    expect(openDescriptors()).toBe(before);
    expect(progress.map(({ index, total }) => [index, total])).toEqual(
      Array.from({ length: 10 }, (_, i) => [i + 1, 10]),
    );
    expect(report).toMatchObject({ formatVersion: 1, host: { platform: 'linux' } });
    // Ten series; the one without an option has a single point.
    expect(report.points).toHaveLength(2 * (1 + 9 * 7));
    expect(report.trends).toHaveLength(2 * 9);
    for (const state of STATES) {
      expect(trendOf(report, 'addr', state, 'bind').verdict).toBe('growing');
      const [addr, port, both] = (['addr', 'port', 'both'] as const).map((options) =>
        medianAt(report, options, state, 'bind', 1024),
      );
      expect(addr).toBeGreaterThan(3 * (port ?? Number.NaN));
      expect(addr).toBeGreaterThan(3 * (both ?? Number.NaN));
    }
    expect(medianAt(report, 'none', 'bound', 'connect', 0)).toBeGreaterThan(0);
    expect(report.points.every(({ calls }) => calls >= 200)).toBe(true);
    expect(report.notes.join('\n')).not.toMatch(/not reached|knew only|for want of|stopped/);
  });

  it('when it is stopped, keeps the series that were complete', async () => {
    const before = openDescriptors();
    const abort = new AbortController();
    const onProgress = ({ index }: CostProgress) => {
      if (index === 3) setImmediate(() => abort.abort());
    };
    const report = await probeCost({ maxSockets: 16_000, signal: abort.signal, budgetMs: 5000, onProgress });
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

function trendOf(report: CostReport, options: OptionSet, state: CostState, call: CostCall) {
  const found = report.trends.find(
    (one) => one.options === options && one.state === state && one.call === call,
  );
  if (found === undefined) throw new Error(`no trend of ${call} for ${options}, ${state}`);
  return found;
}

function medianAt(
  report: CostReport,
  options: OptionSet,
  state: CostState,
  call: CostCall,
  sockets: number,
): number | undefined {
  return report.points.find(
    (one) => one.options === options && one.state === state && one.call === call && one.sockets === sockets,
  )?.medianMicroseconds;
}
