// The strategy table for a terminal, one a scenario, in the manner of a printed table: rules, no boxes.
import Table from 'cli-table3';
import pc from 'picocolors';
import type { Scenario } from '../../plan/types.ts';
import type { RunResult, StrategyResult } from '../../result/types.ts';
import { type Column, columnsFor, type Tone } from './columns.ts';
import { circumstances, legend, realScaleBounds, retriesInWords } from './scenario.ts';
import { timelineTable } from './timeline.ts';

export interface TextOptions {
  /** ANSI colours; whether the terminal can show them is the caller's to find out. */
  readonly colour: boolean;
}

export type Colours = ReturnType<typeof pc.createColors>;

/** All scenarios with their circumstances, and what the columns mean. Fits in 130 columns with six-digit counts. */
export function formatTables(result: RunResult, { colour }: TextOptions): string {
  const colours = pc.createColors(colour);
  const scenarios = result.requested.scenarios.map((scenario) => scenarioSection(result, scenario, colours));
  return [...scenarios, colours.dim(legend(result).join('\n'))].join('\n\n');
}

function scenarioSection(result: RunResult, scenario: Scenario, colours: Colours): string {
  const strategies = result.strategies.filter((strategy) => strategy.scenario === scenario.name);
  const [load = '', ...scale] = circumstances(result.requested, scenario);
  const title = [`${colours.bold(scenario.name)}: ${load}`, ...scale, ...retriesInWords(strategies)];
  if (strategies.length === 0) return [...title, 'no block of it was run'].join('\n');
  return [
    ...title,
    strategyTable(strategies, colours),
    ...realScaleBounds(strategies),
    ...overTime(result, scenario, colours),
  ].join('\n');
}

function overTime(result: RunResult, scenario: Scenario, colours: Colours): string[] {
  const found = timelineTable(result, scenario);
  if (found === null) return [];
  const aligns = found.head.map((_, i): Column['align'] => (i < 2 ? 'left' : 'right'));
  const table = ruledTable(found.head.map(colours.bold), aligns);
  for (const [name = '', ...cells] of found.rows) table.push([colours.cyan(name), ...cells]);
  return ['', printed(table)];
}

function strategyTable(strategies: readonly StrategyResult[], colours: Colours): string {
  const columns = columnsFor(strategies);
  const table = ruledTable(
    columns.map(({ header }) => colours.bold(header.join('\n'))),
    columns.map(({ align }) => align),
  );
  for (const strategy of strategies) table.push(columns.map((column) => cellText(column, strategy, colours)));
  return printed(table);
}

/** A table of rules and spaces only; push rows, then print it with `printed`. */
export function ruledTable(head: readonly string[], aligns: readonly Column['align'][]): Table.Table {
  const rule = { top: '─', 'top-mid': '──', mid: '─', 'mid-mid': '──', bottom: '─', 'bottom-mid': '──' };
  const edges = { 'top-left': '', 'top-right': '', 'left-mid': '', 'right-mid': '', 'bottom-left': '' };
  return new Table({
    head: [...head],
    colAligns: [...aligns],
    rowAligns: ['bottom'],
    chars: { ...rule, ...edges, 'bottom-right': '', left: '', middle: '  ', right: '' },
    // `compact` draws one rule, below the head. cli-table3 would colour by its own idea of the terminal.
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true },
  });
}

export function printed(table: Table.Table): string {
  return table.toString().replace(/ +$/gm, '');
}

function cellText(column: Column, strategy: StrategyResult, colours: Colours): string {
  return toned(column.cell(strategy).join('\n'), column.tone?.(strategy) ?? 'plain', colours);
}

export function toned(text: string, tone: Tone, colours: Colours): string {
  switch (tone) {
    case 'plain':
      return text;
    case 'good':
      return colours.green(text);
    case 'bad':
      return colours.red(text);
    case 'caution':
      return colours.yellow(text);
    case 'name':
      return colours.cyan(text);
    default:
      return tone satisfies never;
  }
}
