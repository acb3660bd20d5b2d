// Invented loads: blocks of transfers whose times vary within a block and from block to block, and some of which fail.
import { createHistogram, recordMs } from '../../src/stats/histogram.ts';
import type { Random } from '../../src/stats/random.ts';
import type { TimesBlock } from '../../src/stats/times.ts';

export interface InventedLoad {
  /** Transfers of a block, give or take 30 %. */
  readonly transfers: number;
  /** Standard deviation of the logarithm of a time, within a block and of the blocks' own pace. */
  readonly within: number;
  readonly between: number;
  /** Share of failures; each block has one of its own, half or twice as large. */
  readonly failing: number;
}

const MEDIAN_MS = 5;

export function inventedBlock(
  random: Random,
  { transfers, within, between, failing }: InventedLoad,
): TimesBlock {
  const finished = Math.round(transfers * (0.7 + 0.6 * random.uniform()));
  const pace = between * normalDraw(random);
  const own = failing * Math.exp(0.5 * normalDraw(random) - 0.125);
  const times = createHistogram();
  let failed = 0;
  for (let transfer = 0; transfer < finished; transfer++) {
    if (random.uniform() < own) failed++;
    else recordMs(times, MEDIAN_MS * Math.exp(pace + within * normalDraw(random)));
  }
  return { times, failed };
}

/** Box and Muller. */
export function normalDraw(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());
}
