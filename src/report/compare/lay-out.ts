// A comparison of any kind, laid out for a terminal and as Markdown: settings that differ, the rows, what the numbers mean.
import pc from 'picocolors';
import type { Tone } from '../text/columns.ts';
import { type FittedColumn, fittedTables } from '../text/fitted-table.ts';
import { list, markdownTable } from '../text/markdown.ts';
import { columnsOf, proseColumnsOf, type TextOptions } from '../text/options.ts';
import { toned } from '../text/table.ts';
import { wrap, wrapLines } from '../text/wrap.ts';
import type { ComparisonReport } from './compare.ts';
import type { ComparisonCaution } from './selection.ts';
import { settingsMarkdown, settingsText } from './settings-tables.ts';

/** Laid out as `FittedColumn` says. */
export interface RowColumn<Row> extends Pick<FittedColumn, 'head' | 'align' | 'isKey' | 'flows'> {
  /** Columns of one group stay together where the table is split. */
  readonly group: string;
  readonly cell: (row: Row) => string;
  readonly tone?: (row: Row) => Tone;
}

export interface LaidOut<Row> {
  readonly report: Pick<ComparisonReport, 'of' | 'settings' | 'alike' | 'cautions'> & {
    readonly rows: readonly Row[];
  };
  readonly columns: readonly RowColumn<Row>[];
  readonly notes: readonly string[];
}

export function comparisonText<Row>({ report, columns, notes }: LaidOut<Row>, options: TextOptions): string {
  const colours = pc.createColors(options.colour);
  const prose = proseColumnsOf(options);
  const fitted = columns.map(({ head, align, isKey, flows, group, cell, tone }) => ({
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
    fittedTables(fitted, columnsOf(options), colours.bold),
    colours.dim(wrapLines(notes, prose, '  ')),
    ...cautions,
  ].join('\n');
}

export function comparisonMarkdown<Row>({ report, columns, notes }: LaidOut<Row>): string {
  const rows = markdownTable(
    columns.map(({ head }) => head),
    columns.map(({ align }) => align),
    report.rows.map((row) => columns.map(({ cell }) => cell(row))),
  );
  const cautions = report.cautions.map((caution) => `**Caution:** ${cautionInWords(caution)}`);
  return `${[...settingsMarkdown(report), rows, list([...notes, ...cautions])].join('\n\n')}\n`;
}

/** One line. */
function cautionInWords(caution: ComparisonCaution): string {
  if (caution.id === 'unlike')
    return 'A and B differ in environment or load: a verdict may tell of that and not of the strategies';
  const run = caution.run === null ? 'the run' : `run ${caution.run}`;
  return caution.id === 'invalid' ? `${run} is invalid: do not use its numbers` : `${run} was ended early`;
}
