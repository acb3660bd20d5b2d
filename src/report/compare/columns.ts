// The columns of a comparison, once for the terminal and for Markdown.
import type { Column, Tone } from '../text/columns.ts';
import {
  formatInterval,
  formatPercent,
  formatPoints,
  formatPointsInterval,
  formatPValue,
} from '../words/format.ts';
import { verdictInWords } from '../words/verdict.ts';
import type { ComparisonReport, ComparisonRow } from './compare.ts';
import type { ComparedSide } from './sides.ts';

export interface ComparisonColumn {
  readonly head: string;
  readonly align: Column['align'];
  readonly cell: (row: ComparisonRow) => string;
  readonly tone?: (row: ComparisonRow) => Tone;
}

/** Where both sides are the same contestant in two runs, its name stands once. */
export function comparisonColumns(report: ComparisonReport): readonly ComparisonColumn[] {
  const { of, rows, margin, alike } = report;
  const sameContestant =
    of === 'runs' && rows.every(({ baseline, candidate }) => baseline.contestant === candidate.contestant);
  return [
    text('scenario', (row) => row.scenario),
    ...(sameContestant ? ONE_CONTESTANT : TWO_CONTESTANTS),
    text(`points (${confidenceText(report)})`, pointsText),
    { head: 'p', align: 'right', cell: (row) => formatPValue(row.pAdjusted) },
    { head: 'blocks', align: 'right', cell: (row) => String(row.blocks) },
    {
      ...text('verdict', (row) => `${verdictInWords(row, margin)}${alike ? '' : UNLIKE}`),
      tone: (row) => (alike ? toneOf(row) : 'caution'),
    },
  ];
}

/** Runs that differ in environment or load: each verdict says so, for rows are quoted one by one. */
const UNLIKE = ' (A and B unlike)';

/** `95 %`, `98.4 %`. */
function confidenceText({ significance }: ComparisonReport): string {
  return `${Number((100 * (1 - significance)).toFixed(1))} %`;
}

const ONE_CONTESTANT: readonly ComparisonColumn[] = [
  text('binder', (row) => row.baseline.contestant),
  text('A failed (95 %)', (row) => rateText(row.baseline)),
  text('B failed (95 %)', (row) => rateText(row.candidate)),
];

const TWO_CONTESTANTS: readonly ComparisonColumn[] = [
  text('baseline', (row) => row.baseline.contestant),
  text('failed (95 %)', (row) => rateText(row.baseline)),
  text('candidate', (row) => row.candidate.contestant),
  text('failed (95 %)', (row) => rateText(row.candidate)),
];

function text(head: string, cell: ComparisonColumn['cell']): ComparisonColumn {
  return { head, align: 'left', cell };
}

function rateText({ rate, interval }: ComparedSide): string {
  return interval === null ? formatPercent(rate) : `${formatPercent(rate)} (${formatInterval(interval)})`;
}

function pointsText({ difference, interval }: ComparisonRow): string {
  const points = formatPoints(difference);
  return interval === null ? points : `${points} (${formatPointsInterval(interval)})`;
}

function toneOf({ verdict }: ComparisonRow): Tone {
  const tones = { better: 'good', worse: 'bad', 'not-worse': 'good', inconclusive: 'caution' } as const;
  return tones[verdict];
}
