// The report of `probe --cost` for a terminal and as Markdown.
import pc from 'picocolors';
import type { CostReport, CostTrend } from '../../probe/types.ts';
import type { Tone } from '../text/columns.ts';
import { list, markdownTable } from '../text/markdown.ts';
import { type Colours, printed, ruledTable, type TextOptions, toned } from '../text/table.ts';
import { wrap } from '../text/wrap.ts';
import { costChart, costFindings } from './cost-findings.ts';
import { type CostTable, costTables } from './cost-rows.ts';
import { probeHostLine } from './host.ts';

export interface CostTextOptions extends TextOptions {
  /** Sentences are wrapped to this width; the tables keep their own. 120 unless set. */
  readonly columns?: number;
}

const TONES: Readonly<Record<CostTrend['verdict'], Tone>> = {
  constant: 'good',
  growing: 'bad',
  inconclusive: 'caution',
};

export function formatCost(report: CostReport, { colour, columns = 120 }: CostTextOptions): string {
  const colours = pc.createColors(colour);
  const sentences = (lines: readonly string[]) =>
    lines.map((line) => wrap(`- ${line}`, columns, '  ')).join('\n');
  return [
    colours.dim(wrap(probeHostLine(report.host), columns, '  ')),
    ...costTables(report).map((table) => tableText(table, colours)),
    costChart(report),
    sentences(costFindings(report)),
    colours.dim(sentences(report.notes)),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function tableText({ title, head, aligns, rows }: CostTable, colours: Colours): string {
  const table = ruledTable(
    head.map((text) => colours.bold(text)),
    aligns,
  );
  for (const { cells, verdict } of rows) {
    const tone = verdict === undefined ? 'plain' : TONES[verdict];
    table.push(cells.map((text, i) => (i === cells.length - 1 ? toned(text, tone, colours) : text)));
  }
  return `${colours.bold(title)}\n${printed(table)}`;
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
  const chart = costChart(report);
  const parts = [probeHostLine(report.host), ...tables, chart === '' ? '' : `\`\`\`\n${chart}\n\`\`\``];
  return `${[...parts, list(costFindings(report)), list(report.notes)].filter((part) => part !== '').join('\n\n')}\n`;
}
