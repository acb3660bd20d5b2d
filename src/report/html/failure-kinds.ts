// What the failures were: a bar for each kind of each strategy, by phase and errno; of a single kind one sentence.
import type { StrategyResult } from '../../result/types.ts';
import { failureLabel, sortedFailures } from '../words/failures.ts';
import { formatCount, formatPercent, NO_VALUE } from '../words/format.ts';
import { linearAxis } from './axis.ts';
import { chartId, lookOf, type Page, type ScenarioRows, scenarioRowsOf } from './data.ts';
import type { DataTable } from './data-table.ts';
import { figure, statement } from './figure.ts';
import { type Markup, NOTHING } from './markup.ts';
import { type BarRow, barMarks } from './row-marks.ts';
import { rowsChart, rowsLayout } from './rows.ts';

/** Kinds that have a bar of their own; all are in the table. */
const KINDS_DRAWN = 4;

export function failureKindsFigure(page: Page): Markup {
  const scenarios = scenarioRowsOf(page.result)
    .map(({ scenario, strategies }) => ({
      scenario,
      strategies: strategies.filter(({ failed }) => failed > 0),
    }))
    .filter(({ strategies }) => strategies.length > 0);
  const all = scenarios.flatMap(({ strategies }) => strategies);
  if (all.length === 0) return NOTHING;
  const kinds = new Set(all.flatMap(({ failures }) => Object.keys(failures)));
  if (kinds.size < 2) return statement('failure-kinds', `${seen(all)}.`);
  const drawn = scenarios.map((own) => ({
    scenario: own.scenario.name,
    rows: own.strategies.flatMap((one) => rowsOf(page, one)),
  }));
  const rows = drawn.flatMap((own) => own.rows);
  const axis = linearAxis(Math.max(0, ...rows.map(({ value }) => value ?? 0)), 'failed transfers');
  const layout = rowsLayout(rows);
  return figure({
    id: 'failure-kinds',
    seen: seen(all),
    marks: 'Bars: failed transfers by the phase they failed in and the error or reply.',
    charts: drawn.map((own) => ({
      scenario: own.scenario,
      chart: {
        id: chartId(page, 'failure-kinds', own.scenario),
        title: `Failures by phase and error in ${own.scenario}`,
        description: own.rows.map(({ label, numbers }) => `${label}: ${numbers}`).join('; '),
        options: rowsChart({ rows: own.rows, axis, layout, marks: barMarks }),
      },
    })),
    tables: scenarios.map(tableOf),
  });
}

function seen(strategies: readonly StrategyResult[]): string {
  const counts: Record<string, number> = {};
  for (const [key, count] of strategies.flatMap(({ failures }) => Object.entries(failures))) {
    counts[key] = (counts[key] ?? 0) + count;
  }
  const [first] = sortedFailures(counts);
  const failed = strategies.reduce((sum, one) => sum + one.failed, 0);
  if (first === undefined) return 'Failures without a kind';
  const name = failureLabel(first.key);
  if (first.count === failed) return `Every failure is ${name}`;
  return `${formatPercent(first.count / failed)} of the failures are ${name}`;
}

function rowsOf(page: Page, { contestant, failures, failed }: StrategyResult): BarRow[] {
  const sorted = sortedFailures(failures);
  const rest = sorted.slice(KINDS_DRAWN).reduce((sum, { count }) => sum + count, 0);
  const shown = sorted.slice(0, KINDS_DRAWN).map(({ key, count }) => ({ kind: failureLabel(key), count }));
  return [...shown, ...(rest > 0 ? [{ kind: 'others', count: rest }] : [])].map(({ kind, count }) => ({
    label: `${contestant}: ${kind}`,
    numbers: `${formatCount(count)} (${formatPercent(count / failed)})`,
    look: lookOf(page, contestant),
    value: count,
  }));
}

function tableOf({ scenario, strategies }: ScenarioRows): DataTable {
  const keys = [
    ...new Set(strategies.flatMap(({ failures }) => sortedFailures(failures).map(({ key }) => key))),
  ];
  return {
    caption: `Failed transfers by kind in ${scenario.name}`,
    head: ['strategy', 'failed', ...keys.map(failureLabel)],
    rows: strategies.map(({ contestant, failed, failures }) => [
      contestant,
      formatCount(failed),
      ...keys.map((key) => (failures[key] === undefined ? NO_VALUE : formatCount(failures[key]))),
    ]),
  };
}
