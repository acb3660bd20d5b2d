// The verdicts of a run in words: strategies of one verdict in the same scenarios share a sentence.

import type { Comparison, RunResult } from '../../../result/types.ts';
import { MINIMUM_BLOCKS } from '../../../stats/verdict.ts';
import { enumerate } from '../../words/format.ts';
import { groupBy } from '../../words/group.ts';
import {
  largestRise,
  pairsOfBlocks,
  perScenario,
  pValues,
  settlement,
  signed,
  size,
} from './comparison-numbers.ts';

/** A verdict, with what a sentence must tell apart. In the order of the sentences. */
const CLAIMS = ['better', 'worse', 'perhaps-better', 'not-worse', 'inconclusive', 'untested'] as const;
type ComparisonClaim = (typeof CLAIMS)[number];

/** None from a plan of too few blocks: the run's own warning has said that they support no claim. */
export function comparisonFindings({ comparisons, requested }: RunResult): string[] {
  if (requested.blocks < MINIMUM_BLOCKS) return [];
  return CLAIMS.flatMap((claim) => {
    const own = comparisons.filter((comparison) => claimOf(comparison) === claim);
    return alike(own).map((group) => sentence(claim, group));
  });
}

function claimOf({ verdict, difference, blocksNeeded }: Comparison): ComparisonClaim {
  if (difference === null) return 'untested';
  return verdict === 'not-worse' && blocksNeeded !== null ? 'perhaps-better' : verdict;
}

/** Of one claim: the candidates that it holds for in the same scenarios, as far as more blocks could settle it. */
function alike(comparisons: readonly Comparison[]): Comparison[][] {
  const perCandidate = groupBy(comparisons, ({ baseline, candidate, blocksNeeded }) => [
    baseline,
    candidate,
    blocksNeeded === null,
  ]);
  const same = groupBy(perCandidate, (own) => [
    own[0]?.baseline,
    own[0]?.blocksNeeded === null,
    own.map(({ scenario }) => scenario),
  ]);
  return same.map((members) => members.flat());
}

function sentence(claim: ComparisonClaim, comparisons: readonly Comparison[]): string {
  const names = enumerate([...new Set(comparisons.map(({ candidate }) => candidate))]);
  return `Against ${comparisons[0]?.baseline}: ${names} ${predicate(claim, comparisons)}.`;
}

function predicate(claim: ComparisonClaim, comparisons: readonly Comparison[]): string {
  const evidence = `(${pValues(comparisons)}, ${pairsOfBlocks(comparisons)})`;
  switch (claim) {
    case 'better':
      return `failed less, by ${perScenario(comparisons, size)} ${evidence}`;
    case 'worse':
      return `failed more, by ${perScenario(comparisons, size)} ${evidence}`;
    case 'perhaps-better':
      return `failed less, by ${perScenario(comparisons, size)}, but not significantly ${evidence}${settlement(comparisons)}`;
    case 'not-worse':
      return `did not fail more by over ${perScenario(comparisons, largestRise)} (95 % interval)`;
    case 'inconclusive':
      return `cannot be told better or worse, at ${perScenario(comparisons, signed)} ${evidence}${settlement(comparisons)}`;
    case 'untested':
      return `cannot be compared in ${enumerate([...new Set(comparisons.map(({ scenario }) => scenario))])}: no pair of blocks`;
    default:
      return claim satisfies never;
  }
}
