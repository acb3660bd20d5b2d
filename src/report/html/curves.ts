// Cumulative curves of waiting and transfer times: who failed never arrives, so a curve ends below 100 %.

import type { StrategyResult } from '../../result/types.ts';
import { decodeHistogram, mergeHistograms, quantileMs } from '../../stats/histogram.ts';
import { formatQuantile } from '../text/columns.ts';
import { enumerate, formatPercent } from '../words/format.ts';
import { type Axis, logMsAxis, percentTick, rateAxis } from './axis.ts';
import { CURVE_MEASURES, type Curve, type CurveMeasure, SHORTEST_MS } from './curve-measures.ts';
import { blocksOf, chartId, inScenario, largest, lookOf, type Page, scenarioRowsOf } from './data.ts';
import type { DataTable } from './data-table.ts';
import { figure, statement } from './figure.ts';
import { legend } from './legend.ts';
import { type ChartPoint, type CurveLine, linesChart } from './lines.ts';
import { html, type Markup, NOTHING } from './markup.ts';
import type { Chart } from './plot.ts';

export function curvesFigures(page: Page): Markup {
  return html`${CURVE_MEASURES.map((measure) => measureFigure(page, measure))}`;
}

function measureFigure(page: Page, measure: CurveMeasure): Markup {
  const all = page.result.strategies.flatMap((strategy) => curveOf(page, measure, strategy));
  const curved = all.filter(measure.isCurved);
  const names = (curves: readonly Curve[]) => [...new Set(curves.map(({ name }) => name))];
  const level = names(all).filter((name) => !names(curved).includes(name));
  const least = largest(curved, ({ arrived }) => -arrived);
  if (all.length === 0) return NOTHING;
  if (least === undefined) return statement(measure.id, `${enumerate(level)} ${measure.level}.`);
  const scenarios = scenarioRowsOf(page.result)
    .map(({ scenario: { name } }) => ({
      scenario: name,
      curves: curved.filter((one) => one.scenario === name),
    }))
    .filter(({ curves }) => curves.length > 0);
  const x = timeAxis(curved, measure.axis);
  return figure({
    id: measure.id,
    seen: measure.seen(least, inScenario(page.result, least.scenario)),
    marks: `Lines: share of all transfers that were there by a time. Those that failed never are: a line that levels off below 100 % tells how many. ${measure.span}${
      level.length === 0 ? '' : ` Not drawn: ${enumerate(level)}, which ${measure.level}.`
    }`,
    legend: legend(
      curved.map(({ name }) => ({ name, look: lookOf(page, name) })),
      'lines',
    ),
    charts: scenarios.map(({ scenario, curves }) => ({
      scenario,
      chart: chartOf(page, measure, { scenario, curves, x }),
    })),
    tables: scenarios.map(({ scenario, curves }) => tableOf(measure, scenario, curves)),
  });
}

function curveOf({ result }: Page, measure: CurveMeasure, strategy: StrategyResult): Curve[] {
  const blocks = blocksOf(result, strategy);
  if (!measure.isTold(blocks)) return [];
  const histogram = mergeHistograms(blocks.map((block) => decodeHistogram(measure.encoded(block))));
  const lost = measure.lost(strategy);
  const all = histogram.totalCount + lost;
  if (all === 0) return [];
  return [
    {
      name: strategy.contestant,
      scenario: strategy.scenario,
      histogram,
      lost,
      arrived: histogram.totalCount / all,
    },
  ];
}

/** Holds the shortest and the longest time of all curves. */
function timeAxis(curves: readonly Curve[], label: string): Axis {
  const longest = Math.max(
    ...curves.map(({ histogram }) => Number(quantileMs(histogram, 0, 1))),
    SHORTEST_MS * 10,
  );
  const shortest = Math.min(
    ...curves.map(({ histogram }) => Number(quantileMs(histogram, 0, 0.001) ?? longest)),
  );
  return logMsAxis([Math.max(SHORTEST_MS, shortest), longest], label);
}

interface CurvesOfScenario {
  readonly scenario: string;
  readonly curves: readonly Curve[];
  readonly x: Axis;
}

function chartOf(page: Page, measure: CurveMeasure, { scenario, curves, x }: CurvesOfScenario): Chart {
  const lines = curves.map(
    (curve): CurveLine => ({
      name: curve.name,
      look: lookOf(page, curve.name),
      points: pointsOf(curve, x.domain),
    }),
  );
  return {
    id: chartId(page, measure.id, scenario),
    title: `${measure.name} in ${scenario}`,
    description: curves.map((curve) => `${curve.name}: ${summaryOf(curve)}`).join('; '),
    options: linesChart({
      lines,
      x,
      y: { ...rateAxis(1, measure.share), format: percentTick },
      curve: 'step-after',
    }),
  };
}

function summaryOf({ histogram, lost, arrived }: Curve): string {
  return `half by ${formatQuantile(quantileMs(histogram, lost, 0.5))}, ${formatPercent(arrived)} in the end`;
}

/** The steps of a curve: more of them where few transfers are left. */
const SHARES = [...Array.from({ length: 99 }, (_, i) => (i + 1) / 100), 0.995, 0.999, 1];

function pointsOf({ histogram, arrived }: Curve, [low, high]: readonly [number, number]): ChartPoint[] {
  const reached = (q: number) => Math.min(high, Math.max(low, Number(quantileMs(histogram, 0, q) ?? high)));
  const rising = arrived === 0 ? [] : SHARES.map((q) => ({ x: reached(q), y: q * arrived }));
  // Of points above one another the last is enough, and the line goes on to the edge.
  const steps = [{ x: low, y: 0 }, ...rising, { x: high, y: arrived }];
  return steps.filter(({ x }, i) => x !== steps[i + 1]?.x);
}

const QUANTILES = [0.1, 0.25, 0.5, 0.75, 0.9, 0.99];

function tableOf({ name }: CurveMeasure, scenario: string, curves: readonly Curve[]): DataTable {
  return {
    caption: `${name} in ${scenario}; transfers that failed count as endless`,
    head: ['strategy', ...QUANTILES.map((q) => `${percentTick(q)} % by`), 'in the end'],
    rows: curves.map(({ name: strategy, histogram, lost, arrived }) => [
      strategy,
      ...QUANTILES.map((q) => formatQuantile(quantileMs(histogram, lost, q))),
      formatPercent(arrived),
    ]),
  };
}
