// Durations to draw: fixed ones, exponential ones, and those that were measured.
import type { Histogram } from '../stats/histogram.ts';
import type { Sampler } from './model.ts';

export function fixedMs(ms: number): Sampler {
  return () => ms;
}

export function exponentialMs(meanMs: number): Sampler {
  return (draws) => -meanMs * Math.log(1 - draws.uniform());
}

export function uniformMs(minMs: number, maxMs: number): Sampler {
  return (draws) => minMs + (maxMs - minMs) * draws.uniform();
}

/** What hdr-histogram-js keeps inside and its typings do not show: a count for each of its values. */
interface Counts {
  readonly countsArrayLength: number;
  getCountAtIndex(index: number): number;
  valueFromIndex(index: number): number;
  medianEquivalentValue(value: number): number;
}

/** The values that were recorded, in milliseconds and ascending, each with the number of those up to it. */
interface Recorded {
  readonly valuesMs: readonly number[];
  readonly cumulative: readonly number[];
}

/** Draws each recorded duration as often as it was recorded; 0 when there is none. */
export function empiricalMs(histogram: Histogram): Sampler {
  const { valuesMs, cumulative } = recordedIn(histogram);
  const total = cumulative.at(-1) ?? 0;
  if (valuesMs.length < 2) return fixedMs(valuesMs[0] ?? 0);
  return (draws) => valuesMs[firstAbove(cumulative, draws.uniform() * total)] as number;
}

function recordedIn(histogram: Histogram): Recorded {
  const counts = histogram as unknown as Counts;
  const recorded = { valuesMs: [] as number[], cumulative: [] as number[] };
  let total = 0;
  for (let index = 0; total < histogram.totalCount && index < counts.countsArrayLength; index++) {
    const count = counts.getCountAtIndex(index);
    if (count === 0) continue;
    total += count;
    recorded.valuesMs.push(counts.medianEquivalentValue(counts.valueFromIndex(index)) / 1000);
    recorded.cumulative.push(total);
  }
  return recorded;
}

/** The first place whose number is above `x`, by bisection. */
function firstAbove(ascending: readonly number[], x: number): number {
  let [low, high] = [0, ascending.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] as number) > x) high = middle;
    else low = middle + 1;
  }
  return low;
}
