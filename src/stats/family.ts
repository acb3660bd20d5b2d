// What differences allow one to say when several are looked at together.
import { blocksNeeded } from './blocks-needed.ts';
import type { Difference } from './difference.ts';
import { blocksForHolm, holm, SIGNIFICANCE } from './holm.ts';
import { type Judgement, verdictOf } from './verdict.ts';

export interface FamilyJudgement extends Judgement {
  /** `pValue` after Holm's correction over the family; null with it. */
  readonly pAdjusted: number | null;
}

export interface VerdictOptions {
  /** A rise of the failure rate that does not matter, as a proportion. */
  readonly margin: number;
  /**
   * The accepted chance of any false claim in the family; `SIGNIFICANCE` unless set. A look of a sequential run brings
   * its own. The intervals are the caller's to make to match, at a confidence of one minus this.
   */
  readonly significance?: number;
}

/**
 * Judges differences that are claimed together, such as those of all strategies in one scenario. Better and worse
 * need the interval and Holm's adjusted p value; not worse needs the interval alone. The family is what was planned:
 * a comparison without any pair of blocks counts too. Gives back what it took, in the same order, with the judgements.
 */
export function judgeFamily<Found extends Difference>(
  family: readonly Found[],
  options: VerdictOptions,
): (Found & FamilyJudgement)[] {
  const adjusted = holm(family.map(({ pValue }) => pValue ?? 1));
  return family.map((found, index) => {
    const pAdjusted = found.pValue === null ? null : (adjusted[index] ?? 1);
    return { ...found, pAdjusted, ...judge(found, pAdjusted, family.length, options) };
  });
}

function judge(
  found: Difference,
  pAdjusted: number | null,
  familySize: number,
  { margin, significance = SIGNIFICANCE }: VerdictOptions,
): Judgement {
  const { interval, blocks } = found;
  const tooFew = blocks < blocksForHolm(1, significance);
  if (tooFew || interval === null || pAdjusted === null) {
    return { verdict: 'inconclusive', blocksNeeded: tooFew ? blocksForHolm(familySize, significance) : null };
  }
  const verdict = verdictOf(interval, margin, pAdjusted <= significance);
  const question = { ...found, interval, pAdjusted, familySize, margin, significance };
  return { verdict, blocksNeeded: blocksNeeded(verdict, question) };
}
