// Simulated blocks whose failures cluster as those of a retry loop do, and the exact tail that a count may fall into.
import type { BlockCount } from '../../src/stats/blocks.ts';
import type { BlockPair } from '../../src/stats/bootstrap.ts';
import type { Random } from '../../src/stats/random.ts';
import { normalDraw } from './simulated-times.ts';

/** Transfers of one block, and how many of them failed. */
export type BlockMaker = (random: Random) => BlockCount;

/**
 * Transfers come in groups of up to `2 × groupSize - 1`, and a group fails or completes as one: what one long hold does
 * to those that wait behind it. The last group is run to its end. The design effect is E(size²)/E(size): 2.3 for a mean
 * size of 2, 5 for 4.
 */
export function clusteredBlocks(rate: number, transfers: number, groupSize: number): BlockMaker {
  return (random) => {
    let [failed, finished] = [0, 0];
    while (finished < transfers) {
      const size = 1 + random.integer(2 * groupSize - 1);
      if (random.uniform() < rate) failed += size;
      finished += size;
    }
    return { failed, finished };
  };
}

/** Beta-binomial blocks of that design effect: each block has a rate of its own, and blocks are not of one size. */
export function variedBlocks(rate: number, transfers: number, designEffect: number): BlockMaker {
  const concentration = (transfers - designEffect) / (designEffect - 1);
  return (random) => {
    const own = betaDraw(random, rate * concentration, (1 - rate) * concentration);
    const finished = Math.round(transfers * (0.8 + 0.4 * random.uniform()));
    let failed = 0;
    for (let transfer = 0; transfer < finished; transfer += 1) if (random.uniform() < own) failed += 1;
    return { failed, finished };
  };
}

/** A run of two strategies, block by block. */
export function simulatedPairs(
  random: Random,
  blocks: number,
  baseline: BlockMaker,
  candidate = baseline,
): BlockPair[] {
  return Array.from({ length: blocks }, () => ({ baseline: baseline(random), candidate: candidate(random) }));
}

/** The smallest count that Binomial(trials, p) exceeds with a chance of 1 in 1 000 at the most: by its exact sums. */
export function highCount(trials: number, p: number): number {
  let count = 0;
  let below = binomial(trials, p, 0);
  while (1 - below > 0.001) {
    count += 1;
    below += binomial(trials, p, count);
  }
  return count;
}

/** The largest count that Binomial(trials, p) stays below with a chance of 1 in 1 000 at the most. */
export function lowCount(trials: number, p: number): number {
  return trials - highCount(trials, 1 - p);
}

function binomial(trials: number, p: number, count: number): number {
  let logarithm = count * Math.log(p) + (trials - count) * Math.log1p(-p);
  for (let k = 1; k <= count; k += 1) logarithm += Math.log((trials - count + k) / k);
  return Math.exp(logarithm);
}

/** Of two gamma variates: Marsaglia and Tsang, ACM TOMS 26 (2000) 363, for shapes of 1 or more. */
function betaDraw(random: Random, a: number, b: number): number {
  const x = gammaDraw(random, a);
  return x / (x + gammaDraw(random, b));
}

function gammaDraw(random: Random, shape: number): number {
  const d = shape - 1 / 3;
  for (;;) {
    const z = normalDraw(random);
    const v = (1 + z / Math.sqrt(9 * d)) ** 3;
    if (v > 0 && Math.log(1 - random.uniform()) < z ** 2 / 2 + d - d * v + d * Math.log(v)) return d * v;
  }
}
