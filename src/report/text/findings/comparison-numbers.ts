// Numbers of comparisons that share a sentence: their points a scenario, p values, blocks, and what would settle them.

import type { Comparison } from '../../../result/types.ts';
import { MINIMUM_BLOCKS } from '../../../stats/verdict.ts';
import { enumerate, formatPoints, formatPValue } from '../../words/format.ts';
import { groupBy } from '../../words/group.ts';

/** `6.6 percentage points in bsd-window-8 and 51.6 in bsd-window-64`. */
export function perScenario(
  comparisons: readonly Comparison[],
  points: (own: readonly Comparison[]) => string,
): string {
  const parts = groupBy(comparisons, ({ scenario }) => scenario).map((own, index) => {
    const unit = index === 0 ? ' percentage points' : '';
    return `${points(own)}${unit} in ${own[0]?.scenario}`;
  });
  return enumerate(parts);
}

/** `86.4 to 98.3`, without signs: the claim has told the direction. */
export function size(comparisons: readonly Comparison[]): string {
  return range(comparisons.map(({ difference }) => Math.abs(difference ?? 0))).replaceAll('+', '');
}

/** `-0.4 to +1.2`. */
export function signed(comparisons: readonly Comparison[]): string {
  return range(comparisons.map(({ difference }) => difference ?? 0));
}

export function largestRise(comparisons: readonly Comparison[]): string {
  const limits = comparisons.map(({ interval }) => interval?.[1] ?? 1);
  return formatPoints(Math.max(0, ...limits)).replace('+', '');
}

function range(differences: readonly number[]): string {
  const [low, high] = [formatPoints(Math.min(...differences)), formatPoints(Math.max(...differences))];
  return low === high ? low : `${low} to ${high}`;
}

export function pValues(comparisons: readonly Comparison[]): string {
  const values = comparisons.map(({ pAdjusted }) => pAdjusted ?? 1);
  const relation = new Set(values).size === 1 ? '=' : '≤';
  return `p ${relation} ${formatPValue(Math.max(...values))} after Holm`;
}

export function pairsOfBlocks(comparisons: readonly Comparison[]): string {
  return `${counts(comparisons.map(({ blocks }) => blocks))} pairs of blocks`;
}

export function settlement(comparisons: readonly Comparison[]): string {
  const needed = comparisons.flatMap(({ blocksNeeded }) => blocksNeeded ?? []);
  if (needed.length === 0) return ': more blocks would hardly settle it';
  return comparisons.some(({ blocks }) => blocks >= MINIMUM_BLOCKS)
    ? `: about ${counts(needed)} blocks of each would probably settle it`
    : `: it takes at least ${counts(needed)} blocks of each`;
}

function counts(numbers: readonly number[]): string {
  const [fewest, most] = [Math.min(...numbers), Math.max(...numbers)];
  return fewest === most ? String(fewest) : `${fewest} to ${most}`;
}
