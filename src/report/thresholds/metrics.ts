// What a threshold can be about: the numbers of one strategy in one scenario, and the units in which a limit is written.
import type { QuantileMs, StrategyResult } from '../../result/types.ts';
import { shareFromDefaultDataPort } from '../text/columns.ts';

/** `share`: a proportion from 0 to 1, or per cent. `time`: milliseconds. `number`: as it is. */
export type MetricUnit = 'share' | 'time' | 'number';

interface Metric {
  readonly unit: MetricUnit;
  /** Only the built-in server tells it: of peers and targets it is not known. */
  readonly ownServerOnly?: true;
  readonly of: (strategy: StrategyResult) => QuantileMs;
}

const METRICS = {
  failureRate: share((strategy) => strategy.failureRate),
  failureRateLower: share((strategy) => strategy.interval?.[0] ?? null),
  failureRateUpper: share((strategy) => strategy.interval?.[1] ?? null),
  failed: number((strategy) => strategy.failed),
  completed: number((strategy) => strategy.completed),
  offered: number((strategy) => strategy.offered),
  dropped: number((strategy) => strategy.dropped),
  waitToBindP50Ms: { ...time((strategy) => strategy.waitToBindP50Ms), ownServerOnly: true },
  waitToBindP99Ms: { ...time((strategy) => strategy.waitToBindP99Ms), ownServerOnly: true },
  transferP50Ms: time((strategy) => strategy.transferP50Ms),
  transferP99Ms: time((strategy) => strategy.transferP99Ms),
  transfersPerSecond: number((strategy) => strategy.transfersPerSecond),
  bindsPerTransfer: { ...number((strategy) => strategy.bindsPerTransfer), ownServerOnly: true },
  fromDefaultDataPortShare: share(shareFromDefaultDataPort),
  peakSockets: number((strategy) => strategy.peakSockets),
} satisfies Record<string, Metric>;

export type MetricName = keyof typeof METRICS;
export const METRIC_NAMES = Object.keys(METRICS) as readonly MetricName[];

export function metricOf(name: MetricName): Metric {
  return METRICS[name];
}

function share(of: Metric['of']): Metric {
  return { unit: 'share', of };
}

function time(of: Metric['of']): Metric {
  return { unit: 'time', of };
}

function number(of: Metric['of']): Metric {
  return { unit: 'number', of };
}
