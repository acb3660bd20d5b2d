// What stands in a row: a point with its interval, a band, dots, a bar. Each has its strategy's colour and shape.
import type { Interval } from '../../stats/proportion.ts';
import { dot, type Markish, rect, ruleX, ruleY } from './plot.ts';
import type { Placed, Row } from './rows.ts';

export interface PointRow extends Row {
  readonly value: number | null;
  readonly interval: Interval | null;
  /** Drawn behind, for what was expected. */
  readonly band?: Interval | null;
  /** An outline only, for what was not measured. */
  readonly hollow?: boolean;
}

/** Half the height of a band or a bar, in rows. */
const HALF_BAND = 0.3;
const HALF_BAR = 0.28;
const HALF_UPRIGHT = 0.44;
/** Dots lie on a few levels around the middle of their row, so that those of equal value can be counted. */
const DOT_LEVELS = [0, -0.16, 0.16, -0.3, 0.3];

/** A mark a row: shape and colour are constants of a mark, not a scale of the chart. */
export function pointMarks(rows: readonly Placed<PointRow>[]): Markish[] {
  return rows.flatMap(({ y, unit, value, interval, band, hollow, look }) => [
    ...(band ? [bandMark(y, band, unit)] : []),
    ...(interval === null ? [] : [intervalMark(y, interval, look.colour)]),
    ...(value === null ? [] : [pointMark({ x: value, y }, look, hollow === true)]),
  ]);
}

export interface DotsRow extends Row {
  readonly values: readonly number[];
  /** A line through the dots: what they make together. */
  readonly pooled: number | null;
}

export function dotsMarks(rows: readonly Placed<DotsRow>[]): Markish[] {
  return rows.flatMap(({ y, unit, values, pooled, look }) => {
    const points = values.map((x, i) => ({ x, y: y + unit * (DOT_LEVELS[i % DOT_LEVELS.length] ?? 0) }));
    return [
      dot(points, {
        x: 'x',
        y: 'y',
        symbol: look.symbol,
        stroke: look.colour,
        fill: look.colour,
        fillOpacity: 0.3,
        r: 3.5,
      }),
      ...(pooled === null ? [] : [uprightMark(pooled, y, unit)]),
    ];
  });
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

function intervalMark(y: number, [x1, x2]: Interval, stroke: string): Markish {
  return ruleY([{ y, x1, x2 }], { y: 'y', x1: 'x1', x2: 'x2', stroke, strokeWidth: 2.5 });
}

function pointMark(
  point: { readonly x: number; readonly y: number },
  look: Row['look'],
  hollow: boolean,
): Markish {
  const fill = hollow ? 'var(--background)' : look.colour;
  return dot([point], {
    x: 'x',
    y: 'y',
    symbol: look.symbol,
    fill,
    stroke: look.colour,
    strokeWidth: 1.5,
    r: 5,
  });
}

function uprightMark(x: number, y: number, unit: number): Markish {
  const [y1, y2] = [y - HALF_UPRIGHT * unit, y + HALF_UPRIGHT * unit];
  return ruleX([{ x, y1, y2 }], { x: 'x', y1: 'y1', y2: 'y2', stroke: 'currentColor', strokeWidth: 1.5 });
}

function bar(y: number, [x1, x2]: Interval, style: Record<string, string | number>, half: number): Markish {
  return rect([{ x1, x2, y1: y - half, y2: y + half }], { x1: 'x1', x2: 'x2', y1: 'y1', y2: 'y2', ...style });
}
