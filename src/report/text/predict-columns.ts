// The columns of the prediction table: the load, what formulas and simulation make of it, and what was measured.
import type { FormulaName, FormulaValue } from '../../predict/applicable.ts';
import type { Outlook } from '../../predict/outlook.ts';
import { formatInterval, formatMs, formatPercent, formatRatio, NO_VALUE } from '../words/format.ts';
import { explanationInWords, predictionCell } from '../words/prediction.ts';
import { ROW_HEAD, type Tone } from './columns.ts';
import type { FittedColumn } from './fitted-table.ts';

/** Verdicts that contention for the port alone does not give. */
const FAILS_OTHERWISE: readonly string[] = ['more-failures', 'fewer-failures'];

/** Laid out as `FittedColumn` says. */
export interface PredictionColumn extends Pick<FittedColumn, 'head' | 'align' | 'isKey' | 'flows'> {
  readonly group: 'expected' | 'measured';
  /** One line each. */
  readonly cell: (row: Outlook) => readonly string[];
  readonly tone?: (row: Outlook) => Tone;
}

/** Short names for a cell; what they stand for is in `FORMULAS_IN_WORDS`. */
const FORMULA_NAMES: Readonly<Record<FormulaName, string>> = {
  'first-hold': 'one hold',
  lockstep: 'lockstep',
  'one-try': 'one try',
  'spread-tries': 'spread tries',
  bound: 'bound',
  'fair-queue': 'fair queue',
};

export const FORMULAS_IN_WORDS: Readonly<Record<FormulaName, string>> = {
  'first-hold': 'one hold: 1 - 1/n, for the first hold outlasts the load and all n - 1 others fail',
  lockstep: "lockstep: 1 - K'/N, N binds in the same moments and K' moments in which the port is free",
  'one-try': 'one try: a / (1 + a), for random arrivals that bind once',
  'spread-tries':
    'spread tries: B^K with B = a(1 - B^K), for K binds far apart; too low where holds outlast the waits or constant waits keep losers in phase, too high where a is near 1 or above',
  bound: 'bound: 1 - 1/a, the least that must fail under any schedule',
  'fair-queue':
    'fair queue: what a queue would lose whose clients wait as long as the schedule does (M/M/1+D)',
};

const EXPECTED: readonly PredictionColumn[] = [
  {
    ...{ group: 'expected', head: ROW_HEAD, align: 'left', isKey: true, flows: true },
    cell: ({ contestant }) => [contestant],
    tone: () => 'name',
  },
  {
    ...{ group: 'expected', head: 'hold', align: 'right' },
    cell: ({ forecast }) => [holdInWords(forecast)],
  },
  {
    ...{ group: 'expected', head: 'load a', align: 'right' },
    cell: ({ forecast }) => [formatRatio(forecast?.contention?.offeredLoad ?? null)],
  },
  {
    ...{ group: 'expected', head: 'formulas', align: 'left', flows: true },
    cell: ({ formulas }) => formulaLines(formulas),
  },
  {
    ...{ group: 'expected', head: 'simulated\nfailures', align: 'right' },
    cell: ({ forecast }) => [predictionCell(forecast)[0] ?? NO_VALUE],
  },
  {
    ...{ group: 'expected', head: '95 %\ninterval', align: 'right' },
    cell: ({ forecast }) => [predictionCell(forecast)[1] ?? NO_VALUE],
  },
];

/** `1.2–8.9`: failures in per cent, from the shorter hold to the longer one. */
const IF_HOLD: PredictionColumn = {
  ...{ group: 'expected', head: 'if the hold\nis ±10 %', align: 'right' },
  cell: ({ ifHold }) => [ifHold === null ? NO_VALUE : formatInterval([ifHold.shorter, ifHold.longer])],
};

const MEASURED: readonly PredictionColumn[] = [
  {
    ...{ group: 'measured', head: 'measured\nfailures', align: 'right' },
    cell: ({ measured }) => [formatPercent(measured?.failureRate ?? null)],
  },
  {
    ...{ group: 'measured', head: '95 %\ninterval', align: 'right' },
    cell: ({ measured }) => [formatInterval(measured?.interval ?? null)],
  },
  {
    ...{ group: 'measured', head: 'verdict', align: 'left', flows: true },
    cell: ({ measured }) => [verdictInWords(measured)],
    tone: ({ measured }) =>
      FAILS_OTHERWISE.includes(measured?.verdict ?? 'explained') ? 'caution' : 'plain',
  },
];

export function predictionColumns(rows: readonly Outlook[]): readonly PredictionColumn[] {
  return [
    ...EXPECTED,
    ...(rows.some(({ ifHold }) => ifHold !== null) ? [IF_HOLD] : []),
    ...(rows.some(({ measured }) => measured !== null) ? MEASURED : []),
  ];
}

function verdictInWords(measured: Outlook['measured']): string {
  const verdict = measured?.verdict ?? null;
  return verdict === 'explained' && measured?.failed === 0 ? 'no failures' : explanationInWords(verdict);
}

function holdInWords(found: Outlook['forecast']): string {
  if (found === null) return 'not known';
  return found.contention === null ? 'none' : formatMs(found.contention.holdMs);
}

function formulaLines(formulas: readonly FormulaValue[]): readonly string[] {
  if (formulas.length === 0) return [NO_VALUE];
  return formulas.map(({ name, failureRate }) => `${FORMULA_NAMES[name]} ${formatPercent(failureRate)}`);
}
