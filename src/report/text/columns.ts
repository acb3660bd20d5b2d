// The columns of the strategy table, once for the terminal, Markdown and HTML: their headers and what stands in a cell.
import { isClusteringAssumed, shareFromDefaultDataPort } from '../../result/row.ts';
import type { Prediction, QuantileMs, StrategyResult } from '../../result/types.ts';
import { ASSUMED_DESIGN_EFFECT } from '../../stats/blocks.ts';
import { ASSUMED_WEIGHT } from '../words/assumed.ts';
import { failureLabel, sortedFailures } from '../words/failures.ts';
import {
  enumerate,
  formatCount,
  formatInterval,
  formatMs,
  formatMsInterval,
  formatPercent,
  formatRatio,
  formatRatioInterval,
  NO_VALUE,
} from '../words/format.ts';

export type Tone = 'plain' | 'good' | 'bad' | 'caution' | 'name';

/** What the columns are about, most important first: one that has no room in the first table goes into a second. */
export type ColumnGroup = 'failures' | 'port' | 'kinds' | 'times' | 'speed';

/** Why a number must not be read without its footnote. */
export type Mark = 'assumed' | 'dropped';

export interface Column {
  readonly group: ColumnGroup;
  /** Two lines; the first is empty where one is enough. */
  readonly header: readonly [string, string];
  readonly align: 'left' | 'right';
  /** One line each. */
  readonly cell: (strategy: StrategyResult) => readonly string[];
  readonly tone?: (strategy: StrategyResult) => Tone;
  readonly mark?: (strategy: StrategyResult) => Mark | null;
}

/** Of what names the row, in every table: a binder, a peer or a target. */
export const ROW_HEAD = 'strategy';

export const STRATEGY: Column = {
  group: 'failures',
  header: ['', ROW_HEAD],
  align: 'left',
  cell: ({ contestant }) => [contestant],
  tone: () => 'name',
};

const CANCELLED = count(['', 'cancelled'], ({ cancelled }) => cancelled);
const DROPPED = count(['', 'dropped'], ({ dropped }) => dropped);

const OUTCOME: readonly Column[] = [
  {
    group: 'failures',
    header: ['failure', 'rate'],
    align: 'right',
    cell: ({ failureRate }) => [formatPercent(failureRate)],
    tone: rateTone,
  },
  {
    group: 'failures',
    header: ['95 %', 'interval'],
    align: 'right',
    cell: ({ interval }) => [formatInterval(interval)],
    mark: (strategy) => (isClusteringAssumed(strategy) ? 'assumed' : null),
  },
];

const PREDICTED: Column = {
  group: 'failures',
  header: ['', 'predicted'],
  align: 'right',
  // Where nothing contends, nothing fails: a bare 0 and no interval of width 0.
  cell: ({ prediction }) => [
    prediction?.interval[1] === 0 ? '0' : formatInterval(prediction?.interval ?? null),
  ],
  tone: ({ prediction }) => (prediction?.verdict.endsWith('-failures') ? 'caution' : 'plain'),
  mark: ({ prediction }) => (prediction !== null && isPredictedAssumed(prediction) ? 'assumed' : null),
};

const KINDS: Column = {
  group: 'kinds',
  header: ['failures by', 'phase and errno'],
  align: 'left',
  cell: failureLines,
};

/** A million, as in every figure of a network's speed. */
const BYTES_OF_A_MEGABYTE = 1e6;

const PORT: readonly Column[] = [
  {
    group: 'port',
    header: ['binds', 'each'],
    align: 'right',
    cell: ({ bindsPerTransfer }) => [bindsPerTransfer?.toFixed(2) ?? NO_VALUE],
  },
  {
    group: 'port',
    header: ['from', 'L-1'],
    align: 'right',
    cell: (strategy) => [formatPercent(shareFromDefaultDataPort(strategy))],
    tone: (strategy) => ((shareFromDefaultDataPort(strategy) ?? 1) < 1 ? 'caution' : 'plain'),
  },
  { group: 'port', header: ['peak', 'on L-1'], align: 'right', cell: peak },
];

/** A new measure of time is one more entry here. */
const TIMES: readonly Column[] = [
  quantile(['wait', 'p99'], (strategy) => strategy.waitToBindP99Ms),
  quantile(['time', 'p50'], (strategy) => strategy.transferP50Ms),
  quantile(['time', 'p90'], (strategy) => strategy.transferP90Ms),
  quantile(['time', 'p95'], (strategy) => strategy.transferP95Ms),
  quantile(['time', 'p99'], (strategy) => strategy.transferP99Ms),
  time(['p99', '95 %'], (strategy) => formatMsInterval(strategy.transferIntervals?.p99Ms ?? null)),
  quantile(['time', 'p99.9'], (strategy) => strategy.transferP999Ms),
  quantile(['longest', 'time'], (strategy) => strategy.transferMaxMs),
];

const SPEED: readonly Column[] = [
  speed(['', 'transfers/s'], (strategy) => formatRatio(strategy.transfersPerSecond)),
  speed(['transfers/s', '95 %'], (strategy) => formatRatioInterval(strategy.transfersPerSecondInterval)),
  speed(['', 'MB/s'], ({ bytesPerSecond }) =>
    formatRatio(bytesPerSecond === null ? null : bytesPerSecond / BYTES_OF_A_MEGABYTE),
  ),
];

