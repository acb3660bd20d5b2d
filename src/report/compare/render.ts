// A comparison as text for a terminal, as Markdown, or as JSON.
import pc from 'picocolors';
import { isClusteringAssumed } from '../../result/row.ts';
import { SIGNIFICANCE } from '../../stats/holm.ts';
import { assumedNote, MARK_SIGNS } from '../text/columns.ts';
import { fittedTables } from '../text/fitted-table.ts';
import { list, markdownTable } from '../text/markdown.ts';
import { columnsOf, proseColumnsOf, type TextOptions } from '../text/options.ts';
import { cautionsOf } from '../text/scenario.ts';
import { toned } from '../text/table.ts';
import { wrap, wrapLines } from '../text/wrap.ts';
import { formatPValue } from '../words/format.ts';
import { marginInWords } from '../words/verdict.ts';
import { comparisonColumns } from './columns.ts';
import type { ComparisonReport } from './compare.ts';
import type { ComparisonCaution } from './selection.ts';
import { settingsMarkdown, settingsText } from './settings-tables.ts';

/** Settings that differ first, then a row for each scenario and pair, then what the numbers mean. */
export function formatComparison(report: ComparisonReport, options: TextOptions): string {
  const colours = pc.createColors(options.colour);
  const prose = proseColumnsOf(options);
  const columns = comparisonColumns(report).map(({ head, align, isKey, flows, group, cell, tone }) => ({
    ...{ head, align, group, isKey: isKey === true, flows: flows === true },
    cells: report.rows.map(cell),
    paint: (text: string, i: number) => {
      const row = report.rows[i];
      return row === undefined ? text : toned(text, tone?.(row) ?? 'plain', colours);
    },
  }));
  const cautions = report.cautions.map((caution) =>
    colours.yellow(wrap(`! ${cautionInWords(caution)}`, prose, '  ')),
  );
  return [
    ...settingsText(report, columnsOf(options)),
    fittedTables(columns, columnsOf(options), colours.bold),
    colours.dim(wrapLines(notes(report), prose, '  ')),
    ...cautions,
  ].join('\n');
}

export function formatComparisonMarkdown(report: ComparisonReport): string {
  const columns = comparisonColumns(report);
  const rows = markdownTable(
    columns.map(({ head }) => head),
    columns.map(({ align }) => align),
    report.rows.map((row) => columns.map(({ cell }) => cell(row))),
  );
  const cautions = report.cautions.map((caution) => `**Caution:** ${cautionInWords(caution)}`);
  return `${[...settingsMarkdown(report), rows, list([...notes(report), ...cautions])].join('\n\n')}\n`;
}

/** The report as it is, unrounded. */
export function formatComparisonJson(report: ComparisonReport): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}

/** One line. */
export function cautionInWords(caution: ComparisonCaution): string {
  if (caution.id === 'unlike')
    return 'A and B differ in environment or load: a verdict may tell of that and not of the strategies';
  const run = caution.run === null ? 'the run' : `run ${caution.run}`;
  return caution.id === 'invalid' ? `${run} is invalid: do not use its numbers` : `${run} was ended early`;
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
