// The timelines of a strategy's blocks as one: in each slice the mean over its blocks, of those that can be told together.
import type { RunResult, StrategyResult, Timeline } from '../../result/types.ts';
import { blocksOf, largest } from './data.ts';
import type { ChartPoint } from './lines.ts';

/** Slices of a block that are drawn and listed; longer timelines are drawn together. */
const MOST_SLICES = 40;

export interface Slices {
  /** Seconds of the start of each slice. */
  readonly seconds: readonly number[];
  readonly everyMs: number;
  readonly failedPerSecond: readonly number[];
  readonly completedPerSecond: readonly number[];
  readonly inFlight: readonly number[];
  /** Null where nobody could look. */
  readonly liveSockets: readonly (number | null)[];
  readonly timeWaitSockets: readonly (number | null)[];
  readonly bindMs: readonly (number | null)[];
}

/** Null without a timeline: results of format version 1 have none. */
export function slicesOf(result: RunResult, strategy: StrategyResult): Slices | null {
  const all = blocksOf(result, strategy).flatMap(({ timeline }) => timeline ?? []);
  const everyMs = all[0]?.everyMs ?? 0;
  const timelines = all.filter((timeline) => timeline.everyMs === everyMs);
  const reached = runningIn(timelines);
  if (reached === 0) return null;
  const together = Math.ceil(reached / MOST_SLICES);
  const mean = (values: (timeline: Timeline) => readonly (number | null)[]) =>
    joined(meansOf(timelines.map(values), reached), together);
  const perSecond = (values: (timeline: Timeline) => readonly number[]) =>
    mean(values).map((count) => ((count ?? 0) * 1000) / everyMs);
  return {
    everyMs: everyMs * together,
    seconds: Array.from({ length: Math.ceil(reached / together) }, (_, i) => (i * together * everyMs) / 1000),
    failedPerSecond: perSecond(({ failed }) => failed),
    completedPerSecond: perSecond(({ completed }) => completed),
    inFlight: mean(({ inFlight }) => inFlight).map((count) => count ?? 0),
    liveSockets: joined(
      meansOfSame(
        timelines.map(({ liveSockets }) => between(liveSockets)),
        reached,
      ),
      together,
    ),
    timeWaitSockets: joined(
      meansOfSame(
        timelines.map(({ timeWaitSockets }) => between(timeWaitSockets)),
        reached,
      ),
      together,
    ),
    bindMs: joined(
      meansOfMost(
        timelines.map(({ bindMs }) => bindMs),
        reached,
      ),
      together,
    ),
  };
}

/** Points of the slices that have a value, at their starts. */
export function pointsOf({ seconds }: Slices, values: readonly (number | null)[]): ChartPoint[] {
  return values.flatMap((y, i) => (y === null ? [] : [{ x: seconds[i] ?? 0, y }]));
}

/** Slices that at least half of the blocks reached: the mean of one late block would look like a change. */
function runningIn(timelines: readonly Timeline[]): number {
  const lengths = timelines.map(({ completed }) => completed.length).sort((a, b) => b - a);
  return lengths[Math.floor((lengths.length - 1) / 2)] ?? 0;
}

function meansOf(series: readonly (readonly (number | null)[])[], slices: number): (number | null)[] {
  return Array.from({ length: slices }, (_, i) => meanOf(series.map((values) => values[i] ?? null)));
}

/** The mean of the blocks that tell a slice, where at least half of them do: that of one or two is chance. */
function meansOfMost(series: readonly (readonly (number | null)[])[], slices: number): (number | null)[] {
  return meansOf(series, slices).map((mean, i) => {
    const told = series.filter((values) => (values[i] ?? null) !== null).length;
    return 2 * told < series.length ? null : mean;
  });
}

/**
 * The mean of sockets that were looked at now and then. Each block was looked at from another slice to another: a mean over
 * whichever blocks there are would fall where one that has many leaves, and nothing fell. So the same blocks make every
 * slice, at least half of them, over the stretch that has most looks.
 */
function meansOfSame(series: readonly (readonly (number | null)[])[], slices: number): (number | null)[] {
  const looked = series.map((values) => {
    const within = values.slice(0, slices);
    return {
      values,
      first: within.findIndex((value) => value !== null),
      last: within.findLastIndex((value) => value !== null),
    };
  });
  const spanning = (from: number, to: number) =>
    looked.filter(({ first, last }) => first >= 0 && first <= from && last >= to);
  const stretches = looked
    .flatMap(({ first: from }) => looked.map(({ last: to }) => ({ from, to, same: spanning(from, to) })))
    .filter(({ from, to, same }) => from >= 0 && from <= to && 2 * same.length >= series.length);
  const told = ({ from, to, same }: (typeof stretches)[number]) => (to - from + 1) * same.length;
  const most = largest(stretches, told);
  return Array.from({ length: slices }, (_, i) =>
    most === undefined || i < most.from || i > most.to
      ? null
      : meanOf(most.same.map(({ values }) => values[i] ?? null)),
  );
}

/**
 * A slice in which nobody looked gets what lies between the looks before and after: a mean over the blocks that were
 * looked at in a slice would jump with the choice of blocks.
 */
function between(values: readonly (number | null)[]): (number | null)[] {
  return values.map((value, i) => {
    if (value !== null) return value;
    const before = values.slice(0, i).findLastIndex((one) => one !== null);
    const after = values.findIndex((one, at) => at > i && one !== null);
    if (before < 0 || after < 0) return null;
    const [from, to] = [values[before] ?? 0, values[after] ?? 0];
    return from + ((to - from) * (i - before)) / (after - before);
  });
}

function joined(values: readonly (number | null)[], together: number): (number | null)[] {
  return Array.from({ length: Math.ceil(values.length / together) }, (_, i) =>
    meanOf(values.slice(i * together, (i + 1) * together)),
  );
}

function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}
