// A verdict as a person would say it, with what would settle an open one.
import type { Difference } from '../../stats/difference.ts';
import { type Judgement, MINIMUM_BLOCKS } from '../../stats/verdict.ts';
import { plural } from './format.ts';

/** What better and worse are of what is compared, and what a margin of it is called. */
export interface VerdictWords {
  readonly better: string;
  readonly worse: string;
  readonly margin: (margin: number) => string;
}

const OF_FAILURES: VerdictWords = { better: 'fails less', worse: 'fails more', margin: marginInWords };

type Judged = Difference & Judgement;

/** `better: fails less`, `not worse within 1 point`, `inconclusive; about 24 blocks would tell`. */
export function verdictInWords(row: Judged, margin: number, words = OF_FAILURES): string {
  switch (row.verdict) {
    case 'better':
      return `better: ${words.better}`;
    case 'worse':
      return margin === 0 ? `worse: ${words.worse}` : `worse by over ${words.margin(margin)}`;
    case 'not-worse':
      return notWorse(row, margin, words);
    case 'inconclusive':
      return inconclusive(row, margin, words);
    default:
      return row.verdict satisfies never;
  }
}

function notWorse({ blocksNeeded }: Judgement, margin: number, words: VerdictWords): string {
  const within = margin === 0 ? 'not worse' : `not worse within ${words.margin(margin)}`;
  return blocksNeeded === null ? within : `${within}, perhaps better${settlement(blocksNeeded)}`;
}

function inconclusive(
  { blocks, blocksNeeded, interval, difference }: Judged,
  margin: number,
  { worse }: VerdictWords,
): string {
  if (difference === null) return blocks === 0 ? 'inconclusive: no pair of blocks' : 'inconclusive';
  if (blocks < MINIMUM_BLOCKS) {
    return `inconclusive: ${plural(blocksNeeded ?? MINIMUM_BLOCKS, 'block')} at least are needed`;
  }
  const low = interval?.[0] ?? 0;
  const leaning = low > margin ? ': perhaps worse' : `: ${worse}, but perhaps within the margin`;
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
