// What each metric of a threshold is of a strategy that was measured.
import type { MetricName } from '../../plan/thresholds/metrics.ts';
import { shareFromDefaultDataPort } from '../../result/row.ts';
import type { QuantileMs, StrategyResult } from '../../result/types.ts';

const VALUES: Readonly<Record<MetricName, (strategy: StrategyResult) => QuantileMs>> = {
  failureRate: (strategy) => strategy.failureRate,
  failureRateLower: (strategy) => strategy.interval?.[0] ?? null,
  failureRateUpper: (strategy) => strategy.interval?.[1] ?? null,
  failed: (strategy) => strategy.failed,
  completed: (strategy) => strategy.completed,
  offered: (strategy) => strategy.offered,
  dropped: (strategy) => strategy.dropped,
  waitToBindP50Ms: (strategy) => strategy.waitToBindP50Ms,
  waitToBindP99Ms: (strategy) => strategy.waitToBindP99Ms,
  transferP50Ms: (strategy) => strategy.transferP50Ms,
  transferP90Ms: (strategy) => strategy.transferP90Ms,
  transferP95Ms: (strategy) => strategy.transferP95Ms,
  transferP99Ms: (strategy) => strategy.transferP99Ms,
  transferP999Ms: (strategy) => strategy.transferP999Ms,
  transferMaxMs: (strategy) => strategy.transferMaxMs,
  transfersPerSecond: (strategy) => strategy.transfersPerSecond,
  bytesPerSecond: (strategy) => strategy.bytesPerSecond,
  bindsPerTransfer: (strategy) => strategy.bindsPerTransfer,
  fromDefaultDataPortShare: shareFromDefaultDataPort,
  peakSockets: (strategy) => strategy.peakSockets,
};

/** In the metric's own unit; `failed` for a quantile that falls among failures; null when nothing was measured. */
export function measuredOf(metric: MetricName, strategy: StrategyResult): QuantileMs {
  return VALUES[metric](strategy);
}
