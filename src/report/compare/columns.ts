// The columns of a comparison, once for the terminal and for Markdown.
import { isClusteringAssumed } from '../../result/row.ts';
import { type Column, MARK_SIGNS, ROW_HEAD, type Tone } from '../text/columns.ts';
import {
  formatInterval,
  formatPercent,
  formatPoints,
  formatPointsInterval,
  formatPValue,
} from '../words/format.ts';
import { verdictInWords } from '../words/verdict.ts';
import type { ComparisonReport, ComparisonRow } from './compare.ts';
import type { RowColumn } from './lay-out.ts';
import type { ComparedSide } from './sides.ts';

type ComparisonColumn = RowColumn<ComparisonRow>;

/** Where both sides are the same contestant in two runs, its name stands once. */
export function comparisonColumns(report: ComparisonReport): readonly ComparisonColumn[] {
  const { of, rows, margin, alike } = report;
  const sameContestant =
    of === 'runs' && rows.every(({ baseline, candidate }) => baseline.contestant === candidate.contestant);
  return [
    key('scenario', (row) => row.scenario),
    ...(sameContestant ? ONE_CONTESTANT : TWO_CONTESTANTS),
    difference(`points (${confidenceText(report)})`, 'left', pointsText),
    difference('p', 'right', (row) => formatPValue(row.pAdjusted)),
    difference('blocks', 'right', (row) => String(row.blocks)),
    {
      ...difference('verdict', 'left', (row) => `${verdictInWords(row, margin)}${alike ? '' : UNLIKE}`),
      flows: true,
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
  key(ROW_HEAD, (row) => row.baseline.contestant),
  rate('A failed (95 %)', (row) => row.baseline),
  rate('B failed (95 %)', (row) => row.candidate),
];

const TWO_CONTESTANTS: readonly ComparisonColumn[] = [
  key('baseline', (row) => row.baseline.contestant),
  rate('failed (95 %)', (row) => row.baseline),
  key('candidate', (row) => row.candidate.contestant),
  rate('failed (95 %)', (row) => row.candidate),
];

function key(head: string, cell: ComparisonColumn['cell']): ComparisonColumn {
  return { group: 'rates', head, align: 'left', isKey: true, flows: true, cell };
}

function rate(head: string, side: (row: ComparisonRow) => ComparedSide): ComparisonColumn {
  return { group: 'rates', head, align: 'left', cell: (row) => rateText(side(row)) };
}

function difference(head: string, align: Column['align'], cell: ComparisonColumn['cell']): ComparisonColumn {
  return { group: 'difference', head, align, cell };
}

function rateText(side: ComparedSide): string {
  const { interval } = side;
  const failed = formatPercent(side.rate);
  return interval === null
    ? failed
    : `${failed} (${formatInterval(interval)})${isClusteringAssumed(side) ? MARK_SIGNS.assumed : ''}`;
}

function pointsText({ difference, interval }: ComparisonRow): string {
  const points = formatPoints(difference);
  return interval === null ? points : `${points} (${formatPointsInterval(interval)})`;
}

function toneOf({ verdict }: ComparisonRow): Tone {
  const tones = { better: 'good', worse: 'bad', 'not-worse': 'good', inconclusive: 'caution' } as const;
  return tones[verdict];
}
