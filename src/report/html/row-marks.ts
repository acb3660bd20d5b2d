// What stands in a row: a point with its interval, a band and strokes, or a bar. Each has its strategy's colour and shape.
import type { Interval } from '../../stats/proportion.ts';
import { dot, type Markish, rect, ruleX, ruleY } from './plot.ts';
import type { Placed, Row } from './rows.ts';

export interface PointRow extends Row {
  readonly value: number | null;
  readonly interval: Interval | null;
  /** Drawn behind, for what was expected. */
  readonly band?: Interval | null;
  /** Short ones below the point: what it is made from. */
  readonly strokes?: readonly number[];
}

/** Half the height of a band or a bar, in rows. */
const HALF_BAND = 0.27;
const HALF_BAR = 0.28;
/** Where strokes begin and end, below the middle of their row. */
const STROKE = [0.24, 0.44] as const;

/** A mark a row: shape and colour are constants of a mark, not a scale of the chart. */
export function pointMarks(rows: readonly Placed<PointRow>[]): Markish[] {
  return rows.flatMap(({ y, unit, value, interval, band, strokes = [], look }) => [
    ...(band ? [bandMark(y, band, unit)] : []),
    ...(strokes.length > 0 ? [strokesMark(y, strokes, unit, look.colour)] : []),
    ...(interval === null ? [] : [intervalMark(y, interval, look.colour)]),
    ...(value === null ? [] : [pointMark({ x: value, y }, look)]),
  ]);
}

export interface BarRow extends Row {
  readonly value: number | null;
}

export function barMarks(rows: readonly Placed<BarRow>[]): Markish[] {
  return rows.flatMap(({ y, unit, value, look }) =>
    value === null ? [] : [bar(y, [0, value], { fill: look.colour, fillOpacity: 0.85 }, HALF_BAR * unit)],
  );
}

function bandMark(y: number, band: Interval, unit: number): Markish {
  return bar(
    y,
    band,
    { fill: 'currentColor', fillOpacity: 0.14, stroke: 'currentColor', strokeOpacity: 0.45 },
    HALF_BAND * unit,
  );
}

function strokesMark(y: number, strokes: readonly number[], unit: number, stroke: string): Markish {
  const [y1, y2] = STROKE.map((part) => y + part * unit);
  const each = strokes.map((x) => ({ x, y1, y2 }));
  return ruleX(each, { x: 'x', y1: 'y1', y2: 'y2', stroke, strokeWidth: 1, strokeOpacity: 0.75 });
}

function intervalMark(y: number, [x1, x2]: Interval, stroke: string): Markish {
  return ruleY([{ y, x1, x2 }], { y: 'y', x1: 'x1', x2: 'x2', stroke, strokeWidth: 2.5 });
}

function pointMark(point: { readonly x: number; readonly y: number }, look: Row['look']): Markish {
  return dot([point], { x: 'x', y: 'y', symbol: look.symbol, fill: look.colour, stroke: look.colour, r: 4 });
}

function bar(y: number, [x1, x2]: Interval, style: Record<string, string | number>, half: number): Markish {
  return rect([{ x1, x2, y1: y - half, y2: y + half }], { x1: 'x1', x2: 'x2', y1: 'y1', y2: 'y2', ...style });
}
