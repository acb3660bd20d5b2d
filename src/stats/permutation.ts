// The sign-flip permutation test: could paired differences this large be an accident of which block was whose?
import type { Random } from './random.ts';

/** Up to here every one of the 2^R assignments of signs is tried; above it they are sampled. */
export const EXACT_UP_TO_BLOCKS = 12;
const SAMPLES = 20_000;

/** Sums of the same differences in another order differ in their last bits: they must count as equal. */
const RELATIVE_TOLERANCE = 1e-9;

/**
 * Two-sided p value of the mean of `differences`, one a pair of blocks, when each sign is as likely as the other.
 * Its smallest value is 2 / 2^R: below six blocks it cannot reach .05. 1 for no differences, or none but zeros.
 * Source: Fisher, The Design of Experiments (1935) §21.
 */
export function signFlipPValue(differences: readonly number[], random: Random): number {
  const magnitude = differences.reduce((sum, difference) => sum + Math.abs(difference), 0);
  const observed = Math.abs(differences.reduce((sum, difference) => sum + difference, 0));
  const threshold = observed - magnitude * RELATIVE_TOLERANCE;
  return differences.length <= EXACT_UP_TO_BLOCKS
    ? exactPValue(differences, threshold)
    : sampledPValue(differences, threshold, random);
}

/** The smallest p value that this many blocks can give. */
export function smallestPValue(blocks: number): number {
  return Math.min(1, 2 / 2 ** blocks);
}

function exactPValue(differences: readonly number[], threshold: number): number {
  const assignments = 2 ** differences.length;
  let extreme = 0;
  for (let signs = 0; signs < assignments; signs += 1) {
    let sum = 0;
    let bits = signs;
    for (const value of differences) {
      sum += bits & 1 ? -value : value;
      bits >>= 1;
    }
    if (Math.abs(sum) >= threshold) extreme += 1;
  }
  return extreme / assignments;
}

/** The observed assignment counts as one of the samples, so that p is never 0. */
function sampledPValue(differences: readonly number[], threshold: number, random: Random): number {
  let extreme = 1;
  for (let sample = 1; sample < SAMPLES; sample += 1) {
    let sum = 0;
    for (const value of differences) sum += random.uniform() < 0.5 ? -value : value;
    if (Math.abs(sum) >= threshold) extreme += 1;
  }
  return extreme / SAMPLES;
}
