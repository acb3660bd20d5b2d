// A prediction for a terminal: which times it rests on, a table for each scenario, and what its columns mean.
import pc from 'picocolors';
import type { Scenario } from '../../plan/types.ts';
import { type AssumedTimes, TIMER_MS, TYPICAL_WINDOW_MS } from '../../predict/assumed.ts';
import type { Outlook, PredictionReport } from '../../predict/outlook.ts';
import { formatMs } from '../words/format.ts';
import { fittedTables } from './fitted-table.ts';
import { columnsOf, proseColumnsOf, type TextOptions } from './options.ts';
import { FORMULAS_IN_WORDS, predictionColumns } from './predict-columns.ts';
import { cautionsOf, loadOfScenario, settingsOf } from './scenario.ts';
import { type Colours, toned } from './table.ts';
import { wrap, wrapLines } from './wrap.ts';

export function formatPrediction(report: PredictionReport, options: TextOptions): string {
  const colours = pc.createColors(options.colour);
  const columns = proseColumnsOf(options);
  const sections = report.requested.scenarios.map((scenario) => section(report, scenario, options, colours));
  const notes = colours.dim(wrapLines(legend(report), columns, '  '));
  return [wrap(basis(report), columns, '  '), ...sections, notes].join('\n\n');
}

function basis({ requested, assumed }: PredictionReport): string {
  const plan = `prediction · plan ${requested.name}, seed ${requested.seed}`;
  if (assumed === null) return `${plan} · with the times that the run measured`;
  return `${plan} · nothing was run: ${assumptions(assumed)}; --from RESULT takes measured times`;
}

/** Every time that nobody measured. */
function assumptions({ holdMs, serviceMs }: AssumedTimes): string {
  const hold = holdMs === undefined ? `bindToConnect and ${formatMs(TYPICAL_WINDOW_MS)}` : formatMs(holdMs);
  return `it is assumed that bind to connect takes ${hold}, the rest of a transfer ${formatMs(serviceMs)} on average, and that a wait ends up to ${formatMs(TIMER_MS)} late`;
}

function section(
  { requested, rows }: PredictionReport,
  scenario: Scenario,
  options: TextOptions,
  colours: Colours,
): string {
  const load = `${scenario.name}: ${loadOfScenario(requested, scenario)}`;
  const title = wrap(load, proseColumnsOf(options), '  ');
  const named = colours.bold(title.slice(0, scenario.name.length)) + title.slice(scenario.name.length);
  const own = rows.filter((row) => row.scenario === scenario.name);
  return `${named}\n${tables(own, options, colours)}`;
}

function tables(rows: readonly Outlook[], options: TextOptions, colours: Colours): string {
  const columns = predictionColumns(rows).map(({ head, align, isKey, flows, group, cell, tone }) => ({
    ...{ head, align, group, isKey: isKey === true, flows: flows === true },
    cells: rows.map((row) => cell(row).join('\n')),
    paint: (text: string, i: number) => {
      const row = rows[i];
      return row === undefined ? text : toned(text, tone?.(row) ?? 'plain', colours);
    },
  }));
  return fittedTables(columns, columnsOf(options), colours.bold);
}

const IF_HOLD_NOTE =
  'if the hold is ±10 %: simulated failures where each holds the port a tenth shorter, and a tenth longer, than is assumed';

function legend({ requested, rows }: PredictionReport): string[] {
  const named = new Set(rows.flatMap(({ formulas }) => formulas.map(({ name }) => name)));
  return [
    ...settingsOf(requested),
    'hold: mean time for which one transfer keeps others from binding; none: every bind succeeds',
    'a: transfers × hold / time, retries not counted; at a = 1 the port would be held without a break',
    ...[...named].map((name) => FORMULAS_IN_WORDS[name]),
    'simulated: the failure rate of simulated blocks; 95 % of simulated runs of as many blocks lie in its interval',
    ...(rows.some(({ ifHold }) => ifHold !== null) ? [IF_HOLD_NOTE] : []),
    ...cautionsOf(rows.map(({ binder }) => binder)),
  ];
}
