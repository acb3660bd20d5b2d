// A verdict as a person would say it, with what would settle an open one.
import type { Difference } from '../../stats/difference.ts';
import { type Judgement, MINIMUM_BLOCKS } from '../../stats/verdict.ts';
import { plural } from './format.ts';

/** `better: fails less`, `not worse within 1 point`, `inconclusive; about 24 blocks would tell`. */
export function verdictInWords(row: Difference & Judgement, margin: number): string {
  switch (row.verdict) {
    case 'better':
      return 'better: fails less';
    case 'worse':
      return margin === 0 ? 'worse: fails more' : `worse by over ${marginInWords(margin)}`;
    case 'not-worse':
      return notWorse(row, margin);
    case 'inconclusive':
      return inconclusive(row, margin);
    default:
      return row.verdict satisfies never;
  }
}

function notWorse({ blocksNeeded }: Judgement, margin: number): string {
  const within = margin === 0 ? 'not worse' : `not worse within ${marginInWords(margin)}`;
  return blocksNeeded === null ? within : `${within}, perhaps better${settlement(blocksNeeded)}`;
}

function inconclusive(
  { blocks, blocksNeeded, interval, difference }: Difference & Judgement,
  margin: number,
): string {
  if (difference === null) return 'inconclusive: no pair of blocks';
  if (blocks < MINIMUM_BLOCKS) {
    return `inconclusive: ${plural(blocksNeeded ?? MINIMUM_BLOCKS, 'block')} at least are needed`;
  }
  const low = interval?.[0] ?? 0;
  const leaning = low > margin ? ': perhaps worse' : ': fails more, but perhaps within the margin';
  return `inconclusive${low > 0 ? leaning : ''}${settlement(blocksNeeded)}`;
}

function settlement(blocksNeeded: number | null): string {
  return blocksNeeded === null ? '' : `; about ${plural(blocksNeeded, 'block')} would tell`;
}

/** A proportion in percentage points: `1 point`, `0.5 points`. */
export function marginInWords(margin: number): string {
  const points = Number((margin * 100).toPrecision(3));
  return `${points} ${points === 1 ? 'point' : 'points'}`;
}
