// What a bind costs beside the sockets that are on the port already: it grows where the kernel walks through them.
import type { StrategyResult } from '../../result/types.ts';
import { formatCount, formatMs, NO_VALUE } from '../words/format.ts';
import { formatTick, linearAxis, logMsAxis } from './axis.ts';
import { chartId, inScenario, largest, lookOf, type Page, scenarioRowsOf } from './data.ts';
import type { DataTable } from './data-table.ts';
import { figure, statement } from './figure.ts';
import { legend } from './legend.ts';
import { type ChartPoint, type CurveLine, linesChart } from './lines.ts';
import { type Markup, NOTHING } from './markup.ts';
import type { Chart } from './plot.ts';
import { between, timelinesOf } from './slices.ts';

const MARKS =
  'Each shape: one look at the socket table during one block, and the mean time of the binds of that moment; only transfers that bound at once. The heading compares medians: of the quarter of the looks with fewest sockets, and of that with most.';

interface CostLine extends CurveLine {
  readonly scenario: string;
  /** Null where the looks are too few, of too few blocks, or at about as many sockets: a comparison would be one of chance. */
  readonly compared: Compared | null;
}

interface Compared {
  readonly few: ChartPoint;
  readonly many: ChartPoint;
}

/** Empty where no server told the time of its binds. */
export function bindCostFigure(page: Page): Markup {
  const lines = scenarioRowsOf(page.result).flatMap(({ strategies }) =>
    strategies.flatMap((strategy) => costLine(page, strategy)),
  );
  const most = largest(lines, ({ points }) => points.at(-1)?.x ?? 0);
  if (most === undefined) return NOTHING;
  const compared = largest(
    lines.filter((one) => one.compared !== null),
    ({ compared: found }) => found?.many.x ?? 0,
  );
  if (compared?.compared == null) return statement('bind-cost', untold(page, most), [tableOf(lines)]);
  const { few, many } = compared.compared;
  const beside = ({ x, y }: ChartPoint) => `${formatMs(y)} beside ${formatCount(x)}`;
  const scenarios = [...new Set(lines.map(({ scenario }) => scenario))].map((scenario) => ({
    scenario,
    own: lines.filter((one) => one.scenario === scenario),
  }));
  return figure({
    id: 'bind-cost',
    seen: `A bind of ${compared.name} took ${beside(few)} sockets on the port and ${beside(many)}${inScenario(page.result, compared.scenario)}`,
    marks: MARKS,
    legend: legend(lines, 'points'),
    charts: scenarios.map(({ scenario, own }) => ({ scenario, chart: chartOf(page, scenario, own, lines) })),
    tables: [tableOf(lines)],
  });
}

function untold({ result }: Page, most: CostLine): string {
  const words = rangeInWords(most).replace(/^A bind/, 'a bind');
  return `Whether a bind takes longer beside more sockets cannot be told from these looks at the socket table: ${words}${inScenario(result, most.scenario)}.`;
}

interface Look extends ChartPoint {
  readonly block: number;
}

/** Shapes of a strategy in one drawing; of more looks, those that follow one another in a block are drawn as one. */
const MOST_LOOKS = 120;

function costLine(page: Page, strategy: StrategyResult): CostLine[] {
  const blocks = timelinesOf(page.result, strategy);
  const looks = blocks.map(({ liveSockets, timeWaitSockets, bindMs }, block): Look[] => {
    const live = between(liveSockets);
    return bindMs.flatMap((y, i) => {
      const [beside, waiting] = [live[i] ?? null, timeWaitSockets[i] ?? null];
      return y === null || y <= 0 || beside === null || waiting === null
        ? []
        : [{ x: beside + waiting, y, block }];
    });
  });
  const together = Math.ceil(looks.flat().length / MOST_LOOKS);
  const points = looks.flatMap((own) => joined(own, together)).sort((a, b) => a.x - b.x);
  if (points.length === 0) return [];
  const { contestant: name, scenario } = strategy;
  return [{ name, scenario, look: lookOf(page, name), points, compared: comparedOf(points, blocks.length) }];
}

