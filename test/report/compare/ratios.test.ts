// Two contestants by how quick they are: which direction is better, what failures do, and what is printed.
import { describe, expect, it } from '@jest/globals';
import { overallVerdict, runsOf, strategiesOf } from '../../../src/report/compare/compare.ts';
import { QUANTITY_NAMES, type QuantityName } from '../../../src/report/compare/quantity-names.ts';
import {
  formatRatios,
  formatRatiosJson,
  formatRatiosMarkdown,
} from '../../../src/report/compare/ratio-render.ts';
import { compareRatios } from '../../../src/report/compare/ratios.ts';
import type { BlockResult, RunResult } from '../../../src/result/types.ts';
import { createHistogram, encodeHistogram, recordMs } from '../../../src/stats/histogram.ts';
import { sampleBlock, samplePlan, sampleResult, sampleScenario } from '../sample-result.ts';

/** A thousand times around `medianMs`, a block a little unlike the next. */
function timesAround(medianMs: number, block: number): string {
  const histogram = createHistogram();
  const pace = 1 + 0.02 * Math.sin(block);
  for (let i = 1; i <= 1000; i++) recordMs(histogram, medianMs * pace * Math.exp((i - 500) / 400));
  return encodeHistogram(histogram);
}

interface Shape {
  readonly medianMs: number;
  readonly completed: number;
  readonly failed?: number;
}

/** Of two contestants, in eight blocks. */
function resultOf(legacy: Shape, reusePort: Shape, blocks = 8): RunResult {
  const shapes = [
    ['legacy', legacy],
    ['reuse-port', reusePort],
  ] as const;
  return sampleResult({
    requested: samplePlan({ binders: ['legacy', 'reuse-port'], scenarios: [sampleScenario()], blocks }),
    blocks: Array.from({ length: blocks }, (_, index) =>
      shapes.map(
        ([contestant, { medianMs, completed, failed = 0 }]): BlockResult =>
          sampleBlock({
            ...{ contestant, index, completed: completed + (index % 3), failed },
            transferTimes: timesAround(medianMs, index),
          }),
      ),
    ).flat(),
  });
}

const QUICK = { medianMs: 5, completed: 1000 };
const SLOW = { medianMs: 10, completed: 500 };
const PLAIN = { colour: false, columns: 140 };

function compared(result: RunResult, metric: QuantityName, margin = 0.05) {
  const ground = strategiesOf(result, { baseline: 'legacy', candidate: 'reuse-port' });
  return compareRatios(ground, { metric, margin });
}

describe('compareRatios', () => {
  it.each(QUANTITY_NAMES.map((name): [QuantityName, number] => [name, name.startsWith('p') ? 0.5 : 2]))(
    '%s of one that is twice as quick: better, and the other way round worse',
    (metric, factor) => {
      const [row] = compared(resultOf(SLOW, QUICK), metric).rows;
      expect(row?.verdict).toBe('better');
      expect(row?.ratio).toBeCloseTo(factor, 1);
      expect(row?.interval?.[0]).toBeLessThanOrEqual(row?.ratio ?? 0);
      expect(row?.interval?.[1]).toBeGreaterThanOrEqual((row?.ratio ?? 0) - 1e-9);
      const other = compared(resultOf(QUICK, SLOW), metric);
      expect(other.rows[0]?.verdict).toBe('worse');
      expect(overallVerdict(other)).toBe('worse');
    },
  );

  it('of two that are alike is not worse, and five blocks claim nothing', () => {
    expect(compared(resultOf(QUICK, QUICK), 'p99').rows[0]).toMatchObject({ verdict: 'not-worse', ratio: 1 });
    const few = compared(resultOf(SLOW, QUICK, 5), 'rate').rows[0];
    expect(few).toMatchObject({ verdict: 'inconclusive', blocksNeeded: 6 });
  });

  it('knows that a quantile among failures is worse than any time', () => {
    const failing = { ...QUICK, failed: 100 };
    const report = compared(resultOf(QUICK, failing), 'p99');
    expect(report.rows[0]).toMatchObject({ verdict: 'worse', ratio: Infinity });
    expect(report.rows[0]?.candidate.value).toBe('failed');
    expect(JSON.parse(formatRatiosJson(report)).rows[0].ratio).toBeNull();
    expect(formatRatios(report, PLAIN)).toContain('∞');
    expect(compared(resultOf(failing, QUICK), 'p99').rows[0]).toMatchObject({ verdict: 'better', ratio: 0 });
    const both = compared(resultOf(failing, failing), 'p99').rows[0];
    expect(both).toMatchObject({ verdict: 'inconclusive', ratio: null, interval: null });
  });

  it('has no throughput where a result does not tell its bytes', () => {
    const result = resultOf(SLOW, QUICK);
    const blocks = result.blocks.map((block) => ({ ...block, bytes: null }));
    const [row] = compared({ ...result, blocks }, 'throughput').rows;
    expect(row).toMatchObject({ ratio: null, verdict: 'inconclusive', blocks: 0, baseline: { value: null } });
  });

  it('compares two runs, and says so where they are unlike', () => {
    const a = resultOf(QUICK, QUICK);
    const b = { ...resultOf(QUICK, SLOW), host: { ...a.host, kernel: '6.1' } };
    const report = compareRatios(runsOf(a, b, {}), { metric: 'rate', margin: 0.05 });
    expect(report.rows.map(({ verdict }) => verdict)).toEqual(['not-worse', 'worse']);
    expect(formatRatios(report, PLAIN)).toMatch(/worse by over 5 % \(A and B unlike\)/);
  });
});

describe('what is printed', () => {
  const report = compared(resultOf(SLOW, QUICK), 'rate');

  it('names both with their intervals, the ratio and the verdict', () => {
    expect(formatRatios(report, PLAIN)).toMatch(
      /legacy +100\/s \(100–100\) +reuse-port +200\/s \(200–200\) +2 \(2–2\) +0\.008 +8 +better: more/,
    );
    expect(formatRatios(report, PLAIN)).toContain('rate: completed transfers a second; more is better');
    expect(formatRatiosMarkdown(report)).toContain('| better: more |');
    const times = formatRatios(compared(resultOf(SLOW, QUICK), 'p50'), PLAIN);
    expect(times).toMatch(
      /10 ms \(.*\) +reuse-port +5 ms \(.*\) +0\.5 \(0\.5–0\.5\) .* better: takes less time/,
    );
  });

  it('says bytes as MB/s', () => {
    expect(formatRatios(compared(resultOf(SLOW, QUICK), 'throughput'), PLAIN)).toMatch(
      /0\.41 MB\/s .* 0\.82 MB\/s/,
    );
  });
});
