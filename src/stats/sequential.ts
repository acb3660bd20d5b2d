// When a run may look at its comparisons before all its blocks are done, and how much of the error each look may spend.
import { blocksForHolm, SIGNIFICANCE } from './holm.ts';
import { smallestPValue } from './permutation.ts';
import type { Judgement } from './verdict.ts';

/** One look: judge the first `blocks` blocks at `significance`, with intervals of confidence 1 - `significance`. */
export interface Look {
  /** Of each strategy in each scenario. */
  readonly blocks: number;
  readonly significance: number;
}

/** A look after every block would leave each next to nothing to spend; half as many blocks again tell something new. */
const GROWTH = 1.5;

/**
 * The looks of a run that ends when everything is settled, or after `maxBlocks`, which is the last of them. However
 * often it looked, the chance of any false claim in a family of `comparisons` is at most `significance` and every
 * interval of every look covers at once with 1 - `significance`: the union bound over looks that are fixed beforehand
 * and whose significances sum to no more than that. It needs no assumption on how looks depend on one another.
 *
 * The first look comes as early as half of the error allows. The sign-flip test has few p values at so few blocks, so
 * that look is given the least with which it can claim anything, 2m/2^R, and the others share the rest alike: an
 * effect that needs many blocks is not punished for the early looks. (Halving the error with every look costs far
 * more: of differences of half a block's standard deviation, 40 blocks would settle 52 % in the place of 70 %.)
 *
 * The price: one comparison is settled by 7 blocks at the earliest and not by 6, five by 9 and not by 8.
 * Source of the idea of spending: Lan and DeMets, Biometrika 70 (1983) 659.
 * @throws RangeError unless both counts are whole numbers of at least 1
 */
export function looks(comparisons: number, maxBlocks: number, significance = SIGNIFICANCE): readonly Look[] {
  for (const count of [comparisons, maxBlocks]) {
    if (!Number.isSafeInteger(count) || count < 1) throw new RangeError(`not a count of 1 or more: ${count}`);
  }
  const first = blocksForHolm(comparisons, significance / 2);
  // There is nothing to look at before the end: the one look there has it all.
  if (maxBlocks <= first) return [{ blocks: maxBlocks, significance }];
  const spent = smallestPValue(first) * comparisons;
  const later = laterLooks(first, maxBlocks);
  const share = (significance - spent) / later.length;
  const fewest = blocksForHolm(comparisons, share);
  return [
    { blocks: first, significance: spent },
    ...later.map((blocks) => ({ blocks: Math.max(fewest, blocks), significance: share })),
  ];
}

/** In even proportions from the first look to the last block. */
function laterLooks(first: number, maxBlocks: number): number[] {
  const range = maxBlocks / first;
  const count = Math.max(1, Math.round(Math.log(range) / Math.log(GROWTH)));
  return Array.from({ length: count }, (_, step) => Math.round(first * range ** ((step + 1) / count)));
}

/**
 * Whether more blocks would tell nothing new: every comparison is better, worse, or not worse with nothing left to
 * find out. Not worse with a number of blocks needed is open, for it may be better yet. Inconclusive is open even where
 * no number of blocks was named: that number is an estimate from the blocks so far. True where nothing is compared.
 */
export function conclusive(judgements: readonly Judgement[]): boolean {
  return judgements.every(({ verdict, blocksNeeded }) => verdict !== 'inconclusive' && blocksNeeded === null);
}
