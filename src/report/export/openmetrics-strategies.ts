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
  const quantiles = (p50: (own: StrategyResult) => QuantileMs, p99: (own: StrategyResult) => QuantileMs) =>
    samplesOf(strategies, (own) => [
      [{ quantile: '0.5' }, inSeconds(p50(own))],
      [{ quantile: '0.99' }, inSeconds(p99(own))],
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
      samples: samplesOf(strategies, ({ interval }) => [
        [{ bound: 'lower' }, interval?.[0] ?? null],
        [{ bound: 'upper' }, interval?.[1] ?? null],
      ]),
    },
    {
      ...{ name: 'port20_wait_to_bind_seconds', type: 'gauge', unit: 'seconds' },
      help: 'Time waiting to bind; +Inf where the quantile falls among transfers that never got the port.',
      samples: quantiles(
        (own) => own.waitToBindP50Ms,
        (own) => own.waitToBindP99Ms,
      ),
    },
    {
      ...{ name: 'port20_transfer_time_seconds', type: 'gauge', unit: 'seconds' },
      help: 'From the scheduled start to the end; +Inf where the quantile falls among failures.',
      samples: quantiles(
        (own) => own.transferP50Ms,
        (own) => own.transferP99Ms,
      ),
    },
    gauge(
      'port20_transfers_per_second',
      'Transfers that completed, per second of load.',
      each((own) => own.transfersPerSecond),
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

function inSeconds(quantile: QuantileMs): number | null {
  if (quantile === null) return null;
  return quantile === 'failed' ? Number.POSITIVE_INFINITY : quantile / 1000;
}
