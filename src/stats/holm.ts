// Holm's correction: p values of several comparisons made at once.
import { smallestPValue } from './permutation.ts';

/** The accepted chance of any false claim among the comparisons of one family. */
export const SIGNIFICANCE = 0.05;

/**
 * Adjusted p values in the order given: each may be held against α as if it were the only one, and the chance of
 * any false claim among all of them stays below α. Source: Holm, Scandinavian Journal of Statistics 6 (1979) 65.
 */
export function holm(pValues: readonly number[]): number[] {
  const ascending = pValues.map((_, index) => index).sort((a, b) => (pValues[a] ?? 0) - (pValues[b] ?? 0));
  const adjusted = pValues.map(() => 1);
  let largest = 0;
  ascending.forEach((index, rank) => {
    largest = Math.max(largest, Math.min(1, (pValues[index] ?? 1) * (pValues.length - rank)));
    adjusted[index] = largest;
  });
  return adjusted;
}

/**
 * Blocks from which the sign-flip test can bring this many comparisons to the significance together: at .05 one needs
 * 6, five need 8. @throws RangeError unless 0 < significance < 1
 */
export function blocksForHolm(comparisons: number, significance = SIGNIFICANCE): number {
  if (!(significance > 0 && significance < 1)) throw new RangeError(`not a significance: ${significance}`);
  let blocks = 1;
  while (smallestPValue(blocks) * comparisons > significance) blocks += 1;
  return blocks;
}
