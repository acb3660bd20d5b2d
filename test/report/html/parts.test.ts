// The parts that figures are made of: escaping, axes, labels that keep apart, slices of time, colours that can be seen.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatTick, linearAxis, logMsAxis, spanAxis } from '../../../src/report/html/axis.ts';
import { html } from '../../../src/report/html/markup.ts';
import { DARK, LIGHT, looksOf, type Theme } from '../../../src/report/html/palette.ts';
import { slicesOf } from '../../../src/report/html/slices.ts';
import { spread } from '../../../src/report/html/spread.ts';
import type { BlockResult, StrategyResult, Timeline } from '../../../src/result/types.ts';
import { sampleBlock, samplePlan, sampleResult } from '../sample-result.ts';

describe('html', () => {
  it('escapes values, alone and in lists, but not markup', () => {
    const inner = html`<b>${'<&>'}</b>`;
    expect(html`<i title="${`"'`}">${[inner, '<', 3]}</i>`.markup).toBe(
      '<i title="&quot;&#39;"><b>&lt;&amp;&gt;</b>&lt;3</i>',
    );
  });
});

describe('axes', () => {
  it.each([
    [12.3, [0, 2.5, 5, 7.5, 10, 12.5]],
    [1, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [2423, [0, 500, 1000, 1500, 2000, 2500]],
  ])('from 0 to %d', (most, ticks) => {
    expect(linearAxis(most, '').ticks).toEqual(ticks);
  });

  it('hold what they are made for, in few ticks that are all different', () => {
    const spans = fc.tuple(
      fc.double({ min: -1, max: 0, noNaN: true }),
      fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
    );
    fc.assert(
      fc.property(spans, ([low, high]) => {
        const { domain, ticks } = spanAxis([low, high], '', formatTick);
        const hair = (high - low) * 1e-6;
        expect(domain[0]).toBeLessThanOrEqual(low + hair);
        expect(domain[1]).toBeGreaterThanOrEqual(high - hair);
        expect(ticks.length).toBeLessThanOrEqual(8);
        expect(new Set(ticks.map(formatTick)).size).toBe(ticks.length);
      }),
    );
  });

  it('of times hold them by whole decades', () => {
    expect(logMsAxis([0.1, 900], '').ticks).toEqual([0.1, 1, 10, 100, 1000]);
    expect(logMsAxis([3, 40], '').ticks).toEqual([1, 2, 5, 10, 20, 50, 100]);
    expect(logMsAxis([5, 5], '').domain).toEqual([1, 10]);
  });
});

it('labels keep their distance, within the chart', () => {
  const places = fc.array(fc.double({ min: 0, max: 300, noNaN: true }), { maxLength: 15 });
  fc.assert(
    fc.property(places, (wanted) => {
      const found = spread(wanted, 17, 300).sort((a, b) => a - b);
      for (const [i, place] of found.entries()) {
        expect(place).toBeGreaterThanOrEqual(-1e-9);
        expect(place).toBeLessThanOrEqual(300 + 1e-9);
        if (i > 0) expect(place - (found[i - 1] ?? 0)).toBeGreaterThanOrEqual(17 - 1e-9);
      }
    }),
  );
  expect(spread([100, 101, 250], 17, 300)).toEqual([100, 117, 250]);
});

describe('slices', () => {
  const timed = (timeWait: (number | null)[], failed: number[], index: number): BlockResult =>
    sampleBlock({
      index,
      timeline: {
        everyMs: 100,
        completed: failed.map(() => 1),
        failed,
        inFlight: failed.map(() => 4),
        liveSockets: timeWait,
        timeWaitSockets: timeWait,
        bindMs: failed.map(() => 0.5),
      },
    });
  const of = (blocks: readonly BlockResult[]) =>
    slicesOf(sampleResult({ blocks }), {
      scenario: 'downloads-64',
      contestant: 'reuse-port',
    } as StrategyResult);

  it('are means over the blocks, as long as half of them ran', () => {
    const found = of([timed([0, 2], [1, 3], 0), timed([2, 4, 6], [3, 5, 9], 1)]);
    expect(found).toMatchObject({
      seconds: [0, 0.1, 0.2],
      failedPerSecond: [20, 40, 90],
      timeWaitSockets: [1, 3, null],
    });
    expect(of([timed([0], [1], 0), timed([0], [1], 1), timed([2, 4], [3, 5], 2)])?.seconds).toEqual([0]);
  });

  it('are the mean of the same blocks from end to end: what only gathers is not shown to fall', () => {
    const looks = fc.array(fc.option(fc.nat(1000)), { minLength: 6, maxLength: 6 });
    const gathering = looks.map((counts) => {
      let most = 0;
      return counts.map((count) => {
        if (count === null) return null;
        most += count;
        return most;
      });
    });
    fc.assert(
      fc.property(fc.array(gathering, { minLength: 1, maxLength: 8 }), (series) => {
        const found = of(series.map((values, i) => timed(values, [0, 0, 0, 0, 0, 0], i)));
        const shown = found?.timeWaitSockets.filter((value) => value !== null) ?? [];
        for (const [i, value] of shown.entries())
          expect(value).toBeGreaterThanOrEqual((shown[i - 1] ?? 0) - 1e-9);
      }),
      { numRuns: 40 },
    );
  });

  it('are not told by one or two blocks of eight', () => {
    const alone = [null, null, null, 500, 900, 20];
    const blocks = Array.from({ length: 8 }, (_, i) =>
      timed(i < 2 ? alone : [10, 20, null, null, null, null], [0, 0, 0, 0, 0, 0], i),
    );
    const bound = blocks.map((block, i) => ({
      ...block,
      timeline: {
        ...(block.timeline as Timeline),
        bindMs: [1, 1, 1, null, null, null].map((ms) => (i < 5 ? ms : null)),
      },
    }));
    expect(of(bound)?.timeWaitSockets).toEqual([10, 20, null, null, null, null]);
    expect(of(bound)?.bindMs).toEqual([1, 1, 1, null, null, null]);
    const fewer = bound.map((block, i) =>
      i < 3 ? block : { ...block, timeline: { ...block.timeline, bindMs: alone.map(() => null) } },
    );
    expect(of(fewer)?.bindMs).toEqual([null, null, null, null, null, null]);
  });

  it('in which nobody looked lie between those before and after', () => {
    expect(of([timed([null, 10, null, null, 40, null], [0, 0, 0, 0, 0, 0], 0)])?.timeWaitSockets).toEqual([
      ...[null, 10, 20, 30, 40, null],
    ]);
  });

  it('are put together where there are many', () => {
    const many = Array.from({ length: 100 }, (_, i) => i);
    const found = of([timed(many, many, 0)]);
    expect(found).toMatchObject({ everyMs: 300 });
    expect(found?.timeWaitSockets.slice(0, 2)).toEqual([1, 4]);
    expect(found?.seconds).toHaveLength(34);
  });
});

describe('colours', () => {
  const luminance = (hex: string): number => {
    const parts = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255);
    const [r = 0, g = 0, b = 0] = parts.map((part) =>
      part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4,
    );
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  /** WCAG 2.1 §1.4.3. */
  const contrast = (a: string, b: string): number => {
    const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
    return (high + 0.05) / (low + 0.05);
  };

  it.each([
    ['light', LIGHT],
    ['dark', DARK],
  ])('of the %s theme have a contrast of 4.5 with the page', (_name, theme: Theme) => {
    const { background, panel, rule: _rule, series, ...words } = theme;
    const weak = [...Object.values(words), ...series].filter((colour) => contrast(colour, background) < 4.5);
    expect(weak).toEqual([]);
    expect(contrast(theme.text, panel)).toBeGreaterThanOrEqual(4.5);
  });

  it('are not all that tells two strategies apart', () => {
    const binders = Array.from({ length: 50 }, () => 'reuse-port' as const);
    const looks = [...looksOf({ requested: samplePlan({ binders }) }).values()];
    expect(new Set(looks.map((look) => JSON.stringify(look))).size).toBe(50);
    const [first, ninth] = [looks[0], looks[8]];
    expect(first?.colour).toBe(ninth?.colour);
    expect(first?.symbol).not.toBe(ninth?.symbol);
  });
});
