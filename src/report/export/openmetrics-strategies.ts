// The metric families of strategies: a sample, or one a label, for every strategy in every scenario.
import type { QuantileMs, RunResult, StrategyResult } from '../../result/types.ts';
import { gauge, type Labels, type MetricFamily, type Sample } from './openmetrics-text.ts';

const OUTCOMES = ['completed', 'failed', 'cancelled', 'dropped'] as const;

type Strategies = readonly StrategyResult[];

/** Sums over the counted blocks; what is 0 is said, too. */
export function countFamilies({ strategies, blocks }: RunResult): MetricFamily[] {
  const invalid = (own: StrategyResult) =>
    blocks.filter(
      ({ scenario, contestant, valid }) =>
        !valid && scenario === own.scenario && contestant === own.contestant,
    );
  return [
    counter('port20_transfers', 'Transfers by how they ended.', strategies, (own) =>
      OUTCOMES.map((outcome) => [{ outcome }, own[outcome]]),
    ),
    counter('port20_failures', 'Failed transfers by phase and errno.', strategies, ({ failures }) =>
      Object.entries(failures).map(([failure, count]) => [{ failure }, count]),
    ),
    counter(
      'port20_data_connections',
      'Data connections that reached the client, by source port.',
      strategies,
      (own) => [
        [{ source: 'default-data-port' }, own.fromDefaultDataPort],
        [{ source: 'other-port' }, own.connected - own.fromDefaultDataPort],
      ],
    ),
    counter('port20_blocks', 'Blocks; only the counted ones are in the numbers.', strategies, (own) => [
      [{ state: 'counted' }, own.blocks],
      [{ state: 'invalid' }, invalid(own).length],
    ]),
  ];
}

/** Rates, quantiles and peaks. */
export function gaugeFamilies(strategies: Strategies): MetricFamily[] {
  const each = (value: (own: StrategyResult) => number | null) =>
    samplesOf(strategies, (own) => [[{}, value(own)]]);
  const quantiles = (values: (own: StrategyResult) => Readonly<Record<string, QuantileMs>>) =>
    samplesOf(strategies, (own) =>
      Object.entries(values(own)).map(([quantile, value]) => [{ quantile }, inSeconds(value)] as const),
    );
  const bounds = (interval: (own: StrategyResult) => readonly [number, number] | null) =>
    samplesOf(strategies, (own) => [
      [{ bound: 'lower' }, interval(own)?.[0] ?? null],
      [{ bound: 'upper' }, interval(own)?.[1] ?? null],
    ]);
  return [
    {
      ...{ name: 'port20_failure_ratio', type: 'gauge', unit: 'ratio' },
      help: 'failed / (completed + failed).',
      samples: each(({ failureRate }) => failureRate),
    },
    {
      ...{ name: 'port20_failure_interval_ratio', type: 'gauge', unit: 'ratio' },
      help: '95 % interval of the failure ratio with the block as the sampling unit.',
      samples: bounds(({ interval }) => interval),
    },
    {
      ...{ name: 'port20_wait_to_bind_seconds', type: 'gauge', unit: 'seconds' },
      help: 'Time waiting to bind; +Inf where the quantile falls among transfers that never got the port.',
      samples: quantiles((own) => ({ '0.5': own.waitToBindP50Ms, '0.99': own.waitToBindP99Ms })),
    },
    {
      ...{ name: 'port20_transfer_time_seconds', type: 'gauge', unit: 'seconds' },
      help: 'From the scheduled start to the end; +Inf where the quantile falls among failures.',
      samples: quantiles((own) => ({
        '0.5': own.transferP50Ms,
        '0.9': own.transferP90Ms,
        '0.95': own.transferP95Ms,
        '0.99': own.transferP99Ms,
        '0.999': own.transferP999Ms,
      })),
    },
    {
      ...{ name: 'port20_transfer_time_interval_seconds', type: 'gauge', unit: 'seconds' },
      help: '95 % intervals of the quantiles with the block as the sampling unit; +Inf among failures.',
      samples: samplesOf(strategies, timeBounds),
    },
    {
      ...{ name: 'port20_longest_transfer_seconds', type: 'gauge', unit: 'seconds' },
      help: 'Longest time of a transfer that completed.',
      samples: each((own) => inSeconds(own.transferMaxMs)),
    },
    gauge(
      'port20_transfers_per_second',
      'Transfers that completed, per second of load.',
      each((own) => own.transfersPerSecond),
    ),
    gauge(
      'port20_transfers_per_second_interval',
      '95 % interval of it with the block as the sampling unit.',
      bounds((own) => own.transfersPerSecondInterval),
    ),
    gauge(
      'port20_bytes_per_second',
      'File bytes of the transfers that completed, per second of load.',
      each((own) => own.bytesPerSecond),
    ),
    gauge(
      'port20_binds_per_transfer',
      'bind calls per transfer.',
      each((own) => own.bindsPerTransfer),
    ),
    gauge(
      'port20_peak_sockets',
      'Most live sockets on the default data port at once.',
      each((own) => own.peakSockets),
    ),
    gauge(
      'port20_peak_processes',
      'Most processes that held some of them at once.',
      each((own) => own.peakProcesses),
    ),
  ];
}

type Values = readonly (readonly [labels: Labels, value: number | null])[];

function counter(
  name: string,
  help: string,
  strategies: Strategies,
  values: (own: StrategyResult) => Values,
): MetricFamily {
  return { name, type: 'counter', help, samples: samplesOf(strategies, values) };
}

function samplesOf(strategies: Strategies, values: (own: StrategyResult) => Values): Sample[] {
  return strategies.flatMap((own) =>
    values(own).flatMap(([labels, value]) => {
      const { scenario, contestant } = own;
      // A label that is empty is one that is not there.
      const binder = own.binder ?? '';
      return value === null ? [] : [{ labels: { scenario, contestant, binder, ...labels }, value }];
    }),
  );
}

const QUANTILES = [
  ['0.5', 'p50Ms'],
  ['0.9', 'p90Ms'],
  ['0.95', 'p95Ms'],
  ['0.99', 'p99Ms'],
  ['0.999', 'p999Ms'],
] as const;

function timeBounds({ transferIntervals }: StrategyResult): Values {
  return QUANTILES.flatMap(([quantile, name]) => {
    const [low, high] = transferIntervals?.[name] ?? [null, null];
    return [
      [{ quantile, bound: 'lower' }, inSeconds(low)],
      [{ quantile, bound: 'upper' }, inSeconds(high)],
    ] as const;
  });
}

function inSeconds(quantile: QuantileMs): number | null {
  if (quantile === null) return null;
  return quantile === 'failed' ? Number.POSITIVE_INFINITY : quantile / 1000;
}
