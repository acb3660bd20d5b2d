// The timelines of a strategy's blocks as one line, whose points are all means over the same blocks.
import type { RunResult, StrategyResult, Timeline } from '../../result/types.ts';
import { blocksOf } from './data.ts';
import type { ChartPoint } from './lines.ts';

/** Points of a line; longer timelines are drawn together. */
const MOST_POINTS = 40;

/** One number of each slice of a block; null where nobody looked. */
export type Series = (timeline: Timeline) => readonly (number | null)[];

export interface Means {
  /** In seconds from the start of a block. */
  readonly points: readonly ChartPoint[];
  /** What each point is the mean of, and how many there are. */
  readonly blocks: number;
  readonly allBlocks: number;
}

/**
 * Null without a timeline (results of format version 1 have none), and where no slice is known of half of the blocks, of
 * two at least. Were other blocks behind one point than behind the next, their difference would look like a change.
 */
export function meansOf(result: RunResult, strategy: StrategyResult, series: Series): Means | null {
  const timelines = timelinesOf(result, strategy);
  const everyMs = timelines[0]?.everyMs ?? 0;
  const known = timelines.map(series);
  const span = widestSpan(known.map(spanOf));
  if (span === null) return null;
  const own = known.filter((values) => covers(spanOf(values), span));
  const together = Math.ceil((span.to - span.from + 1) / MOST_POINTS);
  const points = Array.from(
    { length: Math.ceil((span.to - span.from + 1) / together) },
    (_, i): ChartPoint => {
      const from = span.from + i * together;
      const to = Math.min(span.to + 1, from + together);
      return { x: (from * everyMs) / 1000, y: mean(own.flatMap((values) => values.slice(from, to))) };
    },
  );
  return { points, blocks: own.length, allBlocks: timelines.length };
}

/** Those of one width of slice, as runs have. */
export function timelinesOf(result: RunResult, strategy: StrategyResult): readonly Timeline[] {
  const all = blocksOf(result, strategy).flatMap(({ timeline }) => timeline ?? []);
  return all.filter(({ everyMs }) => everyMs === all[0]?.everyMs);
}

/** A slice in which nobody looked gets what lies on a straight line between the looks before and after. */
export function between(values: readonly (number | null)[]): (number | null)[] {
  return values.map((value, i) => {
    if (value !== null) return value;
    const before = values.slice(0, i).findLastIndex((one) => one !== null);
    const after = values.findIndex((one, at) => at > i && one !== null);
    if (before < 0 || after < 0) return null;
    const [from, to] = [values[before] ?? 0, values[after] ?? 0];
    return from + ((to - from) * (i - before)) / (after - before);
  });
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/** From the first known value to the last. */
function spanOf(values: readonly (number | null)[]): Span {
  return {
    from: values.findIndex((value) => value !== null),
    to: values.findLastIndex((value) => value !== null),
  };
}

function covers(one: Span, other: Span): boolean {
  return one.from >= 0 && one.from <= other.from && one.to >= other.to;
}

/** The span that holds most: of slices times the blocks that are known in all of them. */
function widestSpan(spans: readonly Span[]): Span | null {
  const needed = Math.max(Math.min(2, spans.length), Math.ceil(spans.length / 2));
  let best: Span | null = null;
  let most = 0;
  for (const { from } of spans) {
    for (const { to } of spans) {
      const blocks = spans.filter((one) => covers(one, { from, to })).length;
      const held = (to - from + 1) * blocks;
      if (blocks < needed || held <= most) continue;
      most = held;
      best = { from, to };
    }
  }
  return best;
}

/** Without what is not known: within a span of looks, that is the time of a bind where there was none. */
function mean(values: readonly (number | null)[]): number {
  const known = values.filter((value) => value !== null);
  return known.reduce((sum, value) => sum + value, 0) / Math.max(1, known.length);
}
