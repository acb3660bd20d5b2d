// A prediction for a terminal: which times it rests on, a table for each scenario, and what its columns mean.
import pc from 'picocolors';
import type { Scenario } from '../../plan/types.ts';
import { type AssumedTimes, TIMER_MS, TYPICAL_WINDOW_MS } from '../../predict/assumed.ts';
import type { Outlook, PredictionReport } from '../../predict/outlook.ts';
import { formatMs } from '../words/format.ts';
import { FORMULAS_IN_WORDS, predictionColumns } from './predict-columns.ts';
import { cautionsOf, circumstances } from './scenario.ts';
import { type Colours, printed, ruledTable, type TextOptions, toned } from './table.ts';
import { wrap } from './wrap.ts';

export interface PredictionTextOptions extends TextOptions {
  /** Sentences are wrapped to this width; the tables keep their own. 120 unless set. */
  readonly columns?: number;
}

export function formatPrediction(
  report: PredictionReport,
  { colour, columns = 120 }: PredictionTextOptions,
): string {
  const colours = pc.createColors(colour);
  const sections = report.requested.scenarios.map((scenario) => section(report, scenario, colours));
  const notes = legend(report).map((note) => wrap(note, columns, '  '));
  return [wrap(basis(report), columns, '  '), ...sections, colours.dim(notes.join('\n'))].join('\n\n');
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

function section({ requested, rows }: PredictionReport, scenario: Scenario, colours: Colours): string {
  const [load = '', ...scale] = circumstances(requested, scenario);
  const own = rows.filter((row) => row.scenario === scenario.name);
  return [`${colours.bold(scenario.name)}: ${load}`, ...scale, table(own, colours)].join('\n');
}

function table(rows: readonly Outlook[], colours: Colours): string {
  const columns = predictionColumns(rows);
  const ruled = ruledTable(
    columns.map(({ head }) => colours.bold(head)),
    columns.map(({ align }) => align),
  );
  for (const row of rows) {
    ruled.push(columns.map(({ cell, tone }) => toned(cell(row).join('\n'), tone?.(row) ?? 'plain', colours)));
  }
  return printed(ruled);
}

function legend({ rows }: PredictionReport): string[] {
  const named = new Set(rows.flatMap(({ formulas }) => formulas.map(({ name }) => name)));
  return [
    'hold: mean time for which one transfer keeps others from binding; none: every bind succeeds',
    'a: transfers × hold / time, retries not counted; at a = 1 the port would be held without a break',
    ...[...named].map((name) => FORMULAS_IN_WORDS[name]),
    'simulated: the failure rate of simulated blocks; 95 % of simulated runs of as many blocks lie in its interval',
    ...cautionsOf(rows.map(({ binder }) => binder)),
  ];
}
