// The parts that figures are made of: escaping, axes, labels that keep apart, slices of time, colours that can be seen.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatTick, linearAxis, logMsAxis, spanAxis, ticksWithin } from '../../../src/report/html/axis.ts';
import type { Page } from '../../../src/report/html/data.ts';
import { dataTable } from '../../../src/report/html/data-table.ts';
import { html } from '../../../src/report/html/markup.ts';
import { DARK, LIGHT, looksOf, type Theme } from '../../../src/report/html/palette.ts';
import { between, meansOf, type Series } from '../../../src/report/html/slices.ts';
import { prose, thin } from '../../../src/report/html/unbroken.ts';
import { verdictSection } from '../../../src/report/html/verdict.ts';
import type { BlockResult, RunResult, StrategyResult } from '../../../src/result/types.ts';
import { sampleBlock, samplePlan, sampleResult } from '../sample-result.ts';

describe('html', () => {
  it('escapes values, alone and in lists, but not markup', () => {
    const inner = html`<b>${'<&>'}</b>`;
    expect(html`<i title="${`"'`}">${[inner, '<', 3]}</i>`.markup).toBe(
      '<i title="&quot;&#39;"><b>&lt;&amp;&gt;</b>&lt;3</i>',
    );
  });
});

describe('the verdict', () => {
  const verdictOf = (changes: Partial<RunResult>) =>
    verdictSection({ result: sampleResult(changes) } as Page).markup;

  it('says of an invalid run in red that it is, and of one without blocks only that nothing is known', () => {
    expect(verdictOf({ valid: false })).toContain('<p class="invalid"><strong>This run is invalid');
    const nothing = verdictOf({ valid: false, blocks: [], strategies: [], comparisons: [] });
    expect(nothing).toContain('<p class="answer">Nothing is known');
    expect(nothing).not.toContain('class="invalid"');
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
    expect(logMsAxis([3, 40], '').ticks).toEqual([2, 5, 10, 20, 50]);
    expect(logMsAxis([5, 5], '').domain).toEqual([5, 10]);
    expect(logMsAxis([0.02, 0.21], '').ticks).toEqual([0.02, 0.05, 0.1, 0.2, 0.5]);
  });

  it('have as many ticks as there is room for, at equal distances, 0 among them', () => {
    const axis = spanAxis([-100, 100], '', formatTick);
    expect(ticksWithin(axis, 400)).toEqual([-100, -50, 0, 50, 100]);
    expect(ticksWithin(axis, 120)).toEqual([-100, 0, 100]);
    expect(ticksWithin(linearAxis(5000, ''), 160)).toEqual([0, 2000, 4000]);
  });
});

describe('a line of means', () => {
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
  const of = (blocks: readonly BlockResult[], series: Series) =>
    meansOf(
      sampleResult({ blocks }),
      { scenario: 'downloads-64', contestant: 'reuse-port' } as StrategyResult,
      series,
    );
  const looked = (...values: (number | null)[][]) =>
    of(
      values.map((timeWait, index) =>
        timed(
          timeWait,
          timeWait.map(() => 0),
          index,
        ),
      ),
      ({ timeWaitSockets }) => between(timeWaitSockets),
    );
  const counted = (...values: number[][]) =>
    of(
      values.map((failed, index) => timed(failed, failed, index)),
      ({ failed }) => failed,
    );
  const ys = (means: ReturnType<typeof looked>) => means?.points.map(({ y }) => y);

  it('has the same blocks behind each of its points, and says how many', () => {
    // A mean of whoever was looked at would fall from 300 to 30, which no block did.
    expect(looked([10, null, 30], [10, null, 30], [100, 200, 300, 400])).toEqual({
      points: [
        { x: 0, y: 40 },
        { x: 0.1, y: (20 + 20 + 200) / 3 },
        { x: 0.2, y: 120 },
      ],
      ...{ blocks: 3, allBlocks: 3 },
    });
  });

  it('goes as far as half of the blocks do, where that tells more', () => {
    expect(ys(counted([1, 3], [3, 5, 9]))).toEqual([2, 4]);
    expect(counted([1], [2], [2, 2, 2, 2], [4, 4, 4, 4])).toMatchObject({ blocks: 2, allBlocks: 4 });
  });

  it('is none where too few blocks were looked at', () => {
    expect(looked([null, 5, null], [null, null, null], [null, null, null])).toBeNull();
    expect(looked([5, null, null], [null, null, 5])).toBeNull();
    expect(ys(looked([null, 5, null]))).toEqual([5]);
  });

  it('never falls where no block did', () => {
    const rising = fc
      .array(fc.option(fc.nat(100), { freq: 1 }), { minLength: 1, maxLength: 12 })
      .map((steps) => {
        let sum = 0;
        return steps.map((step) => {
          sum += step ?? 0;
          return step === null ? null : sum;
        });
      });
    fc.assert(
      fc.property(fc.array(rising, { minLength: 1, maxLength: 8 }), (blocks) => {
        const found = ys(looked(...blocks)) ?? [];
        for (const [i, y] of found.entries()) expect(y).toBeGreaterThanOrEqual((found[i - 1] ?? 0) - 1e-9);
      }),
    );
  });

  it('lies on a straight line where nobody looked', () => {
    expect(between([null, 10, null, null, 40, null])).toEqual([null, 10, 20, 30, 40, null]);
  });

  it('has few points of a long block', () => {
    const many = Array.from({ length: 100 }, (_, i) => i);
    const found = counted(many);
    expect(found?.points).toHaveLength(34);
    expect(found?.points.slice(0, 2)).toEqual([
      { x: 0, y: 1 },
      { x: 0.3, y: 4 },
    ]);
  });
});

describe('a table', () => {
  const headsOf = (name: string) => {
    const head = ['strategy', ...Array.from({ length: 12 }, (_, i) => `column-${i}`)];
    const { markup } = dataTable({ caption: 'all', head, rows: [[name, ...head.slice(1)]] });
    return markup
      .split('<table>')
      .slice(1)
      .map((table) =>
        [...table.matchAll(/<th scope="col".*?>(?:<span.*?>)?([\w-]+)/g)].map(([, text]) => text),
      );
  };

  it('is one where it fits', () => {
    expect(headsOf('reuse-port')).toHaveLength(1);
  });

  it('goes on in a second one where it does not, each column once, with the names of the rows', () => {
    const tables = headsOf('ftp.a-very-long-host-name.example.org:21212');
    expect(tables.map(([first]) => first)).toEqual(['strategy', 'strategy']);
    expect(tables.flatMap(([, ...others]) => others)).toEqual(headsOf('reuse-port').flat().slice(1));
  });
});

describe('numbers and names', () => {
  const spans = (text: string) =>
    [...html`${prose(text)}`.markup.matchAll(/<span class="one">(.*?)<\/span>/g)].map(([, inner]) =>
      (inner ?? '').replaceAll('\u202f', '_'),
    );

  it.each([
    ['98.5 % of 1 032 transfers', ['98.5_%', '1_032']],
    ['below 0.14 % (95 % interval 96.6–99.32)', ['0.14_%', '95_%', '96.6–99.32']],
    ['by 5.7 to 49.7 points, p = 0.039', ['5.7 to 49.7_points', 'p = 0.039']],
    ['8 blocks × 800 ms, from L-1, 18 / 2', ['800_ms', 'L-1', '18 / 2']],
    ['legacy-bsd in bsd-window-64 and small', ['legacy-bsd', 'bsd-window-64']],
    [
      'range=32768 60999, +12 345 678 B, -51.8 to -47.5',
      ['32768', '60999', '+12_345_678_B', '-51.8 to -47.5'],
    ],
  ])('in %j stay on one line', (text, kept) => {
    expect(spans(text)).toEqual(kept);
  });

  it('are not changed but for their spaces', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[-a-z0-9 .%–<&]{0,40}$/), (text) => {
        expect(thin(text).replaceAll('\u202f', ' ')).toBe(text);
        const plain = html`${prose(text)}`.markup.replace(/<\/?span[^>]*>/g, '').replaceAll('\u202f', ' ');
        expect(plain).toBe(html`${text}`.markup);
      }),
    );
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
