// The cost report as text and Markdown (golden; update with jest -u), its chart, and reports that were cut short.
import { describe, expect, it } from '@jest/globals';
import { formatCost, formatCostMarkdown } from '../../../src/report/probe/cost.ts';
import { costTables, formatMicroseconds } from '../../../src/report/probe/cost-rows.ts';
import { drawChart } from '../../../src/report/text/chart.ts';
import { sampleCostReport } from './sample-cost-report.ts';

const PLAIN = { colour: false };
const SGR = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g');

describe('formatCost', () => {
  it('prints the tables, the chart, what they show and the notes', () => {
    expect(formatCost(sampleCostReport(), PLAIN)).toMatchSnapshot();
  });

  it('fits in 130 columns, and says the same in colour', () => {
    const plain = formatCost(sampleCostReport(), PLAIN);
    expect(Math.max(...plain.split('\n').map((line) => line.length))).toBeLessThanOrEqual(130);
    const coloured = formatCost(sampleCostReport(), { colour: true });
    expect(coloured).not.toBe(plain);
    expect(coloured.replace(SGR, '').replace(/ +$/gm, '')).toBe(plain);
  });

  it('shows what there is when nothing was measured', () => {
    const empty = { ...sampleCostReport(), points: [], trends: [] };
    expect(formatCost(empty, PLAIN)).toBe(
      'linux 6.18.5 x64 · Node v20.20.2\n\n- a note that must be read beside the numbers',
    );
    expect(formatCostMarkdown(empty)).toBe(
      'linux 6.18.5 x64 · Node v20.20.2\n\n- a note that must be read beside the numbers\n',
    );
  });
});

describe('formatCostMarkdown', () => {
  it('prints tables that GitHub can show', () => {
    expect(formatCostMarkdown(sampleCostReport())).toMatchSnapshot();
  });
});

describe('costTables', () => {
  it('puts series that were cut short beside those that were not', () => {
    const [bind, connect] = costTables(sampleCostReport((state) => (state === 'connected' ? 3 : 7)));
    expect(bind?.rows).toHaveLength(10);
    expect(connect?.rows).toHaveLength(10);
    expect(bind?.rows[4]?.cells.slice(0, 7)).toEqual([
      'connected',
      'SO_REUSEADDR',
      '0.58',
      '4.1',
      '8.1',
      '–',
      '–',
    ]);
  });

  it('gives states with other sizes a table of their own', () => {
    const report = sampleCostReport();
    const points = report.points.map((point) =>
      point.state === 'time-wait' ? { ...point, sockets: point.sockets / 5 } : point,
    );
    const tables = costTables({ ...report, points });
    expect(tables.map(({ rows }) => rows.length)).toEqual([7, 3, 7, 3]);
    expect(tables[1]?.head.slice(2, 5)).toEqual(['0', '100', '200']);
  });
});

it.each([
  [0.387, '0.39'],
  [0.997, '1.0'],
  [5.44, '5.4'],
  [41.3, '41'],
  [99.6, '100'],
  [1204.3, '1 204'],
])('%p microseconds: %s', (microseconds, text) => {
  expect(formatMicroseconds(microseconds)).toBe(text);
});

describe('drawChart', () => {
  const options = { width: 21, height: 5, formatX: String, formatY: String };

  it('draws lines, and one mark where several fall together', () => {
    const line = (mark: string, ...ys: number[]) => ({
      mark,
      name: mark.toLowerCase(),
      points: ys.map((y, i) => ({ x: 10 * i, y })),
    });
    expect(drawChart([line('A', 0, 50, 100), line('P', 0, 0, 0)], options).split('\n')).toEqual([
      '100 │                  ··A',
      '    │             ·····',
      ' 50 │        ··A··',
      '    │   ·····',
      '  0 │#·········P·········P',
      '    └─────────────────────',
      '     0        10        20',
      'A a   P p   # several',
    ]);
  });

  it('draws a line that stays at 0, and nothing without points', () => {
    expect(drawChart([{ mark: 'A', name: 'a', points: [{ x: 0, y: 0 }] }], options)).toContain('  0 │A\n');
    expect(drawChart([], options)).toBe('');
  });
});
