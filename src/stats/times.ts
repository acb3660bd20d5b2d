// Times of blocks side by side: how many transfers of each took no longer than any of the times that were measured.
import { type Histogram, recordedIn } from './histogram.ts';

/** One block: the transfers that completed by their times, and those that failed, which take for ever. */
export interface TimesBlock {
  readonly times: Histogram;
  readonly failed: number;
}

/** A quantile of times, failures being endless. */
export type TimeMs = number | 'failed';

/** Blocks on one scale: what is asked of any choice of them, again and again, is answered without merging histograms. */
export interface TimesTable {
  readonly blocks: number;
  /** Transfers of block `i` that finished. */
  readonly finished: (block: number) => number;
  /** The q quantile of these blocks together, one more than once where it is named so; undefined where nothing finished. */
  readonly quantile: (chosen: readonly number[], q: number) => TimeMs | undefined;
  /** Transfers of block `i` that took longer than this, the failed ones included. */
  readonly longer: (block: number, time: TimeMs) => number;
}

/** .07 × 100 is 7.000000000000001: without the tolerance it would ask for the eighth. */
const ROUNDING = 1 - Number.EPSILON * 4;

export function timesTable(blocks: readonly TimesBlock[]): TimesTable {
  const recorded = blocks.map(({ times }) => recordedIn(times));
  const scale = [...new Set(recorded.flatMap(({ longestMs }) => longestMs))].sort((a, b) => a - b);
  const upTo = recorded.map((one) => onScale(one, scale));
  const totals = blocks.map(({ failed }, i) => (recorded[i]?.cumulative.at(-1) ?? 0) + failed);
  const last = scale.length - 1;
  const countUpTo = (chosen: readonly number[], place: number) => {
    let count = 0;
    for (const block of chosen) count += (upTo[block] as Float64Array)[place] as number;
    return count;
  };
  return {
    blocks: blocks.length,
    finished: (block) => totals[block] ?? 0,
    quantile(chosen, q) {
      let total = 0;
      for (const block of chosen) total += totals[block] as number;
      if (total === 0) return undefined;
      const rank = Math.max(1, Math.ceil(q * total * ROUNDING));
      if (last < 0 || countUpTo(chosen, last) < rank) return 'failed';
      let [low, high] = [0, last];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (countUpTo(chosen, middle) >= rank) high = middle;
        else low = middle + 1;
      }
      return scale[low] as number;
    },
    longer(block, time) {
      if (time === 'failed') return 0;
      return (totals[block] ?? 0) - countUpTo([block], scale.indexOf(time));
    },
  };
}

function onScale(
  { longestMs, cumulative }: ReturnType<typeof recordedIn>,
  scale: readonly number[],
): Float64Array {
  const upTo = new Float64Array(scale.length);
  let next = 0;
  for (let place = 0; place < scale.length; place++) {
    if (longestMs[next] === scale[place]) next++;
    upTo[place] = next === 0 ? 0 : (cumulative[next - 1] as number);
  }
  return upTo;
}
