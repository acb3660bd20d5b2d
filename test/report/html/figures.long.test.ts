// Every figure: a conclusion, a drawing for each scenario that speaks, all of one width, and the numbers behind them.
import { beforeAll, describe, expect, it } from '@jest/globals';
import { sampleBlock, samplePlan, sampleScenario } from '../sample-result.ts';
import { all, documentOf, type Element, pageOf, textOf } from './document.ts';

const FIGURES = [
  ...['rates', 'differences', 'failures-over-time', 'time-wait', 'waits', 'transfer-times', 'bind-cost'],
];
/** What is said and not drawn. */
const STATEMENTS = ['failure-kinds', 'in-flight', 'binds'];

let page: Element;
beforeAll(() => {
  page = documentOf(pageOf());
});

const figureOf = (id: string): Element => {
  const found = page.querySelector(`figure#${id}`);
  if (found === null) throw new Error(`no figure ${id}`);
  return found;
};

it('are these, beside what is only said', () => {
  expect(all(page, 'figure').map(({ id }) => id)).toEqual(FIGURES);
  expect(all(page, '.statement').map(({ id }) => id)).toEqual(STATEMENTS);
});

it('are all as wide as one another', () => {
  const widths = all(page, 'svg.chart').map((svg) => svg.getAttribute('viewBox')?.split(' ')[2]);
  expect(new Set(widths).size).toBe(1);
});

describe.each(FIGURES)('%s', (id) => {
  it('has a heading, what its marks mean, and one drawing for each scenario', () => {
    const figure = figureOf(id);
    expect(textOf(figure, 'h3')).not.toBe('');
    expect(textOf(figure, '.marks')).not.toBe('');
    const scenarios = all(figure, '.panel').length;
    expect(scenarios).toBe(2);
    expect(all(figure, 'svg.chart')).toHaveLength(scenarios);
    expect(all(figure, 'h4')).toHaveLength(scenarios);
  });

  it('has axes that are alike in all of its drawings', () => {
    const ticks = all(figureOf(id), 'svg.chart').map((svg) =>
      all(svg, 'text')
        .map(({ textContent }) => textContent)
        .filter((text) => /^-?[\d.\s]+(ms|s)?$/.test(text)),
    );
    expect(ticks[0]?.length).toBeGreaterThan(0);
    expect(ticks[1]).toEqual(ticks[0]);
  });

  it('is an image with a title and a description', () => {
    for (const svg of all(figureOf(id), 'svg.chart')) {
      expect(svg.getAttribute('role')).toBe('img');
      expect(svg.getAttribute('viewBox')).toMatch(/^0 0 \d+ \d+$/);
      expect(textOf(svg, 'title')).not.toBe('');
      expect(textOf(svg, 'desc').length).toBeGreaterThan(10);
      expect(svg.querySelector('style')).toBeNull();
    }
    for (const sign of all(figureOf(id), '.legend svg'))
      expect(sign.getAttribute('aria-hidden')).toBe('true');
  });

  it('has its numbers in a table, a name in each row', () => {
    const tables = all(figureOf(id), 'details table');
    expect(tables.length).toBeGreaterThan(0);
    for (const table of tables) {
      expect(textOf(table, 'caption')).not.toBe('');
      const columns = all(table, 'thead th').length;
      const rows = all(table, 'tbody tr');
      expect(rows.length).toBeGreaterThan(0);
      for (const row of rows) {
        expect(row.querySelector('th[scope=row]')).not.toBeNull();
        expect(all(row, 'th, td')).toHaveLength(columns);
      }
    }
  });

  it('has no number that is none', () => {
    expect(textOf(page, `figure#${id}`)).not.toMatch(/NaN|undefined|Infinity|null/);
    for (const path of all(figureOf(id), 'svg *')) {
      for (const name of ['d', 'transform', 'x', 'y', 'width', 'height', 'cx', 'cy']) {
        expect(path.getAttribute(name) ?? '').not.toMatch(/NaN|Infinity|undefined/);
      }
    }
  });
});

describe('what a heading says', () => {
  it.each([
    [
      'rates',
      'legacy failed most, 98.3 % in downloads-64; reuse-addr, reuse-port, reuse-both and ephemeral never failed',
    ],
    ['waits', 'Of the transfers of legacy in downloads-64, 1.7 % ever got the port'],
  ])('%s', (id, words) => {
    expect(textOf(figureOf(id), 'h3')).toBe(words);
  });

  it('names no scenario where there is one only', () => {
    const requested = samplePlan({ binders: ['legacy', 'reuse-port'], scenarios: [sampleScenario()] });
    const blocks = [sampleBlock({ contestant: 'legacy', failed: 40 }), sampleBlock()];
    const one = documentOf(pageOf({ requested, blocks }));
    expect(textOf(one, '#rates h3')).toBe('legacy failed most, 28.6 %; reuse-port never failed');
    expect(all(one, 'h4')).toEqual([]);
  });
});

describe('what is only said', () => {
  it.each([
    ['failure-kinds', 'Every failure is bind EADDRINUSE.'],
    ['in-flight', 'Transfers in flight are not drawn: each session of a closed load has one all the time.'],
    [
      'binds',
      'Bind calls for a transfer, failed ones included: legacy 10.8 to 10.9 and legacy-bsd 4.2 to 8.1; reuse-addr, reuse-port, reuse-both and ephemeral never needed more than one.',
    ],
  ])('%s', (id, words) => {
    expect(textOf(page, `#${id} p`)).toBe(words);
  });

  it('is drawn where it shows something', () => {
    const requested = samplePlan({
      binders: ['reuse-port'],
      baseline: 'reuse-port',
      scenarios: [
        sampleScenario({
          workload: { kind: 'open', arrivals: 'poisson', stages: [{ from: 100, to: 100, durationMs: 800 }] },
        }),
      ],
    });
    const timeline = {
      ...{ everyMs: 100, completed: [1, 1, 1, 1], failed: [0, 1, 0, 0], inFlight: [2, 7, 3, 1] },
      ...{
        liveSockets: [0, 0, 0, 0],
        timeWaitSockets: [null, 3, null, null],
        bindMs: [null, null, null, null],
      },
    };
    const failures = { 'bind.EADDRINUSE': 1, 'connect.ETIMEDOUT': 2 };
    const blocks = [0, 1].map((index) => sampleBlock({ index, failed: 3, failures, timeline }));
    const open = documentOf(pageOf({ requested, blocks }));
    expect(textOf(open, 'figure#in-flight h3')).toBe(
      'On the mean of the blocks at most 7 transfers were in flight at once',
    );
    expect(textOf(open, 'figure#failure-kinds h3')).toBe('66.7 % of the failures are connect ETIMEDOUT');
  });
});

it('a strategy looks alike on every chart', () => {
  const colours = (figure: string, title: string) =>
    all(figureOf(figure), 'svg.chart')
      .filter((svg) => textOf(svg, 'title').includes(title))
      .map((svg) => all(svg, '[fill^=var]').map((one) => one.getAttribute('fill')));
  expect(new Set(colours('rates', 'downloads-64')[0])).toEqual(
    new Set(colours('transfer-times', 'downloads-64')[0]),
  );
});
