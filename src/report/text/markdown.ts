// The strategy tables as Markdown, for an issue or a README.

import type { Scenario } from '../../plan/types.ts';
import type { RunResult, StrategyResult } from '../../result/types.ts';
import { answerLines } from '../words/answer.ts';
import { type Column, columnsFor, footnotes, signOf } from './columns.ts';
import { findings } from './findings.ts';
import { legend, loadOfScenario, nothingToTell, realScaleBounds } from './scenario.ts';
import { timelineTable } from './timeline.ts';

/** The answer, load and table of each scenario, the findings, and how it was measured. Ends with a newline. */
export function formatMarkdown(result: RunResult): string {
  const sections = result.requested.scenarios.map((scenario) => scenarioSection(result, scenario));
  const found = findings(result).map(({ kind, text }) =>
    kind === 'caution' ? `**Caution:** ${text}` : text,
  );
  const findingsSection = found.length === 0 ? [] : ['## Findings', list(found)];
  const method = ['## How it was measured', list(legend(result))];
  return `${[answerLines(result).join('\n\n'), ...sections, ...findingsSection, ...method].join('\n\n')}\n`;
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
  const load = loadOfScenario(result.requested, scenario);
  const table = strategies.length === 0 ? `${nothingToTell(result, scenario)}.` : strategyTable(strategies);
  const notes = [...footnotes(strategies), ...realScaleBounds(strategies)];
  const parts = [`## ${scenario.name}`, load, table, ...notes];
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
    strategies.map((strategy) =>
      columns.map((column) => column.cell(strategy).join('\n') + signOf(column, strategy)),
    ),
  );
}

/** The two lines of a head as one. */
export function joinedHeader(first: string, second: string): string {
  return `${first} ${second}`.trim();
}

export function list(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join('\n');
}

function escaped(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', '<br>');
}
