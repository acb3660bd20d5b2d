// Whether a call costs more the more sockets there are: a line through the points of a series, and a verdict.
import { linearFit } from '../../stats/regression.ts';
import type { CostPoint, CostTrend } from '../types.ts';

/** A slope is the rise over this many sockets. */
const SLOPE_UNIT = 1000;
/** A rise is held against the cost without other sockets over this many more, which a busy server has in TIME_WAIT. */
const VERDICT_SOCKETS = 10_000;
const MINIMUM_POINTS = 3;

/** One for each series of three points and more, in the order of the points. */
export function trendsOf(points: readonly CostPoint[]): CostTrend[] {
  return [...seriesOf(points).values()].flatMap((series) => trendOf(series));
}

function seriesOf(points: readonly CostPoint[]): Map<string, CostPoint[]> {
  const series = new Map<string, CostPoint[]>();
  for (const point of points) {
    const key = `${point.options} ${point.state} ${point.call}`;
    series.set(key, [...(series.get(key) ?? []), point]);
  }
  return series;
}

function trendOf(series: readonly CostPoint[]): CostTrend[] {
  const [least] = [...series].sort((a, b) => a.sockets - b.sockets);
  if (least === undefined || series.length < MINIMUM_POINTS) return [];
  const fit = linearFit(series.map((point) => ({ x: point.sockets, y: point.medianMicroseconds })));
  const interval = [fit.interval[0] * SLOPE_UNIT, fit.interval[1] * SLOPE_UNIT] as const;
  const { options, state, call } = least;
  return [
    {
      ...{ options, state, call, interval },
      slopeMicroseconds: fit.slope * SLOPE_UNIT,
      verdict: verdictOf(interval, least.medianMicroseconds),
    },
  ];
}

/**
 * Growing: even the lower limit means that 10 000 sockets more than double the cost of the call. Constant: even the
 * upper limit means that they do not.
 */
export function verdictOf(
  [low, high]: readonly [number, number],
  baseMicroseconds: number,
): CostTrend['verdict'] {
  const rise = (slope: number) => (slope * VERDICT_SOCKETS) / SLOPE_UNIT;
  if (rise(low) > baseMicroseconds) return 'growing';
  return rise(high) < baseMicroseconds ? 'constant' : 'inconclusive';
}
