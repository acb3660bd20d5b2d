// Charts of lines: each is named at its end, where its symbol stands, too; names that would overlap move apart.
import type { Axis } from './axis.ts';
import type { Appearance } from './palette.ts';
import { CHARACTER_PX, type ChartSize, dot, gridX, gridY, line, type Markish, text } from './plot.ts';
import { PLAIN_LABEL } from './rows.ts';
import { spread } from './spread.ts';

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

const WIDE_HEIGHT = 300;
const NARROW_HEIGHT = 250;
const MARGIN = { top: 28, bottom: 42 };
const NAME_PX = 17;
/** Symbols on a line, besides the one beside its name: enough to tell it where lines cross. */
const SYMBOLS_ON_LINE = 5;

export function linesChart({ lines, x, y, curve }: LinesChart): (size: ChartSize) => Record<string, unknown> {
  const longestName = Math.max(0, ...lines.map(({ name }) => name.length));
  return ({ narrow }) => {
    const height = Math.max(
      narrow ? NARROW_HEIGHT : WIDE_HEIGHT,
      lines.length * NAME_PX + MARGIN.top + MARGIN.bottom,
    );
    const xTicks = narrow ? every(x.ticks, 4) : x.ticks;
    return {
      height,
      ...{ marginTop: MARGIN.top, marginBottom: MARGIN.bottom },
      marginLeft: Math.max(...y.ticks.map((tick) => y.format(tick).length)) * CHARACTER_PX + 14,
      marginRight: longestName * CHARACTER_PX + 30,
      x: { ...scaleOf(x), ticks: xTicks, ...PLAIN_LABEL },
      y: { ...scaleOf(y), ticks: y.ticks, labelAnchor: 'top', labelArrow: 'none', tickSize: 0 },
      marks: [
        gridX(xTicks, { stroke: 'var(--rule)', strokeOpacity: 1 }),
        gridY(y.ticks, { stroke: 'var(--rule)', strokeOpacity: 1 }),
        ...lines.flatMap((one) => lineMarks(one, curve)),
        ...nameMarks(lines, x, y, height - MARGIN.top - MARGIN.bottom),
      ],
    };
  };
}

function scaleOf({ type = 'linear', domain, label, format }: Axis) {
  return { type, domain, label, tickFormat: format };
}

/** Some `count` of them, the first among them. */
function every(ticks: readonly number[], count: number): readonly number[] {
  const step = Math.max(1, Math.ceil(ticks.length / count));
  return ticks.filter((_, i) => i % step === 0);
}

function lineMarks({ points, look }: CurveLine, curve: LinesChart['curve']): Markish[] {
  const place = { x: 'x', y: 'y', stroke: look.colour } as const;
  const symbols = { ...place, symbol: look.symbol, fill: look.colour, fillOpacity: 0.3, r: 3 } as const;
  if (curve === 'none') return [dot(points, symbols)];
  return [
    line(points, { ...place, curve, strokeWidth: 1.8, strokeDasharray: look.dashes }),
    dot(
      every(
        points.map((_, i) => i),
        SYMBOLS_ON_LINE,
      ).flatMap((i) => points[i] ?? []),
      { ...symbols, fillOpacity: 1 },
    ),
  ];
}

/** At the right edge, beside the end of the line, or as near as the other names allow. */
function nameMarks(lines: readonly CurveLine[], x: Axis, y: Axis, fieldPx: number): Markish[] {
  const wanted = lines.map(({ points }) => (1 - shareOf(points.at(-1)?.y ?? 0, y)) * fieldPx);
  const found = spread(wanted, NAME_PX, fieldPx);
  return lines.flatMap(({ name, look }, i) => {
    const at = { x: () => x.domain[1], y: () => y.domain[1], dy: found[i] ?? 0 };
    return [
      dot([name], { ...at, dx: 12, symbol: look.symbol, stroke: look.colour, fill: look.colour, r: 4 }),
      text([name], { ...at, dx: 21, text: (label: string) => label, textAnchor: 'start' }),
    ];
  });
}

function shareOf(value: number, { type, domain: [low, high] }: Axis): number {
  if (type !== 'log') return (value - low) / (high - low);
  return Math.log(Math.max(value, low) / low) / Math.log(high / low);
}
