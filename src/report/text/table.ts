// The strategy tables for a terminal, one scenario at a time, within its width.
import pc from 'picocolors';
import type { Scenario } from '../../plan/types.ts';
import type { RunResult, StrategyResult } from '../../result/types.ts';
import { type Column, columnsFor, footnotes, STRATEGY, signOf, type Tone } from './columns.ts';
import { type FittedColumn, fittedTables } from './fitted-table.ts';
import { columnsOf, proseColumnsOf, type TextOptions } from './options.ts';
import { loadOfScenario, nothingToTell, realScaleBounds } from './scenario.ts';
import { timelineTable } from './timeline.ts';
import { timesHistogram } from './times-histogram.ts';
import { wrap, wrapLines } from './wrap.ts';

const HISTOGRAM_COLUMNS = 80;

export type Colours = ReturnType<typeof pc.createColors>;

/** A table for each scenario, under its load, and what belongs to its numbers. */
export function formatTables(result: RunResult, options: TextOptions): string {
  return result.requested.scenarios
    .map((scenario) => scenarioSection(result, scenario, options))
    .join('\n\n');
}

/** What the tables are made of. */
type Shown = Pick<RunResult, 'requested' | 'blocks' | 'strategies'>;

/** The same of one scenario. */
export function scenarioSection(result: Shown, scenario: Scenario, options: TextOptions): string {
  const colours = pc.createColors(options.colour);
  const columns = proseColumnsOf(options);
  const strategies = result.strategies.filter((strategy) => strategy.scenario === scenario.name);
  // Coloured after wrapping, for colours have no width.
  const title = wrap(`${scenario.name}: ${loadOfScenario(result.requested, scenario)}`, columns, '  ');
  const named = colours.bold(title.slice(0, scenario.name.length)) + title.slice(scenario.name.length);
  if (strategies.length === 0) return `${named}\n${wrap(nothingToTell(result, scenario), columns, '  ')}`;
  const notes = [...footnotes(strategies), ...realScaleBounds(strategies)];
  return [
    named,
    strategyTables(strategies, columnsOf(options), colours),
    ...(notes.length > 0 ? [wrapLines(notes, columns, '  ')] : []),
    ...histogram(result, scenario, options).map((line) => colours.dim(line)),
    ...overTime(result, scenario, options, colours),
  ].join('\n');
}

/** As wide in a wide terminal as in a usual one: a drawing has no more to tell there. */
function histogram(result: Shown, scenario: Scenario, { unicode = true, ...options }: TextOptions): string[] {
  return timesHistogram(result, scenario, {
    unicode,
    columns: Math.min(HISTOGRAM_COLUMNS, columnsOf(options)),
  });
}

function strategyTables(strategies: readonly StrategyResult[], width: number, colours: Colours): string {
  const fitted = columnsFor(strategies).map((column) => fittedColumn(column, strategies, colours));
  return fittedTables(fitted, width, colours.bold);
}

function fittedColumn(column: Column, strategies: readonly StrategyResult[], colours: Colours): FittedColumn {
  const signs = strategies.map((strategy) => signOf(column, strategy));
  const marked = signs.some((sign) => sign !== '');
  return {
    head: column.header.join('\n'),
    ...{ align: column.align, group: column.group, isKey: column === STRATEGY, flows: column === STRATEGY },
    cells: strategies.map((strategy, row) => {
      const text = column.cell(strategy).join('\n');
      // Numbers stay below one another, those without a footnote, too.
      return marked ? text + (signs[row] || ' ') : text;
    }),
    paint: (text, row) => {
      const strategy = strategies[row];
      return strategy === undefined ? text : toned(text, column.tone?.(strategy) ?? 'plain', colours);
    },
  };
}

function overTime(result: Shown, scenario: Scenario, options: TextOptions, colours: Colours): string[] {
  const found = timelineTable(result, scenario);
  if (found === null) return [];
  const columns = found.head.map((head, i): FittedColumn => {
    const cells = found.rows.map((row) => row[i] ?? '');
    if (i > 1) return { head, align: 'right', cells };
    const named = { head, align: 'left', isKey: true, flows: true, cells } as const;
    return i === 0 ? { ...named, paint: colours.cyan } : named;
  });
  return ['', fittedTables(columns, columnsOf(options), colours.bold)];
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
