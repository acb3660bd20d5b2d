// What two contestants can be compared by beside their failure rates: transfers and bytes a second, quantiles of times.
import { byteRateOf, timesOf, transferRateOf } from '../../result/speed.ts';
import type { BlockResult } from '../../result/types.ts';
import type { ConfidenceOptions, Interval } from '../../stats/proportion.ts';
import { quantileIntervals, quantileRatio, type TimeInterval } from '../../stats/quantiles.ts';
import type { Random } from '../../stats/random.ts';
import { blockedRate, logRateRatio, type RateBlock, rateOf } from '../../stats/rates.ts';
import { type TimeMs, timesTable } from '../../stats/times.ts';
import type { QuantityName } from './quantity-names.ts';

/** In its unit; `failed` for a quantile among failures, null where nothing was measured. */
export interface Measured {
  readonly value: TimeMs | null;
  readonly interval: TimeInterval | null;
}

interface BlockPair {
  readonly baseline: BlockResult;
  readonly candidate: BlockResult;
}

/** Of candidate / baseline. */
export interface LogRatio {
  readonly logRatio: number | null;
  readonly interval: Interval | null;
  /** Pair by pair. */
  readonly each: readonly number[];
}

export interface Quantity {
  readonly inWords: string;
  readonly unit: 'ms' | 'per second' | 'bytes per second';
  readonly better: 'more' | 'less';
  readonly of: (blocks: readonly BlockResult[]) => Measured;
  readonly ratio: (pairs: readonly BlockPair[], random: Random, options: ConfidenceOptions) => LogRatio;
}

const QUANTITIES: Readonly<Record<QuantityName, Quantity>> = {
  rate: rate('completed transfers a second', 'per second', transferRateOf),
  throughput: rate('bytes of completed transfers a second', 'bytes per second', byteRateOf),
  p50: quantile(0.5),
  p90: quantile(0.9),
  p95: quantile(0.95),
  p99: quantile(0.99),
  'p99.9': quantile(0.999),
};

export function quantityOf(name: QuantityName): Quantity {
  return QUANTITIES[name];
}

function rate(
  inWords: string,
  unit: Quantity['unit'],
  blockOf: (block: BlockResult) => RateBlock | null,
): Quantity {
  return {
    ...{ inWords, unit, better: 'more' },
    of(blocks) {
      const told = blocks.flatMap((block) => blockOf(block) ?? []);
      const { perSecond, interval } = blockedRate(told.length === blocks.length ? told : []);
      return { value: perSecond, interval };
    },
    ratio(pairs, _random, options) {
      const told = pairs.flatMap((pair) => {
        const [baseline, candidate] = [blockOf(pair.baseline), blockOf(pair.candidate)];
        return baseline === null || candidate === null ? [] : [{ baseline, candidate }];
      });
      const each = told.map(({ baseline, candidate }) => {
        const [from, to] = [rateOf([baseline]) ?? 0, rateOf([candidate]) ?? 0];
        return from === to ? 0 : Math.log(to / from);
      });
      return { ...logRateRatio(told, options), each };
    },
  };
}

function quantile(q: number): Quantity {
  return {
    inWords: `the ${Number((q * 100).toFixed(1))}th percentile of the time of a transfer`,
    ...{ unit: 'ms', better: 'less' },
    of(blocks) {
      const timed = blocks.map(timesOf);
      const table = timesTable(timed);
      const value = table.quantile(
        timed.map((_, block) => block),
        q,
      );
      return { value: value ?? null, interval: quantileIntervals(timed, [q])[0] ?? null };
    },
    ratio(pairs, random, options) {
      const timed = pairs.map(({ baseline, candidate }) => ({
        baseline: timesOf(baseline),
        candidate: timesOf(candidate),
      }));
      return quantileRatio(timed, q, random, options);
    },
  };
}