function joined(looks: readonly Look[], together: number): Look[] {
  return Array.from({ length: Math.ceil(looks.length / together) }, (_, i) => {
    const own = looks.slice(i * together, (i + 1) * together);
    const mean = (value: (look: Look) => number) =>
      own.reduce((sum, one) => sum + value(one), 0) / own.length;
    return { x: mean(({ x }) => x), y: mean(({ y }) => y), block: own[0]?.block ?? 0 };
  });
}

/** In each quarter. */
const LEAST_LOOKS = 6;

function comparedOf(looks: readonly Look[], blocks: number): Compared | null {
  const quarter = Math.floor(looks.length / 4);
  if (quarter < LEAST_LOOKS) return null;
  const sides = [looks.slice(0, quarter), looks.slice(-quarter)];
  const backed = (side: readonly Look[]) =>
    new Set(side.map(({ block }) => block)).size >= Math.min(blocks, Math.max(2, blocks / 4));
  const [few, many] = sides.map(middleOf);
  if (few === undefined || many === undefined || !sides.every(backed)) return null;
  return many.x < 2 * few.x ? null : { few, many };
}

/** The medians: one slice in which the server had no core must not decide. */
function middleOf(points: readonly ChartPoint[]): ChartPoint {
  const median = (values: readonly number[]) => {
    const sorted = [...values].sort((a, b) => a - b);
    const [low, high] = [Math.floor((sorted.length - 1) / 2), Math.ceil((sorted.length - 1) / 2)];
    return ((sorted[low] ?? 0) + (sorted[high] ?? 0)) / 2;
  };
  return { x: median(points.map(({ x }) => x)), y: median(points.map(({ y }) => y)) };
}

function chartOf(page: Page, scenario: string, lines: readonly CostLine[], all: readonly CostLine[]): Chart {
  const points = all.flatMap((one) => one.points);
  const times = points.map(({ y }) => y);
  return {
    id: chartId(page, 'bind-cost', scenario),
    title: `Time of a bind against sockets on the port in ${scenario}`,
    description: lines.map(rangeInWords).join('; '),
    options: linesChart({
      lines,
      x: linearAxis(
        Math.max(...points.map(({ x }) => x)) || 1,
        'sockets on the port, TIME_WAIT too',
        formatTick,
      ),
      y: logMsAxis([Math.min(...times), Math.max(...times)], 'time of a bind (logarithmic)'),
      curve: 'none',
    }),
  };
}

function rangeInWords({ name, points }: CurveLine): string {
  const times = points.map(({ y }) => y);
  const sockets = formatCount(points.at(-1)?.x ?? 0);
  return `A bind of ${name} took ${formatMs(Math.min(...times))} to ${formatMs(Math.max(...times))}, beside up to ${sockets} sockets on the port`;
}

function tableOf(lines: readonly CostLine[]): DataTable {
  const isCompared = lines.some(({ compared }) => compared !== null);
  const pair = (point: ChartPoint | undefined) =>
    point === undefined ? [NO_VALUE, NO_VALUE] : [formatCount(point.x), formatMs(point.y)];
  const range = (points: readonly ChartPoint[]) => {
    const times = points.map(({ y }) => y);
    return `${formatMs(Math.min(...times))} to ${formatMs(Math.max(...times))}`;
  };
  return {
    caption:
      'Time of a bind by sockets on the data port: medians of the quarters of the looks with fewest and most',
    head: [
      ...['strategy', 'scenario', 'looks', 'most sockets', 'time of a bind'],
      ...(isCompared
        ? ['sockets, fewest quarter', 'a bind then', 'sockets, most quarter', 'a bind then']
        : []),
    ],
    textColumns: [0, 1],
    rows: lines.map(({ name, scenario, points, compared }) => [
      ...[name, scenario, formatCount(points.length), formatCount(points.at(-1)?.x ?? 0), range(points)],
      ...(isCompared ? [...pair(compared?.few), ...pair(compared?.many)] : []),
    ]),
  };
}
