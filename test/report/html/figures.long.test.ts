// Every figure: a conclusion, drawings for both widths that speak, and the numbers behind them.
import { beforeAll, describe, expect, it } from '@jest/globals';
import { sampleBlock, samplePlan, sampleScenario } from '../sample-result.ts';
import { all, documentOf, type Element, pageOf, textOf } from './document.ts';

const FIGURES = [
  ...['rates', 'differences', 'blocks', 'failures-over-time', 'in-flight', 'time-wait'],
  ...['binds', 'waits', 'transfer-times', 'bind-cost', 'failure-kinds'],
];

let page: Element;
beforeAll(() => {
  page = documentOf(pageOf());
});

const figureOf = (id: string): Element => {
  const found = page.querySelector(`figure#${id}`);
  if (found === null) throw new Error(`no figure ${id}`);
  return found;
};

it('are these', () => {
  expect(all(page, 'figure').map(({ id }) => id)).toEqual(FIGURES);
});

describe.each(FIGURES)('%s', (id) => {
  it('has a heading, what its marks mean, and a drawing of either width for each scenario', () => {
    const figure = figureOf(id);
    expect(textOf(figure, 'h3')).not.toBe('');
    expect(textOf(figure, '.marks')).not.toBe('');
    const scenarios = all(figure, '.panel').length;
    expect(all(figure, '.wide svg, .narrow svg')).toHaveLength(2 * scenarios);
    expect(all(figure, 'h4')).toHaveLength(scenarios > 1 ? scenarios : 0);
  });

  it('is an image with a title and a description', () => {
    for (const svg of all(figureOf(id), 'svg')) {
      expect(svg.getAttribute('role')).toBe('img');
      expect(svg.getAttribute('viewBox')).toMatch(/^0 0 \d+ \d+$/);
      expect(textOf(svg, 'title')).not.toBe('');
      expect(textOf(svg, 'desc').length).toBeGreaterThan(10);
      expect(svg.querySelector('style')).toBeNull();
    }
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
    ['binds', 'legacy called bind 10.9 times for a transfer in downloads-64'],
    ['failure-kinds', 'Every failure is bind EADDRINUSE'],
    ['in-flight', 'At most 64 transfers were in flight at once in downloads-8'],
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

it('a strategy looks alike on every chart', () => {
  const colours = (figure: string, title: string) =>
    all(figureOf(figure), '.wide svg')
      .filter((svg) => textOf(svg, 'title').includes(title))
      .map((svg) => all(svg, '[fill^=var]').map((one) => one.getAttribute('fill')));
  expect(new Set(colours('rates', 'downloads-64')[0])).toEqual(
    new Set(colours('time-wait', 'downloads-64')[0]),
  );
});
