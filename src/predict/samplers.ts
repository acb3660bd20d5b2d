// Durations to draw: fixed ones, exponential ones, and those that were measured.
import { type Histogram, recordedIn } from '../stats/histogram.ts';
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

/** Draws each recorded duration as often as it was recorded; 0 when there is none. */
export function empiricalMs(histogram: Histogram): Sampler {
  const { valuesMs, cumulative } = recordedIn(histogram);
  const total = cumulative.at(-1) ?? 0;
  if (valuesMs.length < 2) return fixedMs(valuesMs[0] ?? 0);
  return (draws) => valuesMs[firstAbove(cumulative, draws.uniform() * total)] as number;
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
