// A block over time: failures, transfers in flight and sockets in TIME_WAIT, each in a figure of its own.
import { formatRatio, NO_VALUE } from '../words/format.ts';
import { linearAxis } from './axis.ts';
import { chartId, inScenario, largest, lookOf, type Page, scenarioRowsOf } from './data.ts';
import type { DataTable } from './data-table.ts';
import { figure } from './figure.ts';
import { type CurveLine, linesChart } from './lines.ts';
import { html, type Markup } from './markup.ts';
import type { Chart } from './plot.ts';
import { pointsOf, slicesOf } from './slices.ts';
import { type Summit, TIME_MEASURES, type TimeMeasure } from './time-measures.ts';

const MARKS =
  'Lines: mean over the blocks of a strategy, as long as half of them were running; time counts from the start of a block.';

/** Empty of a result without timelines. */
export function overTimeFigures(page: Page): Markup {
  return html`${TIME_MEASURES.map((measure) => measureFigure(page, measure))}`;
}

interface ScenarioLines {
  readonly scenario: string;
  readonly everyMs: number;
  readonly lines: readonly CurveLine[];
}

function measureFigure(page: Page, measure: TimeMeasure): Markup {
  const scenarios = scenarioRowsOf(page.result)
    .map(({ scenario, strategies }): ScenarioLines => {
      const found = strategies.flatMap((strategy) => {
        const slices = slicesOf(page.result, strategy);
        return slices === null ? [] : [{ name: strategy.contestant, slices }];
      });
      const lines = found.map(({ name, slices }) => ({
        name,
        look: lookOf(page, name),
        points: pointsOf(slices, measure.values(slices)),
      }));
      return {
        scenario: scenario.name,
        everyMs: Math.max(0, ...found.map(({ slices }) => slices.everyMs)),
        lines: lines.filter(({ points }) => points.length > 0),
      };
    })
    .filter(({ lines }) => lines.length > 0);
  const peaks = scenarios.flatMap(({ scenario, lines }) => lines.flatMap((one) => peakOf(one, scenario)));
  const most = largest(peaks, ({ value }) => value);
  return figure({
    id: measure.id,
    seen: measure.seen(most, inScenario(page.result, most?.scenario ?? '')),
    marks: MARKS,
    charts: scenarios.map((own) => ({
      scenario: own.scenario,
      chart: chartOf(page, measure, own),
    })),
    tables: scenarios.map((own) => tableOf(measure, own)),
  });
}

function peakOf({ name, points }: CurveLine, scenario: string): Summit[] {
  const peak = largest(points, ({ y }) => y);
  return peak === undefined ? [] : [{ name, scenario, value: peak.y }];
}

function chartOf(
  page: Page,
  { id, name, unit }: TimeMeasure,
  { scenario, everyMs, lines }: ScenarioLines,
): Chart {
  const points = lines.flatMap((one) => one.points);
  const lasts = Math.max(...points.map(({ x }) => x), everyMs / 1000);
  const peaks = lines.flatMap((one) => peakOf(one, scenario));
  return {
    id: chartId(page, id, scenario),
    title: `${name} in ${scenario}`,
    description: `Most of each: ${peaks.map((peak) => `${peak.name} ${formatRatio(peak.value)}`).join('; ')}`,
    draw: linesChart({
      lines,
      x: linearAxis(lasts, 'seconds from the start of the block'),
      y: linearAxis(Math.max(...points.map(({ y }) => y)) || 1, unit),
      curve: 'linear',
    }),
  };
}

function tableOf({ name }: TimeMeasure, { scenario, lines }: ScenarioLines): DataTable {
  const seconds = [...new Set(lines.flatMap(({ points }) => points.map(({ x }) => x)))].sort((a, b) => a - b);
  return {
    caption: `${name} in ${scenario}, mean over the blocks`,
    head: ['from second', ...lines.map((one) => one.name)],
    textColumns: [],
    rows: seconds.map((second) => [
      formatRatio(second),
      ...lines.map(({ points }) => {
        const found = points.find(({ x }) => x === second);
        return found === undefined ? NO_VALUE : formatRatio(found.y);
      }),
    ]),
  };
}
