// Charts of rows, as in a forest plot: names on the left, marks along one axis, the numbers on the right.
import type { Axis } from './axis.ts';
import type { Appearance } from './palette.ts';
import { CHARACTER_PX, type ChartSize, gridX, type Markish, ruleX, text } from './plot.ts';

export interface Row {
  readonly label: string;
  /** Beside the marks: what they show, in numbers and words. */
  readonly numbers: string;
  readonly look: Appearance;
}

/** In a scale on which each row is 1 high; `unit` is as much of it as a row without words above its marks. */
export type Placed<R extends Row> = R & { readonly y: number; readonly unit: number };

export interface RowsChart<R extends Row> {
  readonly rows: readonly R[];
  readonly axis: Axis;
  readonly marks: (rows: readonly Placed<R>[]) => readonly Markish[];
  /** A line across all rows, such as that of no difference. */
  readonly reference?: number;
}

const ROW_PX = 28;
/** The name stands above its marks where there is no room beside them. */
const NARROW_ROW_PX = 54;
const WORDS_ABOVE_PX = 23;
/** Of a row: how far its marks stand below the middle then. */
const BELOW_WORDS = 0.18;
const MARGIN_TOP = 8;
const MARGIN_BOTTOM = 42;
const GAP_PX = 12;
/** Characters: with texts of like lengths, the charts of all scenarios are as wide as one another. */
const WIDTH_STEP = 4;

export function rowsChart<R extends Row>(chart: RowsChart<R>): (size: ChartSize) => Record<string, unknown> {
  const { rows, axis, marks, reference } = chart;
  return ({ narrow }) => {
    const rowPx = narrow ? NARROW_ROW_PX : ROW_PX;
    const placed = rows.map((row, i) => ({
      ...row,
      y: i + (narrow ? BELOW_WORDS : 0),
      unit: ROW_PX / rowPx,
    }));
    const ticks = narrow ? axis.ticks.filter((_, i) => axis.ticks.length < 7 || i % 2 === 0) : axis.ticks;
    return {
      height: rows.length * rowPx + MARGIN_TOP + MARGIN_BOTTOM,
      ...{ marginTop: MARGIN_TOP, marginBottom: MARGIN_BOTTOM },
      marginLeft: narrow ? 16 : widest(rows.map(({ label }) => label)) + GAP_PX + 8,
      marginRight: narrow ? 16 : widest(rows.map(({ numbers }) => numbers)) + GAP_PX + 8,
      x: {
        type: axis.type ?? 'linear',
        domain: axis.domain,
        label: axis.label,
        ticks,
        tickFormat: axis.format,
        ...PLAIN_LABEL,
      },
      y: { axis: null, type: 'linear', domain: [-0.5, rows.length - 0.5], reverse: true },
      marks: [
        gridX(ticks, { stroke: 'var(--rule)', strokeOpacity: 1 }),
        ...(reference === undefined ? [] : [ruleX([reference], { stroke: 'currentColor' })]),
        ...marks(placed),
        ...(narrow ? wordsAbove(placed, axis) : wordsBeside(placed, axis)),
      ],
    };
  };
}

/** In the middle and without an arrow, which readers of a screen would spell. */
export const PLAIN_LABEL = { labelAnchor: 'center', labelArrow: 'none', tickSize: 0 } as const;

function widest(texts: readonly string[]): number {
  const longest = Math.max(0, ...texts.map((one) => one.length));
  return Math.ceil(longest / WIDTH_STEP) * WIDTH_STEP * CHARACTER_PX;
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
    text(rows, { ...above, x: () => low, text: 'label', textAnchor: 'start', dx: -10 }),
    text(rows, { ...above, x: () => high, text: 'numbers', textAnchor: 'end', dx: 10 }),
  ];
}
