// A comparison as text for a terminal, as Markdown, or as JSON.
import { isClusteringAssumed } from '../../result/row.ts';
import { SIGNIFICANCE } from '../../stats/holm.ts';
import { assumedNote, MARK_SIGNS } from '../text/columns.ts';
import type { TextOptions } from '../text/options.ts';
import { cautionsOf } from '../text/scenario.ts';
import { formatPValue } from '../words/format.ts';
import { marginInWords } from '../words/verdict.ts';
import { comparisonColumns } from './columns.ts';
import type { ComparisonReport, ComparisonRow } from './compare.ts';
import { comparisonMarkdown, comparisonText, type LaidOut } from './lay-out.ts';

export function formatComparison(report: ComparisonReport, options: TextOptions): string {
  return comparisonText(laidOut(report), options);
}

export function formatComparisonMarkdown(report: ComparisonReport): string {
  return comparisonMarkdown(laidOut(report));
}

function laidOut(report: ComparisonReport): LaidOut<ComparisonRow> {
  return { report, columns: comparisonColumns(report), notes: notes(report) };
}

/** The report as it is, unrounded. */
export function formatComparisonJson(report: ComparisonReport): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}

const SEQUENTIAL =
  'a run looked at its comparisons more than once: p and intervals are held against what its last look had to spend';

function notes({ rows, margin, significance }: ComparisonReport): string[] {
  return [
    `points: candidate - baseline in percentage points, negative is fewer failures; margin ${marginInWords(margin)}`,
    "p: sign-flip permutation test over pairs of blocks, after Holm's correction for the rows of the scenario",
    ...(rows.some(({ baseline, candidate }) => [baseline, candidate].some(isClusteringAssumed))
      ? [`${MARK_SIGNS.assumed} ${assumedNote()}`]
      : []),
    ...(significance < SIGNIFICANCE ? [`${SEQUENTIAL}: ${formatPValue(significance)}`] : []),
    ...cautionsOf(rows.flatMap(({ baseline, candidate }) => [baseline.binder, candidate.binder])),
  ];
}
