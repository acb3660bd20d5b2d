// The columns of the strategy table, once for the terminal and for Markdown: their headers and what stands in a cell.
import type { QuantileMs, StrategyResult } from '../../result/types.ts';
import { failureLabel, sortedFailures } from '../words/failures.ts';
import {
  formatCount,
  formatInterval,
  formatMs,
  formatPercent,
  formatRatio,
  NO_VALUE,
} from '../words/format.ts';

export type Tone = 'plain' | 'good' | 'bad' | 'caution' | 'name';

export interface Column {
  /** Two lines; the first is empty where one is enough. */
  readonly header: readonly [string, string];
  readonly align: 'left' | 'right';
  /** One line each. */
  readonly cell: (strategy: StrategyResult) => readonly string[];
  readonly tone?: (strategy: StrategyResult) => Tone;
}

const BINDER: Column = {
  header: ['', 'binder'],
  align: 'left',
  cell: ({ contestant }) => [contestant],
  tone: () => 'name',
};

const CANCELLED = count(['', 'cancelled'], ({ cancelled }) => cancelled);
const DROPPED = count(['', 'dropped'], ({ dropped }) => dropped);

const OUTCOME: readonly Column[] = [
  {
    header: ['failure', 'rate'],
    align: 'right',
    cell: ({ failureRate }) => [formatPercent(failureRate)],
    tone: rateTone,
  },
  { header: ['95 %', 'interval'], align: 'right', cell: ({ interval }) => [formatInterval(interval)] },
];

const PREDICTED: Column = {
  header: ['predic-', 'ted'],
  align: 'right',
  // Where nothing contends, nothing fails: a bare 0 and no interval of width 0.
  cell: ({ prediction }) => [
    prediction?.interval[1] === 0 ? '0' : formatInterval(prediction?.interval ?? null),
  ],
  tone: ({ prediction }) => (prediction?.verdict.endsWith('-failures') ? 'caution' : 'plain'),
};

const KINDS: Column = { header: ['failures by', 'phase and errno'], align: 'left', cell: failureLines };

const EFFORT: readonly Column[] = [
  { header: ['binds', 'each'], align: 'right', cell: (s) => [s.bindsPerTransfer?.toFixed(2) ?? NO_VALUE] },
  quantile(['wait', 'p99'], (strategy) => strategy.waitToBindP99Ms),
  quantile(['time', 'p99'], (strategy) => strategy.transferP99Ms),
  { header: ['trans-', 'fers/s'], align: 'right', cell: (s) => [formatRatio(s.transfersPerSecond)] },
];

const PORT: readonly Column[] = [
  {
    header: ['from', 'L-1'],
    align: 'right',
    cell: (strategy) => [formatPercent(shareFromDefaultDataPort(strategy))],
    tone: (strategy) => ((shareFromDefaultDataPort(strategy) ?? 1) < 1 ? 'caution' : 'plain'),
  },
  { header: ['peak', 'on L-1'], align: 'right', cell: peak },
];

/** Columns for these strategies; `cancelled`, `dropped` and `predicted` only where there is something to tell. */
export function columnsFor(strategies: readonly StrategyResult[]): readonly Column[] {
  const cancelled = strategies.some((strategy) => strategy.cancelled > 0);
  const dropped = strategies.some((strategy) => strategy.dropped > 0);
  return [
    BINDER,
    count(['', 'offered'], ({ offered }) => offered),
    count(['com-', 'pleted'], ({ completed }) => completed),
    count(['', 'failed'], ({ failed }) => failed),
    ...(cancelled ? [CANCELLED] : []),
    ...(dropped ? [DROPPED] : []),
    ...OUTCOME,
    ...(contended(strategies) ? [PREDICTED] : []),
    KINDS,
    ...EFFORT,
    ...PORT,
  ];
}

/** Whether a prediction is more than the obvious: that nothing fails where nothing contends. */
export function contended(strategies: readonly StrategyResult[]): boolean {
  return strategies.some(({ prediction }) => prediction !== null && prediction.interval[1] > 0);
}

/** Of the data connections that reached the client; null when none did. */
export function shareFromDefaultDataPort(strategy: StrategyResult): number | null {
  return strategy.connected === 0 ? null : strategy.fromDefaultDataPort / strategy.connected;
}

/** Transfers that ended by themselves, well or not: what the failure rate is a share of. */
export function finishedOf({
  completed,
  failed,
}: {
  readonly completed: number;
  readonly failed: number;
}): number {
  return completed + failed;
}

function count(header: Column['header'], value: (strategy: StrategyResult) => number): Column {
  return { header, align: 'right', cell: (strategy) => [formatCount(value(strategy))] };
}

function quantile(header: Column['header'], value: (strategy: StrategyResult) => QuantileMs): Column {
  return {
    header,
    align: 'right',
    cell: (strategy) => [formatQuantile(value(strategy))],
    tone: (strategy) => (value(strategy) === 'failed' ? 'bad' : 'plain'),
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
