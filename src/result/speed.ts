// How quick a contestant was over its blocks: quantiles of its times, rates a second, and how sure they are.
import { decodeHistogram, mergeHistograms, quantileMs } from '../stats/histogram.ts';
import { quantileIntervals } from '../stats/quantiles.ts';
import { blockedRate, type RateBlock } from '../stats/rates.ts';
import type { TimesBlock } from '../stats/times.ts';
import { tellingBlocksOf } from './telling.ts';
import type { BlockResult, RunResult, StrategyResult } from './types.ts';

/** What a row says of times and rates. */
export type Speed = Pick<
  StrategyResult,
  | 'transferP50Ms'
  | 'transferP90Ms'
  | 'transferP95Ms'
  | 'transferP99Ms'
  | 'transferP999Ms'
  | 'transferMaxMs'
  | 'transferIntervals'
  | 'transfersPerSecond'
  | 'transfersPerSecondInterval'
  | 'bytes'
  | 'bytesPerSecond'
  | 'bytesPerSecondInterval'
>;

type Timed = Pick<BlockResult, 'completed' | 'failed' | 'bytes' | 'durationMs' | 'transferTimes'>;

/** @throws Error when a histogram of the blocks cannot be read */
export function speedOf(blocks: readonly Timed[]): Speed {
  const timed = blocks.map(timesOf);
  const times = mergeHistograms(timed.map((block) => block.times));
  const failed = blocks.reduce((sum, block) => sum + block.failed, 0);
  const quantile = (q: number) => quantileMs(times, failed, q);
  const [p50Ms = null, p90Ms = null, p95Ms = null, p99Ms = null, p999Ms = null] = quantileIntervals(
    timed,
    [0.5, 0.9, 0.95, 0.99, 0.999],
  );
  const transfers = blockedRate(blocks.map(transferRateOf));
  const byteRates = blocks.flatMap((block) => byteRateOf(block) ?? []);
  const told = byteRates.length === blocks.length;
  const bytes = blockedRate(told ? byteRates : []);
  return {
    transferP50Ms: quantile(0.5),
    transferP90Ms: quantile(0.9),
    transferP95Ms: quantile(0.95),
    transferP99Ms: quantile(0.99),
    transferP999Ms: quantile(0.999),
    transferMaxMs: times.totalCount === 0 ? null : times.maxValue / 1000,
    transferIntervals: { p50Ms, p90Ms, p95Ms, p99Ms, p999Ms },
    // A block of which every arrival was dropped at once lasts no time.
    transfersPerSecond: transfers.perSecond ?? 0,
    transfersPerSecondInterval: transfers.interval,
    bytes: told ? byteRates.reduce((sum, { count }) => sum + count, 0) : null,
    bytesPerSecond: told ? (bytes.perSecond ?? 0) : null,
    bytesPerSecondInterval: bytes.interval,
  };
}

/** One block, as quantiles are made from it. */
export function timesOf({ transferTimes, failed }: Pick<Timed, 'transferTimes' | 'failed'>): TimesBlock {
  return { times: decodeHistogram(transferTimes), failed };
}

export function transferRateOf({
  completed,
  durationMs,
}: Pick<Timed, 'completed' | 'durationMs'>): RateBlock {
  return { count: completed, seconds: durationMs / 1000 };
}

/** Null where the bytes were not counted. */
export function byteRateOf({ bytes, durationMs }: Pick<Timed, 'bytes' | 'durationMs'>): RateBlock | null {
  return bytes === null ? null : { count: bytes, seconds: durationMs / 1000 };
}

/**
 * A result that was written before all of this was told, with what its blocks tell of it; what it said itself stays.
 * @throws Error when a histogram of the blocks cannot be read
 */
export function withSpeed(result: RunResult): RunResult {
  return {
    ...result,
    strategies: result.strategies.map((strategy) => {
      const found = speedOf(tellingBlocksOf(result.blocks, strategy));
      const { transferP50Ms, transferP99Ms, transfersPerSecond } = strategy;
      return { ...strategy, ...found, transferP50Ms, transferP99Ms, transfersPerSecond };
    }),
  };
}
