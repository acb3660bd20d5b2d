// Charts of rows, as in a forest plot: names on the left, marks along one axis, the numbers on the right.

import { type Axis, ticksWithin } from './axis.ts';
import type { Appearance } from './palette.ts';
import { CHARACTER_PX, gridX, type Markish, PANEL_PX, type PlotOptions, ruleX, text } from './plot.ts';

export interface Row {
  readonly label: string;
  /** Beside the marks: what they show, in numbers or a word. */
  readonly numbers: string;
  readonly look: Appearance;
}

/** In a scale on which each row is 1 high; `unit` is as much of it as a row without words above its marks. */
export type Placed<R extends Row> = R & { readonly y: number; readonly unit: number };

export interface RowsChart<R extends Row> {
  readonly rows: readonly R[];
  readonly axis: Axis;
  readonly layout: RowsLayout;
  readonly marks: (rows: readonly Placed<R>[]) => readonly Markish[];
  /** A line through the marks of all rows, such as that of no difference. */
  readonly reference?: number;
}

/** The same for all charts of a figure, so that their axes are alike. */
export interface RowsLayout {
  /** Words stand above their marks where there is no room beside them. */
  readonly above: boolean;
  readonly left: number;
  readonly right: number;
  /** Of a name; longer ones are shortened, and whole in the tables. */
  readonly characters: number;
}

const ROW_PX = 26;
const ROW_WITH_WORDS_PX = 48;
const WORDS_ABOVE_PX = 21;
/** Of a row: how far its marks stand below the middle then. */
const BELOW_WORDS = 0.2;
const MARGIN_TOP = 6;
const MARGIN_BOTTOM = 40;
/** Between words and marks, which may stand at the very end of the axis. */
const GAP_PX = 14;
const EDGE_PX = 16;
/** How far words above their marks stand out of the axis. */
const OUTSIDE_PX = 10;
/** Marks on less than this could not be told apart. */
const LEAST_FIELD_PX = 130;

export function rowsLayout(rows: readonly Row[]): RowsLayout {
  const left = widest(rows.map(({ label }) => label)) + GAP_PX + 2;
  const right = Math.max(EDGE_PX, widest(rows.map(({ numbers }) => numbers)) + GAP_PX + 2);
  const above = PANEL_PX - left - right < LEAST_FIELD_PX;
  if (!above) return { above, left, right, characters: Number.POSITIVE_INFINITY };
  const room = PANEL_PX - 2 * (EDGE_PX - OUTSIDE_PX) - right;
  return { above, left: EDGE_PX, right: EDGE_PX, characters: Math.floor(room / CHARACTER_PX) };
}

/** `ftp.a-very-l…org:2121`: names differ at their ends. */
function shortened(name: string, characters: number): string {
  if (name.length <= characters) return name;
  const half = (characters - 1) / 2;
  return `${name.slice(0, Math.ceil(half))}…${name.slice(-Math.floor(half))}`;
}

export function rowsChart<R extends Row>({
  rows,
  axis,
  layout,
  marks,
  reference,
}: RowsChart<R>): PlotOptions {
  const { above, left, right, characters } = layout;
  const rowPx = above ? ROW_WITH_WORDS_PX : ROW_PX;
  const placed = rows.map((row, i) => ({
    ...row,
    label: shortened(row.label, characters),
    ...{ y: i + (above ? BELOW_WORDS : 0), unit: ROW_PX / rowPx },
  }));
  const ticks = ticksWithin(axis, PANEL_PX - left - right);
  return {
    height: rows.length * rowPx + MARGIN_TOP + MARGIN_BOTTOM,
    ...{ marginTop: MARGIN_TOP, marginBottom: MARGIN_BOTTOM, marginLeft: left, marginRight: right },
    x: { ...scaleOf(axis), ticks, ...PLAIN_LABEL },
    y: { axis: null, type: 'linear', domain: [-0.5, rows.length - 0.5], reverse: true },
    marks: [
      gridX(ticks, { stroke: 'var(--rule)', strokeOpacity: 1 }),
      ...(reference === undefined ? [] : [referenceMark(placed, reference)]),
      ...marks(placed),
      ...(above ? wordsAbove(placed, axis) : wordsBeside(placed, axis)),
    ],
  };
}

export function scaleOf({ type = 'linear', domain, label, format }: Axis) {
  return { type, domain: [...domain], label, tickFormat: format } as const;
}

/** In the middle and without an arrow, which readers of a screen would spell. */
export const PLAIN_LABEL = { labelAnchor: 'center', labelArrow: 'none', tickSize: 0 } as const;

function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map((one) => one.length)) * CHARACTER_PX;
}

/** Beside the marks of each row only: it must not cross words that stand above them. */
function referenceMark(rows: readonly Placed<Row>[], x: number): Markish {
  const pieces = rows.map(({ y, unit }) => ({ x, y1: y - unit / 2, y2: y + unit / 2 }));
  return ruleX(pieces, { x: 'x', y1: 'y1', y2: 'y2', stroke: 'currentColor' });
}

function wordsBeside(rows: readonly Placed<Row>[], { domain: [low, high] }: Axis): Markish[] {
  return [
    text(rows, { x: () => low, y: 'y', text: 'label', textAnchor: 'end', dx: -GAP_PX }),
    text(rows, { x: () => high, y: 'y', text: 'numbers', textAnchor: 'start', dx: GAP_PX }),
  ];
}

function wordsAbove(rows: readonly Placed<Row>[], { domain: [low, high] }: Axis): Markish[] {
  // With an outline in the page's colour, words can be read across the grid.
  const above = {
    y: 'y',
    dy: -WORDS_ABOVE_PX,
    stroke: 'var(--background)',
    strokeWidth: 4,
    fill: 'currentColor',
  } as const;
  return [
    text(rows, { ...above, x: () => low, text: 'label', textAnchor: 'start', dx: -OUTSIDE_PX }),
    text(rows, { ...above, x: () => high, text: 'numbers', textAnchor: 'end', dx: OUTSIDE_PX }),
  ];
}
