// A block over time: failures, transfers in flight and sockets in TIME_WAIT, each in a figure of its own.
import { enumerate, formatRatio, NO_VALUE } from '../words/format.ts';
import { linearAxis } from './axis.ts';
import {
  chartId,
  inScenario,
  largest,
  lookOf,
  type Page,
  type ScenarioRows,
  scenarioRowsOf,
} from './data.ts';
import type { DataTable } from './data-table.ts';
import { figure, statement } from './figure.ts';
import { legend } from './legend.ts';
import { type ChartPoint, type CurveLine, linesChart } from './lines.ts';
import { html, type Markup, NOTHING } from './markup.ts';
import type { Chart } from './plot.ts';
import { type Means, meansOf, timelinesOf } from './slices.ts';
import { type Summit, TIME_MEASURES, type TimeMeasure } from './time-measures.ts';

/** Empty of a result without timelines. */
export function overTimeFigures(page: Page): Markup {
  const { result } = page;
  if (result.strategies.every((one) => timelinesOf(result, one).length === 0)) return NOTHING;
  return html`${TIME_MEASURES.map((measure) => measureFigure(page, measure))}`;
}

type MeansLine = CurveLine & Means;

interface ScenarioLines {
  readonly scenario: string;
  /** Of all strategies of which enough is known. */
  readonly known: readonly MeansLine[];
  /** Those that are drawn. */
  readonly lines: readonly MeansLine[];
}

/** Less is no course of time. */
const LEAST_POINTS = 3;

function measureFigure(page: Page, measure: TimeMeasure): Markup {
  const known = scenarioRowsOf(page.result)
    .filter(({ scenario }) => measure.tells(scenario))
    .map((rows) => linesOf(page, measure, rows));
  const scenarios = known.filter(({ lines }) => lines.length > 0);
  const all = scenarios.flatMap(({ lines }) => lines);
  const most = largest(
    scenarios.flatMap(({ scenario, lines }) => lines.map((one) => peakOf(one, scenario))),
    ({ value }) => value,
  );
  if (most === undefined) return statement(measure.id, measure.nothing);
  return figure({
    id: measure.id,
    seen: measure.seen(most, inScenario(page.result, most.scenario)),
    marks: [backing(all), ...undrawn(page, known)].join(' '),
    legend: legend(all, 'lines'),
    charts: scenarios.map((own) => ({ scenario: own.scenario, chart: chartOf(page, measure, own, all) })),
    tables: scenarios.map((own) => tableOf(measure, own)),
  });
}

function linesOf(page: Page, measure: TimeMeasure, { scenario, strategies }: ScenarioRows): ScenarioLines {
  const known = strategies.flatMap((strategy): MeansLine[] => {
    const means = meansOf(page.result, strategy, measure.series);
    const name = strategy.contestant;
    if (means === null || means.points.length < LEAST_POINTS) return [];
    return [{ name, look: lookOf(page, name), ...means }];
  });
  return { scenario: scenario.name, known, lines: known.filter(isTelling) };
}

/** A line at 0 from end to end is better said than drawn. */
function isTelling({ points }: Means): boolean {
  return points.some(({ y }) => y > 0);
}

function peakOf({ name, points }: CurveLine, scenario: string): Summit {
  return { name, scenario, value: Math.max(...points.map(({ y }) => y)) };
}

/** `Lines: means over 5 to 8 of the 8 blocks of a strategy, the same ones from end to end.` */
function backing(lines: readonly Means[]): string {
  const counts = lines.map(({ blocks }) => blocks);
  const [fewest, most] = [Math.min(...counts), Math.max(...counts)];
  const blocks = fewest === most ? String(most) : `${fewest} to ${most}`;
  const all = Math.max(...lines.map(({ allBlocks }) => allBlocks));
  return `Lines: means over ${blocks} of the ${all} blocks of a strategy, the same ones at each of its points; time counts from the start of a block.`;
}

/** Strategies that have no line in any scenario, and why. */
function undrawn({ result }: Page, scenarios: readonly ScenarioLines[]): string[] {
  const among = (kind: 'known' | 'lines', name: string) =>
    scenarios.some((own) => own[kind].some((line) => line.name === name));
  const names = [...new Set(result.strategies.map(({ contestant }) => contestant))];
  const level = names.filter((name) => among('known', name) && !among('lines', name));
  const unknown = names.filter((name) => !among('known', name));
  return [
    ...(level.length === 0 ? [] : [`At 0 all the time: ${enumerate(level)}.`]),
    ...(unknown.length === 0 ? [] : [`Looked at too seldom: ${enumerate(unknown)}.`]),
  ];
}

function chartOf(
  page: Page,
  { id, name, unit, isHeld }: TimeMeasure,
  { scenario, lines }: ScenarioLines,
  all: readonly MeansLine[],
): Chart {
  const drawn = (one: MeansLine) => (isHeld ? { ...one, points: held(one.points) } : one);
  const points = all.flatMap((one) => drawn(one).points);
  const peaks = lines.map((one) => peakOf(one, scenario));
  return {
    id: chartId(page, id, scenario),
    title: `${name} in ${scenario}`,
    description: `Most of each: ${peaks.map((peak) => `${peak.name} ${formatRatio(peak.value)}`).join('; ')}`,
    options: linesChart({
      lines: lines.map(drawn),
      x: linearAxis(Math.max(...points.map(({ x }) => x)), 'seconds from the start of the block'),
      y: linearAxis(Math.max(...points.map(({ y }) => y)), unit),
      curve: isHeld ? 'step-after' : 'linear',
    }),
  };
}

/** With the end of the last slice. */
function held(points: readonly ChartPoint[]): readonly ChartPoint[] {
  const [before, last] = points.slice(-2);
  if (before === undefined || last === undefined) return points;
  return [...points, { x: 2 * last.x - before.x, y: last.y }];
}

/** Rows in a table; every second or third point is enough of a long line. */
const MOST_ROWS = 12;

function tableOf({ name }: TimeMeasure, { scenario, lines }: ScenarioLines): DataTable {
  const all = [...new Set(lines.flatMap(({ points }) => points.map(({ x }) => x)))].sort((a, b) => a - b);
  const step = Math.ceil(all.length / MOST_ROWS);
  return {
    caption: `${name} in ${scenario}, mean over the blocks`,
    head: ['from second', ...lines.map((one) => `${one.name} (${one.blocks} blocks)`)],
    textColumns: [],
    rows: all
      .filter((_, i) => i % step === 0)
      .map((second) => [
        formatRatio(second),
        ...lines.map(({ points }) => {
          const found = points.find(({ x }) => x === second);
          return found === undefined ? NO_VALUE : formatRatio(found.y);
        }),
      ]),
  };
}
