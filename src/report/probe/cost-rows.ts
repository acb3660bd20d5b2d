// The numbers of a cost report as rows of text, once for the terminal and for Markdown.
import type { CostCall, CostPoint, CostReport, CostState, CostTrend, OptionSet } from '../../probe/types.ts';
import type { Column } from '../text/columns.ts';
import { formatCount, NO_VALUE } from '../words/format.ts';

export const OPTION_NAMES: Readonly<Record<OptionSet, string>> = {
  none: 'none',
  addr: 'SO_REUSEADDR',
  port: 'SO_REUSEPORT',
  both: 'both',
};

export const STATE_NAMES: Readonly<Record<CostState, string>> = {
  bound: 'bound',
  connected: 'connected',
  'time-wait': 'TIME_WAIT',
};

export interface CostRow {
  readonly verdict: CostTrend['verdict'] | undefined;
  readonly cells: readonly string[];
}

export interface CostTable {
  readonly title: string;
  readonly head: readonly string[];
  readonly aligns: readonly Column['align'][];
  readonly rows: readonly CostRow[];
}

interface Series {
  readonly points: readonly CostPoint[];
  readonly trend: CostTrend | undefined;
}

/** One table a call; more where some states reached other numbers of sockets than others. */
export function costTables(report: CostReport): CostTable[] {
  return (['bind', 'connect'] as const).flatMap((call) =>
    bySizes(seriesOf(report, call)).map(({ sizes, series }) => tableOf(call, sizes, series)),
  );
}

function seriesOf({ points, trends }: CostReport, call: CostCall): Series[] {
  const all = new Map<string, CostPoint[]>();
  for (const point of points.filter((one) => one.call === call)) {
    const key = `${point.state} ${point.options}`;
    all.set(key, [...(all.get(key) ?? []), point]);
  }
  return [...all.values()].map((own) => ({
    points: own,
    trend: trends.find(
      (one) => one.call === call && one.state === own[0]?.state && one.options === own[0]?.options,
    ),
  }));
}

interface Group {
  readonly sizes: readonly number[];
  readonly series: readonly Series[];
}

/** Series that were cut short stand with those that have their sizes and more. */
function bySizes(all: readonly Series[]): Group[] {
  const longest = [...all].sort((a, b) => b.points.length - a.points.length);
  const columns: number[][] = [];
  for (const { points } of longest) {
    const sizes = points.map(({ sockets }) => sockets);
    if (!columns.some((known) => contains(known, sizes))) columns.push(sizes);
  }
  return columns
    .map((sizes, index) => ({
      sizes,
      series: all.filter(({ points }) => firstContaining(columns, points) === index),
    }))
    .sort((a, b) => all.indexOf(a.series[0] as Series) - all.indexOf(b.series[0] as Series));
}

function firstContaining(columns: readonly number[][], points: readonly CostPoint[]): number {
  const sizes = points.map(({ sockets }) => sockets);
  return columns.findIndex((known) => contains(known, sizes));
}

function contains(known: readonly number[], sizes: readonly number[]): boolean {
  return sizes.every((size) => known.includes(size));
}

function tableOf(call: CostCall, sizes: readonly number[], series: readonly Series[]): CostTable {
  const head = ['their state', 'options', ...sizes.map(formatCount)];
  return {
    title: `${call}(2): median microseconds beside so many other sockets on the port`,
    head: [...head, 'more for 1 000 (95 %)', 'verdict'],
    aligns: ['left', 'left', ...sizes.map(() => 'right' as const), 'right', 'left'],
    rows: series.map((one, i) => rowOf(one, sizes, series[i - 1]?.points[0]?.state)),
  };
}

function rowOf({ points, trend }: Series, sizes: readonly number[], stateAbove?: CostState): CostRow {
  const [first] = points;
  if (first === undefined) return { verdict: undefined, cells: [] };
  const costs = sizes.map((size) => points.find(({ sockets }) => sockets === size)?.medianMicroseconds);
  return {
    verdict: trend?.verdict,
    cells: [
      first.state === stateAbove ? '' : STATE_NAMES[first.state],
      OPTION_NAMES[first.options],
      ...costs.map((cost) => (cost === undefined ? NO_VALUE : formatMicroseconds(cost))),
      trend === undefined ? NO_VALUE : formatSlope(trend),
      trend?.verdict ?? NO_VALUE,
    ],
  };
}

/** `0.57`, `3.7`, `16`, `546`, `1 204`. */
export function formatMicroseconds(microseconds: number): string {
  if (microseconds >= 99.5) return formatCount(microseconds);
  return microseconds >= 0.995 ? microseconds.toPrecision(2) : microseconds.toFixed(2);
}

/** `34.9 (28.7 to 41.1)`, `-0.001 (-0.008 to 0.006)`. */
function formatSlope({ slopeMicroseconds, interval: [low, high] }: CostTrend): string {
  const decimals = Math.abs(slopeMicroseconds) >= 1 ? 1 : 3;
  const text = (value: number) => value.toFixed(decimals).replace(/^-(0\.0+)$/, '$1');
  return `${text(slopeMicroseconds)} (${text(low)} to ${text(high)})`;
}
