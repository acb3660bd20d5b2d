// Charts of lines or points; what a colour, a shape and a dash stand for is told once, above all charts of a figure.

import { type Axis, ticksWithin } from './axis.ts';
import type { Appearance } from './palette.ts';
import { CHARACTER_PX, dot, gridX, gridY, line, type Markish, PANEL_PX, type PlotOptions } from './plot.ts';
import { PLAIN_LABEL, scaleOf } from './rows.ts';

export interface ChartPoint {
  readonly x: number;
  readonly y: number;
}

export interface CurveLine {
  readonly name: string;
  readonly look: Appearance;
  /** At least one, ascending in x. */
  readonly points: readonly ChartPoint[];
}

export interface LinesChart {
  readonly lines: readonly CurveLine[];
  readonly x: Axis;
  readonly y: Axis;
  /** `step`: the value holds until the next point. `none`: points only. */
  readonly curve: 'linear' | 'step-after' | 'none';
}

const HEIGHT_PX = 220;
const MARGIN = { top: 26, bottom: 40 };
/** Symbols on a line: enough to tell it where lines cross. */
const SYMBOLS_ON_LINE = 5;

export function linesChart({ lines, x, y, curve }: LinesChart): PlotOptions {
  const left = longest(y, y.ticks) * CHARACTER_PX + 12;
  const right = (longest(x, x.ticks.slice(-1)) * CHARACTER_PX) / 2 + 4;
  const xTicks = ticksWithin(x, PANEL_PX - left - right);
  return {
    height: HEIGHT_PX,
    ...{ marginTop: MARGIN.top, marginBottom: MARGIN.bottom, marginLeft: left, marginRight: right },
    x: { ...scaleOf(x), ticks: [...xTicks], ...PLAIN_LABEL },
    y: { ...scaleOf(y), ticks: [...y.ticks], labelAnchor: 'top', labelArrow: 'none', tickSize: 0 },
    marks: [
      gridX(xTicks, { stroke: 'var(--rule)', strokeOpacity: 1 }),
      gridY(y.ticks, { stroke: 'var(--rule)', strokeOpacity: 1 }),
      ...lines.flatMap((one, i) => lineMarks(one, curve, i)),
    ],
  };
}

function longest({ format }: Axis, ticks: readonly number[]): number {
  return Math.max(...ticks.map((tick) => format(tick).length));
}

/** The symbols of lines that lie upon one another stand at different places. */
function lineMarks({ points, look }: CurveLine, curve: LinesChart['curve'], place: number): Markish[] {
  const at = { x: 'x', y: 'y', stroke: look.colour } as const;
  const symbols = { ...at, symbol: look.symbol, fill: look.colour, r: 3 } as const;
  if (curve === 'none') return [dot(points, { ...symbols, fillOpacity: 0.3, r: 2.5 })];
  const step = Math.max(1, Math.ceil(points.length / SYMBOLS_ON_LINE));
  const marked = points.filter((_, i) => i % step === place % step || points.length === 1);
  return [
    line(points, { ...at, curve, strokeWidth: 1.8, strokeDasharray: look.dashes }),
    dot(marked, symbols),
  ];
}
