// A comparison as text for a terminal, as Markdown, or as JSON.
import pc from 'picocolors';
import type { ComparisonReport } from './compare.ts';
import { comparisonColumns } from './compare-columns.ts';
import { plural } from './format.ts';
import { list, markdownTable } from './markdown.ts';
import { BSD_RULE_NOTE } from './scenario.ts';
import { printed, ruledTable, type TextOptions, toned } from './table.ts';
import { marginInWords } from './verdict-words.ts';

/** Settings that differ first, then a row for each scenario and pair, then what the numbers mean. */
export function formatComparison(report: ComparisonReport, { colour }: TextOptions): string {
  const colours = pc.createColors(colour);
  const columns = comparisonColumns(report);
  const rows = ruledTable(
    columns.map(({ head }) => colours.bold(head)),
    columns.map(({ align }) => align),
  );
  for (const row of report.rows) {
    rows.push(columns.map(({ cell, tone }) => toned(cell(row), tone?.(row) ?? 'plain', colours)));
  }
  const cautions = report.cautions.map((caution) => colours.yellow(`! ${caution}`));
  return [...settingsText(report), printed(rows), colours.dim(notes(report).join('\n')), ...cautions].join(
    '\n',
  );
}

export function formatComparisonMarkdown(report: ComparisonReport): string {
  const columns = comparisonColumns(report);
  const rows = markdownTable(
    columns.map(({ head }) => head),
    columns.map(({ align }) => align),
    report.rows.map((row) => columns.map(({ cell }) => cell(row))),
  );
  const cautions = report.cautions.map((caution) => `**Caution:** ${caution}`);
  return `${[...settingsMarkdown(report), rows, list([...notes(report), ...cautions])].join('\n\n')}\n`;
}

/** The report as it is, unrounded. */
export function formatComparisonJson(report: ComparisonReport): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}

const SETTINGS_HEAD = ['setting', 'A (baseline)', 'B (candidate)'];
const SETTINGS_ALIGNS = ['left', 'left', 'left'] as const;
const SAME_SETTINGS = 'A and B were run with the same settings on the same kind of host.';

/** Two strategies of one run have no settings to differ in. */
function settingsText({ of, settings }: ComparisonReport): string[] {
  if (of === 'strategies') return [];
  if (settings.length === 0) return [SAME_SETTINGS, ''];
  const table = ruledTable(SETTINGS_HEAD, SETTINGS_ALIGNS);
  for (const { setting, baseline, candidate } of settings) table.push([setting, baseline, candidate]);
  return [settingsTitle(settings.length), printed(table), ''];
}

function settingsMarkdown({ of, settings }: ComparisonReport): string[] {
  if (of === 'strategies') return [];
  if (settings.length === 0) return [SAME_SETTINGS];
  const rows = settings.map(({ setting, baseline, candidate }) => [setting, baseline, candidate]);
  return [`${settingsTitle(settings.length)}:`, markdownTable(SETTINGS_HEAD, SETTINGS_ALIGNS, rows)];
}

function settingsTitle(count: number): string {
  return plural(count, 'setting differs', 'settings differ');
}

function notes({ rows, margin }: ComparisonReport): string[] {
  const bsd = rows.some(({ baseline, candidate }) =>
    [baseline.binder, candidate.binder].includes('legacy-bsd'),
  );
  return [
    `points: candidate - baseline in percentage points, negative is fewer failures; margin ${marginInWords(margin)}`,
    "p: sign-flip permutation test over pairs of blocks, after Holm's correction for the rows of the scenario",
    ...(bsd ? [BSD_RULE_NOTE] : []),
  ];
}