/** Columns for these strategies; `cancelled`, `dropped` and `predicted` only where there is something to tell. */
export function columnsFor(strategies: readonly StrategyResult[]): readonly Column[] {
  const cancelled = strategies.some((strategy) => strategy.cancelled > 0);
  const dropped = strategies.some((strategy) => strategy.dropped > 0);
  return [
    STRATEGY,
    count(['', 'offered'], ({ offered }) => offered),
    count(['', 'completed'], ({ completed }) => completed),
    count(['', 'failed'], ({ failed }) => failed),
    ...(cancelled ? [CANCELLED] : []),
    ...(dropped ? [DROPPED] : []),
    ...OUTCOME,
    ...(contended(strategies) ? [PREDICTED] : []),
    ...PORT,
    KINDS,
    ...TIMES,
    ...SPEED,
  ];
}

/** No stars: those are emphasis in Markdown. */
export const MARK_SIGNS: Readonly<Record<Mark, string>> = { assumed: '†', dropped: '‡' };

/** What stands behind a number that has a footnote; nothing behind the others. */
export function signOf({ mark }: Column, strategy: StrategyResult): string {
  const found = mark?.(strategy) ?? null;
  return found === null ? '' : MARK_SIGNS[found];
}

/** The footnotes of these rows, in the order of their signs, one line each. */
export function footnotes(strategies: readonly StrategyResult[]): string[] {
  const marks = new Set(
    columnsFor(strategies).flatMap(({ mark }) => strategies.map((strategy) => mark?.(strategy) ?? null)),
  );
  const texts: Readonly<Record<Mark, () => string>> = {
    assumed: assumedNote,
    dropped: () => droppedNote(strategies),
  };
  return (['assumed', 'dropped'] as const).flatMap((mark) =>
    marks.has(mark) ? [`${MARK_SIGNS[mark]} ${texts[mark]()}`] : [],
  );
}

/** What stands behind the interval of a row that did not fail, or always. */
export function assumedNote(): string {
  return `none or all failed: the interval counts ${ASSUMED_WEIGHT} (design effect ${ASSUMED_DESIGN_EFFECT}, assumed)`;
}

/** `of the transfers that began: 61 % of the arrivals of legacy were dropped …`. */
function droppedNote(strategies: readonly StrategyResult[]): string {
  const parts = strategies.flatMap(({ contestant, dropped, offered }) =>
    dropped === 0 ? [] : [`${formatPercent(dropped / offered)} of ${contestant}`],
  );
  return `of transfers that began; arrivals that were dropped are in no time and no rate: ${enumerate(parts)}`;
}

/** Where none or all of the simulated blocks' transfers failed, its interval rests on an assumption, too. */
function isPredictedAssumed({ failureRate, interval }: Prediction): boolean {
  return (failureRate === 0 || failureRate === 1) && interval[0] < interval[1];
}

/** Whether a prediction is more than the obvious: that nothing fails where nothing contends. */
export function contended(strategies: readonly StrategyResult[]): boolean {
  return strategies.some(({ prediction }) => prediction !== null && prediction.interval[1] > 0);
}

function count(header: Column['header'], value: (strategy: StrategyResult) => number): Column {
  return { group: 'failures', header, align: 'right', cell: (strategy) => [formatCount(value(strategy))] };
}

function time(header: Column['header'], text: (strategy: StrategyResult) => string): Column {
  return { group: 'times', header, align: 'right', cell: (strategy) => [text(strategy)] };
}

function speed(header: Column['header'], text: (strategy: StrategyResult) => string): Column {
  return { group: 'speed', header, align: 'right', cell: (strategy) => [text(strategy)] };
}

/** Of times; arrivals that were dropped have none. */
function quantile(header: Column['header'], value: (strategy: StrategyResult) => QuantileMs): Column {
  return {
    group: 'times',
    header,
    align: 'right',
    cell: (strategy) => [formatQuantile(value(strategy))],
    tone: (strategy) => (value(strategy) === 'failed' ? 'bad' : 'plain'),
    mark: (strategy) => (strategy.dropped > 0 && value(strategy) !== null ? 'dropped' : null),
  };
}

export function formatQuantile(quantile: QuantileMs): string {
  if (quantile === null) return NO_VALUE;
  return quantile === 'failed' ? quantile : formatMs(quantile);
}

function rateTone({ failureRate }: StrategyResult): Tone {
  if (failureRate === null) return 'plain';
  return failureRate === 0 ? 'good' : 'bad';
}

/** Counts right-aligned among themselves. */
function failureLines({ failures }: StrategyResult): readonly string[] {
  const sorted = sortedFailures(failures);
  if (sorted.length === 0) return [NO_VALUE];
  const width = formatCount(sorted[0]?.count ?? 0).length;
  return sorted.map(({ key, count }) => `${formatCount(count).padStart(width)} ${failureLabel(key)}`);
}

/** Of a server that closes at once, no process may have been seen with a socket: a closed one has no holder. */
function peak({ peakSockets, peakProcesses }: StrategyResult): readonly string[] {
  const sockets = formatCount(peakSockets);
  return [peakProcesses === 0 ? sockets : `${sockets} / ${formatCount(peakProcesses)}`];
}
