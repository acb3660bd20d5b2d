// A failure rate from blocks: failures cluster, so the block is the sampling unit and not the transfer.
import { DEFAULT_CONFIDENCE, tQuantile, upperTail } from './distributions.ts';
import { type ConfidenceOptions, clopperPearson, type Interval, wilson } from './proportion.ts';

/** One block: transfers that finished, and how many of them failed. Cancelled ones are in neither. */
export interface BlockCount {
  readonly failed: number;
  readonly finished: number;
}

export interface BlockedProportion {
  /** Failed of finished over all blocks; null when nothing finished. */
  readonly rate: number | null;
  /** Null below two blocks: one block says nothing of how blocks vary. */
  readonly interval: Interval | null;
  /** Null where it cannot be estimated: below two blocks, and where all or none failed. */
  readonly designEffect: number | null;
  /** Independent transfers that would tell as much; null with the interval. */
  readonly effectiveSize: number | null;
  readonly failed: number;
  readonly finished: number;
  /** Blocks in which anything finished; the others say nothing. */
  readonly blocks: number;
}

/**
 * What a transfer counts for where all or none failed, so that blocks show no variance to estimate: a third.
 * Simulated failures clustered with a design effect of 1.8 to 5.2.
 */
export const ASSUMED_DESIGN_EFFECT = 3;

/**
 * The rate of all blocks together. Its interval is Wilson's at the effective size with a t quantile on blocks - 1
 * degrees of freedom; where all or none failed it is Clopper and Pearson's at a third of the size.
 * @throws RangeError for a block whose counts are not 0 ≤ failed ≤ finished
 */
export function blockedProportion(
  blocks: readonly BlockCount[],
  options: ConfidenceOptions = {},
): BlockedProportion {
  const used = usableBlocks(blocks);
  const { failed, finished } = totals(used);
  const counts = { failed, finished, blocks: used.length };
  const unknown = { interval: null, designEffect: null, effectiveSize: null };
  if (finished === 0) return { ...counts, ...unknown, rate: null };
  const rate = failed / finished;
  if (used.length < 2) return { ...counts, ...unknown, rate };
  if (failed === 0 || failed === finished) {
    const effectiveSize = finished / ASSUMED_DESIGN_EFFECT;
    const interval = clopperPearson(rate * effectiveSize, effectiveSize, options);
    return { ...counts, rate, interval, designEffect: null, effectiveSize };
  }
  const effect = designEffect(used);
  const effectiveSize = finished / effect;
  const criticalValue = tQuantile(upperTail(options.confidence ?? DEFAULT_CONFIDENCE), used.length - 1);
  const interval = wilson(rate * effectiveSize, effectiveSize, { criticalValue });
  return { ...counts, rate, interval, designEffect: effect, effectiveSize };
}

/**
 * How many times larger the variance of the rate is than it would be with independent transfers; at least 1.
 * For blocks of one size this is s²(p_block) / (p(1-p)/n̄). Blocks are seldom of one size (a closed workload does
 * more transfers where they are quick), so the variance is the ratio estimator's, Σ(x_i - p·n_i)²·R/(R-1)/N², which
 * is the same for equal sizes. Source: Cochran, Sampling Techniques, 3rd ed., §3.12 and §6.3.
 * Takes blocks in which something finished, at least two, with some failures and not only failures.
 */
function designEffect(blocks: readonly BlockCount[]): number {
  const { failed, finished } = totals(blocks);
  const rate = failed / finished;
  const squares = blocks.reduce((sum, block) => sum + (block.failed - rate * block.finished) ** 2, 0);
  const variance = (squares * blocks.length) / (blocks.length - 1) / finished ** 2;
  const binomialVariance = (rate * (1 - rate)) / finished;
  return Math.max(1, variance / binomialVariance);
}

/** Leaves out the blocks in which nothing finished. @throws RangeError for impossible counts */
function usableBlocks<Block extends BlockCount>(blocks: readonly Block[]): Block[] {
  return blocks.filter(({ failed, finished }) => {
    if (failed >= 0 && failed <= finished) return finished > 0;
    throw new RangeError(`not a block: ${failed} failed of ${finished} finished`);
  });
}

export function totals(blocks: readonly BlockCount[]): BlockCount {
  return blocks.reduce(
    (sum, { failed, finished }) => ({ failed: sum.failed + failed, finished: sum.finished + finished }),
    { failed: 0, finished: 0 },
  );
}
