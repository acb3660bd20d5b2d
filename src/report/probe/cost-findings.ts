// What a cost report shows, in sentences, and the chart that shows it at a glance.
import type { CostPoint, CostReport, CostState, CostTrend } from '../../probe/types.ts';
import { type ChartLine, drawChart } from '../text/chart.ts';
import { wrap } from '../text/wrap.ts';
import { formatCount } from '../words/format.ts';
import { formatMicroseconds, OPTION_NAMES, STATE_NAMES } from './cost-rows.ts';

/** The state that a server which closes first fills its port with comes first. */
const BY_WEIGHT: readonly CostState[] = ['time-wait', 'connected', 'bound'];
const CHART = { width: 66, height: 13, formatX: formatCount, formatY: formatMicroseconds };
/** Room for the numbers of the y axis. */
const Y_LABELS = 12;
const MARKS = { none: 'N', addr: 'A', port: 'P', both: 'B' } as const;

/** One sentence a set of options, about bind in the weightiest state that was measured; then what that means. */
export function costFindings(report: CostReport): string[] {
  const state = weightiestState(report);
  const trends = report.trends.filter((trend) => trend.call === 'bind' && trend.state === state);
  const findings = trends.flatMap((trend) => {
    const points = bindPoints(report, trend.state).filter(({ options }) => options === trend.options);
    return sentence(trend, points);
  });
  return findings.length === 0 ? [] : [...findings, FAST_PATH[report.reuseAddrFastPath]];
}

const FAST_PATH: Readonly<Record<CostReport['reuseAddrFastPath'], string>> = {
  present: 'this kernel has the fast path of SO_REUSEADDR: a server that uses it does not slow itself down',
  absent:
    'this kernel lacks the fast path of SO_REUSEADDR, as Linux does from 6.8 on: a server that uses it alone and closes first slows down by what it leaves in TIME_WAIT',
  unknown: 'whether this kernel has the fast path of SO_REUSEADDR cannot be told from these points',
};

function sentence(trend: CostTrend, points: readonly CostPoint[]): string[] {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return [];
  const ends = `${formatMicroseconds(first.medianMicroseconds)} µs on an empty port, ${formatMicroseconds(last.medianMicroseconds)} µs beside ${formatCount(last.sockets)} sockets in ${STATE_NAMES[trend.state]}`;
  return [`${OPTION_NAMES[trend.options]}: ${WORDS[trend.verdict]}: ${ends}`];
}

const WORDS: Readonly<Record<CostTrend['verdict'], string>> = {
  constant: 'bind costs the same at any number of sockets',
  growing: 'bind costs more with every socket',
  inconclusive: 'whether bind costs more with more sockets cannot be told',
};

/** bind(2) against the number of sockets, within `columns`; empty text when nothing was measured. */
export function costChart(report: CostReport, columns: number): string {
  const state = weightiestState(report);
  if (state === undefined) return '';
  const points = bindPoints(report, state);
  const lines: ChartLine[] = (['addr', 'port', 'both'] as const).flatMap((options) => {
    const own = points.filter((point) => point.options === options);
    if (own.length === 0) return [];
    return [{ mark: MARKS[options], name: OPTION_NAMES[options], points: own.map(coordinates) }];
  });
  const title = `microseconds of bind(2) against the number of sockets in ${STATE_NAMES[state]}`;
  const width = Math.min(CHART.width, columns - Y_LABELS);
  return lines.length === 0 ? '' : `${wrap(title, columns, '  ')}\n${drawChart(lines, { ...CHART, width })}`;
}

function coordinates({ sockets, medianMicroseconds }: CostPoint): { x: number; y: number } {
  return { x: sockets, y: medianMicroseconds };
}

function weightiestState({ trends }: CostReport): CostState | undefined {
  return BY_WEIGHT.find((state) => trends.some((trend) => trend.state === state));
}

function bindPoints({ points }: CostReport, state: CostState): CostPoint[] {
  return points.filter((point) => point.call === 'bind' && point.state === state);
}
