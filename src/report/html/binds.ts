// How many bind calls a transfer took: the price of a retry loop.
import { formatRatio, NO_VALUE } from '../words/format.ts';
import { linearAxis } from './axis.ts';
import {
  chartId,
  inScenario,
  largest,
  lookOf,
  type Page,
  type ScenarioRows,
  scenarioRowsOf,
} from './data.ts';
import type { DataTable } from './data-table.ts';
import { figure } from './figure.ts';
import type { Markup } from './markup.ts';
import type { Chart } from './plot.ts';
import { type BarRow, barMarks } from './row-marks.ts';
import { rowsChart } from './rows.ts';

/** Empty where no server told its bind calls. */
export function bindsFigure(page: Page): Markup {
  const told = page.result.strategies.filter(({ bindsPerTransfer }) => bindsPerTransfer !== null);
  const most = largest(told, ({ bindsPerTransfer }) => bindsPerTransfer ?? 0);
  const scenarios = scenarioRowsOf(page.result).filter(({ strategies }) =>
    strategies.some((one) => told.includes(one)),
  );
  const calls = most?.bindsPerTransfer ?? 0;
  return figure({
    id: 'binds',
    seen:
      calls < 1.005
        ? 'No strategy needed more than one bind for a transfer'
        : `${most?.contestant} called bind ${formatRatio(calls)} times for a transfer${inScenario(page.result, most?.scenario ?? '')}`,
    marks: 'Bars: bind calls per transfer, those that failed included. Other servers do not tell theirs.',
    charts: scenarios.map((rows) => ({ scenario: rows.scenario.name, chart: chartOf(page, rows, calls) })),
    tables: scenarios.map(tableOf),
  });
}

function chartOf(page: Page, { scenario, strategies }: ScenarioRows, most: number): Chart {
  const rows = strategies.map(
    ({ contestant, bindsPerTransfer: value }): BarRow => ({
      label: contestant,
      numbers: value === null ? 'not told' : value.toFixed(2),
      look: lookOf(page, contestant),
      value,
    }),
  );
  return {
    id: chartId(page, 'binds', scenario.name),
    title: `Bind calls per transfer in ${scenario.name}`,
    description: rows.map(({ label, numbers }) => `${label}: ${numbers}`).join('; '),
    draw: rowsChart({ rows, axis: linearAxis(most || 1, 'bind calls per transfer'), marks: barMarks }),
  };
}

function tableOf({ scenario, strategies }: ScenarioRows): DataTable {
  return {
    caption: `Bind calls in ${scenario.name}`,
    head: ['strategy', 'binds per transfer', 'retry schedule'],
    textColumns: [0, 2],
    rows: strategies.map(({ contestant, bindsPerTransfer, retry }) => [
      contestant,
      bindsPerTransfer?.toFixed(2) ?? NO_VALUE,
      retry ?? "the server's own",
    ]),
  };
}
