// The small histogram of times: every bucket that holds something is seen, it fits, and ASCII alone will do.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { timesHistogram } from '../../../src/report/text/times-histogram.ts';
import { createHistogram, encodeHistogram, recordMs } from '../../../src/stats/histogram.ts';
import { sampleBlock, samplePlan, sampleResult, sampleScenario } from '../sample-result.ts';

const SCENARIO = sampleScenario();

function drawn(timesMs: readonly number[], failed: number, options = {}): string[] {
  const histogram = createHistogram();
  for (const ms of timesMs) recordMs(histogram, ms);
  const blocks = [
    sampleBlock({ completed: timesMs.length, failed, transferTimes: encodeHistogram(histogram) }),
  ];
  const requested = samplePlan({ binders: ['reuse-port'], baseline: 'reuse-port', scenarios: [SCENARIO] });
  return timesHistogram(sampleResult({ requested, blocks }), SCENARIO, options);
}

describe('timesHistogram', () => {
  it('shows two heaps, the share that failed, and where the decades are', () => {
    const times = [...Array(90).fill(5), ...Array(10).fill(500)];
    expect(drawn(times, 25)).toMatchInlineSnapshot(`
[
  "strategy    time of a transfer, in buckets of equal ratio                 failed",
  "reuse-port  █                                                         ▁   20.0 %",
  "                    |10 ms        |30 ms |50 ms   |100 ms       |300 ms",
]
`);
    expect(drawn(times, 25, { unicode: false })).toMatchInlineSnapshot(`
[
  "strategy    time of a transfer, in buckets of equal ratio                 failed",
  "reuse-port  @                                                         .   20.0 %",
  "                    |10 ms        |30 ms |50 ms   |100 ms       |300 ms",
]
`);
  });

  it('is nothing where nothing completed', () => {
    expect(drawn([], 3)).toEqual([]);
  });

  it('fits its columns, and shows as many buckets as hold something', () => {
    const times = fc.array(fc.double({ min: 0, max: 4e6, noNaN: true }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(times, fc.boolean(), fc.integer({ min: 60, max: 120 }), (timesMs, unicode, columns) => {
        const lines = drawn(timesMs, 1, { columns, unicode });
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
        const row =
          lines.find((line) => line.startsWith('reuse-port'))?.slice('reuse-port'.length + 2, -9) ?? '';
        const seen = [...row].filter((character) => character !== ' ').length;
        expect(seen).toBeGreaterThanOrEqual(1);
        expect(seen).toBeLessThanOrEqual(timesMs.length);
        if (!unicode) expect(lines.join('')).toMatch(/^[\x20-\x7e]*$/);
      }),
      { numRuns: 60 },
    );
  });
});
