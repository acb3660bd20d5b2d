// The claims of a kernel report in words: each verdict, and how many there are of it.
import type { ClaimResult, ClaimVerdict } from '../../probe/types.ts';
import { enumerate, plural } from '../words/format.ts';

export const CLAIM_VERDICT_WORDS: Readonly<Record<ClaimVerdict, string>> = {
  holds: 'holds',
  'does-not-hold': 'does not hold here',
  'not-run': 'not run',
};

const COUNTED: readonly (readonly [ClaimVerdict, one: string, many: string])[] = [
  ['holds', 'holds', 'hold'],
  ['does-not-hold', 'does not hold here', 'do not hold here'],
  ['not-run', 'was not run', 'were not run'],
];

/** `24 claims: 22 hold, 1 does not hold here and 1 was not run`. */
export function claimCounts(claims: readonly ClaimResult[]): string {
  const counts = COUNTED.flatMap(([verdict, one, many]) => {
    const count = claims.filter((claim) => claim.verdict === verdict).length;
    return count === 0 ? [] : [`${count} ${count === 1 ? one : many}`];
  });
  return [plural(claims.length, 'claim'), ...(counts.length > 0 ? [enumerate(counts)] : [])].join(': ');
}
