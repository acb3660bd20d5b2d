// The report of `probe --cost` for a terminal and as Markdown.
import pc from 'picocolors';
import type { CostReport, CostTrend } from '../../probe/types.ts';
import type { Tone } from '../text/columns.ts';
import { type FittedColumn, fittedTables } from '../text/fitted-table.ts';
import { list, markdownTable } from '../text/markdown.ts';
import { columnsOf, PIPED_COLUMNS, proseColumnsOf, type TextOptions } from '../text/options.ts';
import { type Colours, toned } from '../text/table.ts';
import { wrap } from '../text/wrap.ts';
import { costChart, costFindings } from './cost-findings.ts';
import { type CostTable, costTables } from './cost-rows.ts';
import { probeHostLine } from './host.ts';

const TONES: Readonly<Record<CostTrend['verdict'], Tone>> = {
  constant: 'good',
  growing: 'bad',
  inconclusive: 'caution',
};

export function formatCost(report: CostReport, options: TextOptions): string {
  const colours = pc.createColors(options.colour);
  const columns = proseColumnsOf(options);
  const sentences = (lines: readonly string[]) =>
    lines.map((line) => wrap(`- ${line}`, columns, '  ')).join('\n');
  return [
    colours.dim(wrap(probeHostLine(report.host), columns, '  ')),
    ...costTables(report).map((table) => tableText(table, columnsOf(options), colours)),
    costChart(report, columnsOf(options)),
    sentences(costFindings(report)),
    colours.dim(sentences(report.notes)),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** State and options name a row, and stand before its numbers in each part of the table. */
function tableText({ title, head, aligns, rows }: CostTable, width: number, colours: Colours): string {
  const columns = head.map(
    (text, i): FittedColumn => ({
      ...{ head: text, align: aligns[i] ?? 'left', isKey: i < 2 },
      cells: rows.map(({ cells }) => cells[i] ?? ''),
      paint: (cell, row) => {
        const verdict = rows[row]?.verdict;
        return i === head.length - 1 && verdict !== undefined ? toned(cell, TONES[verdict], colours) : cell;
      },
    }),
  );
  return `${wrap(title, width, '  ')}\n${fittedTables(columns, width, colours.bold)}`;
}

/** Ends with a newline. */
export function formatCostMarkdown(report: CostReport): string {
  const tables = costTables(report).map(
    ({ title, head, aligns, rows }) =>
      `**${title}**\n\n${markdownTable(
        head,
        aligns,
        rows.map(({ cells }) => cells),
      )}`,
  );
  const chart = costChart(report, PIPED_COLUMNS);
  const parts = [probeHostLine(report.host), ...tables, chart === '' ? '' : `\`\`\`\n${chart}\n\`\`\``];
  return `${[...parts, list(costFindings(report)), list(report.notes)].filter((part) => part !== '').join('\n\n')}\n`;
}
