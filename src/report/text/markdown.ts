// The strategy tables as Markdown, for an issue or a README.

import type { Scenario } from '../../plan/types.ts';
import type { RunResult, StrategyResult } from '../../result/types.ts';
import { type Column, columnsFor } from './columns.ts';
import { findings } from './findings.ts';
import { circumstances, legend, realScaleBounds, retriesInWords } from './scenario.ts';
import { timelineTable } from './timeline.ts';

/** Title, circumstances and table of each scenario, the legend and the findings. Ends with a newline. */
export function formatMarkdown(result: RunResult): string {
  const sections = result.requested.scenarios.map((scenario) => scenarioSection(result, scenario));
  const found = findings(result).map(({ kind, text }) =>
    kind === 'caution' ? `**Caution:** ${text}` : text,
  );
  return `${[...sections, list(legend(result)), '## Findings', list(found)].join('\n\n')}\n`;
}

/** A GitHub table; cells are text in which only the column separator and line ends must be escaped. */
export function markdownTable(
  head: readonly string[],
  aligns: readonly Column['align'][],
  rows: readonly (readonly string[])[],
): string {
  const rules = aligns.map((align) => (align === 'right' ? '--:' : ':--'));
  return [head.map(escaped), rules, ...rows.map((row) => row.map(escaped))]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

function scenarioSection(result: RunResult, scenario: Scenario): string {
  const strategies = result.strategies.filter((strategy) => strategy.scenario === scenario.name);
  const above = [...circumstances(result.requested, scenario), ...retriesInWords(strategies)];
  const table = strategies.length === 0 ? 'No block of it was run.' : strategyTable(strategies);
  const parts = [`## ${scenario.name}`, list(above), table, ...realScaleBounds(strategies)];
  return [...parts, ...overTime(result, scenario)].join('\n\n');
}

function overTime(result: RunResult, scenario: Scenario): string[] {
  const found = timelineTable(result, scenario);
  if (found === null) return [];
  return [
    markdownTable(
      found.head,
      found.head.map((_, i) => (i < 2 ? 'left' : 'right')),
      found.rows,
    ),
  ];
}

function strategyTable(strategies: readonly StrategyResult[]): string {
  const columns = columnsFor(strategies);
  return markdownTable(
    columns.map(({ header: [first, second] }) => joinedHeader(first, second)),
    columns.map(({ align }) => align),
    strategies.map((strategy) => columns.map((column) => column.cell(strategy).join('\n'))),
  );
}

/** `trans-` and `fers/s` are one word that was broken for the terminal. */
export function joinedHeader(first: string, second: string): string {
  return first.endsWith('-') ? first.slice(0, -1) + second : `${first} ${second}`.trim();
}

export function list(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join('\n');
}

function escaped(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', '<br>');
}
