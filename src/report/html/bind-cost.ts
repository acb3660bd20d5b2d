// What a bind costs beside the sockets that are on the port already: it grows where the kernel walks through them.
import { formatCount, formatMs } from '../words/format.ts';
import { formatTick, linearAxis, logMsAxis } from './axis.ts';
import { chartId, inScenario, largest, lookOf, type Page, scenarioRowsOf } from './data.ts';
import type { DataTable } from './data-table.ts';
import { figure } from './figure.ts';
import { type ChartPoint, type CurveLine, linesChart } from './lines.ts';
import type { Markup } from './markup.ts';
import type { Chart } from './plot.ts';
import { type Slices, slicesOf } from './slices.ts';

const MARKS =
  'Each shape: one slice of time, mean over the blocks of a strategy; only transfers that bound at once. The heading compares medians: the quarter of the slices with fewest sockets, and that with most. The time axis is logarithmic.';

interface Costs {
  readonly scenario: string;
  readonly lines: readonly CurveLine[];
}

/** Empty where no server told the time of its binds. */
export function bindCostFigure(page: Page): Markup {
  const scenarios = scenarioRowsOf(page.result)
    .map(({ scenario, strategies }): Costs => {
      const lines = strategies.flatMap((strategy) => {
        const slices = slicesOf(page.result, strategy);
        const points = slices === null ? [] : costPoints(slices);
        return points.length === 0
          ? []
          : [{ name: strategy.contestant, look: lookOf(page, strategy.contestant), points }];
      });
      return { scenario: scenario.name, lines };
    })
    .filter(({ lines }) => lines.length > 0);
  return figure({
    id: 'bind-cost',
    seen: seen(page, scenarios),
    marks: MARKS,
    charts: scenarios.map((own) => ({ scenario: own.scenario, chart: chartOf(page, own) })),
    tables: scenarios.map(tableOf),
  });
}

/** Ascending in sockets, live ones and those in TIME_WAIT together. */
function costPoints({ liveSockets, timeWaitSockets, bindMs }: Slices): ChartPoint[] {
  return bindMs
    .flatMap((y, i) => {
      const [live, waiting] = [liveSockets[i] ?? null, timeWaitSockets[i] ?? null];
      return y === null || y <= 0 || live === null || waiting === null ? [] : [{ x: live + waiting, y }];
    })
    .sort((a, b) => a.x - b.x);
}

/** Of the strategy with most sockets. Of few slices, or of about as many sockets, a comparison would be one of chance. */
function seen(page: Page, scenarios: readonly Costs[]): string {
  const all = scenarios.flatMap(({ scenario, lines }) => lines.map((line) => ({ scenario, line })));
  const most = largest(all, ({ line }) => line.points.at(-1)?.x ?? 0);
  if (most === undefined) return '';
  const where = inScenario(page.result, most.scenario);
  const { name, points } = most.line;
  const quarter = Math.floor(points.length / 4);
  const [few, many] = [points.slice(0, quarter), points.slice(-quarter)].map(middleOf);
  if (few === undefined || many === undefined || quarter < LEAST_SLICES || many.x < 2 * few.x) {
    return `A bind took ${rangeInWords(most.line)}${where}`;
  }
  const beside = ({ x, y }: ChartPoint) => `${formatMs(y)} beside ${formatCount(x)}`;
  return `A bind of ${name} took ${beside(few)} sockets on the port and ${beside(many)}${where}`;
}

/** In each quarter. */
const LEAST_SLICES = 3;

/** The medians: one slice in which the server had no core must not decide. */
function middleOf(points: readonly ChartPoint[]): ChartPoint {
  const median = (values: readonly number[]) => {
    const sorted = [...values].sort((a, b) => a - b);
    const [low, high] = [Math.floor((sorted.length - 1) / 2), Math.ceil((sorted.length - 1) / 2)];
    return ((sorted[low] ?? 0) + (sorted[high] ?? 0)) / 2;
  };
  return { x: median(points.map(({ x }) => x)), y: median(points.map(({ y }) => y)) };
}

function chartOf(page: Page, { scenario, lines }: Costs): Chart {
  const points = lines.flatMap((one) => one.points);
  const times = points.map(({ y }) => y);
  return {
    id: chartId(page, 'bind-cost', scenario),
    title: `Time of a bind against sockets on the port in ${scenario}`,
    description: lines.map(rangeInWords).join('; '),
    draw: linesChart({
      lines,
      x: linearAxis(
        Math.max(...points.map(({ x }) => x)) || 1,
        'sockets on the data port, TIME_WAIT included',
        formatTick,
      ),
      y: logMsAxis([Math.min(...times), Math.max(...times)], 'time of a bind'),
      curve: 'none',
    }),
  };
}

function rangeInWords({ name, points }: CurveLine): string {
  const times = points.map(({ y }) => y);
  const sockets = formatCount(points.at(-1)?.x ?? 0);
  return `${formatMs(Math.min(...times))} to ${formatMs(Math.max(...times))} with ${name}, beside up to ${sockets} sockets on the port`;
}

function tableOf({ scenario, lines }: Costs): DataTable {
  return {
    caption: `Time of a bind by sockets on the data port in ${scenario}`,
    head: ['strategy', 'sockets', 'time of a bind'],
    rows: lines.flatMap(({ name, points }) => points.map(({ x, y }) => [name, formatCount(x), formatMs(y)])),
  };
}
