// The strategies as CSV: one row each with the scenario repeated, numbers unrounded, for a spreadsheet or R.
import { formatSizeDistribution, formatWeights } from '../../plan/distributions.ts';
import type { Plan, Scenario } from '../../plan/types.ts';
import type { RunResult, StrategyResult } from '../../result/types.ts';
import { sortedFailures } from '../words/failures.ts';

type Value = string | number | null;
type Field = readonly [name: string, value: (row: Row) => Value];

interface Row {
  readonly strategy: StrategyResult;
  readonly scenario: Scenario | undefined;
  readonly plan: Plan;
}

const QUANTILES = ['p50', 'p90', 'p95', 'p99', 'p999'] as const;

const FIELDS: readonly Field[] = [
  ['scenario', ({ strategy }) => strategy.scenario],
  ['contestant', ({ strategy }) => strategy.contestant],
  ['binder', ({ strategy }) => strategy.binder],
  ['retry', ({ strategy }) => strategy.retry],
  ['sessions', ({ scenario }) => scenario?.sessions ?? null],
  ['workload', ({ scenario }) => scenario?.workload.kind ?? null],
  ['mix', ({ scenario }) => (scenario === undefined ? null : formatWeights(scenario.mix, String))],
  [
    'file_size',
    ({ scenario }) => (scenario === undefined ? null : formatSizeDistribution(scenario.fileSize)),
  ],
  ['block_duration_ms', ({ scenario }) => scenario?.durationMs ?? null],
  ['bind_to_connect_ms', ({ scenario }) => scenario?.bindToConnectMs ?? null],
  ['time_unit_ms', ({ plan }) => plan.timeUnitMs],
  ['workers', ({ plan }) => plan.workers],
  ['blocks', ({ strategy }) => strategy.blocks],
  ['offered', ({ strategy }) => strategy.offered],
  ['completed', ({ strategy }) => strategy.completed],
  ['failed', ({ strategy }) => strategy.failed],
  ['cancelled', ({ strategy }) => strategy.cancelled],
  ['dropped', ({ strategy }) => strategy.dropped],
  ['failure_rate', ({ strategy }) => strategy.failureRate],
  ['interval_low', ({ strategy }) => strategy.interval?.[0] ?? null],
  ['interval_high', ({ strategy }) => strategy.interval?.[1] ?? null],
  ['design_effect', ({ strategy }) => strategy.designEffect],
  ['effective_size', ({ strategy }) => strategy.effectiveSize],
  ['failures', ({ strategy }) => failureList(strategy)],
  ['binds_per_transfer', ({ strategy }) => strategy.bindsPerTransfer],
  ['wait_to_bind_p50_ms', ({ strategy }) => strategy.waitToBindP50Ms],
  ['wait_to_bind_p99_ms', ({ strategy }) => strategy.waitToBindP99Ms],
  ['transfer_p50_ms', ({ strategy }) => strategy.transferP50Ms],
  ['transfer_p90_ms', ({ strategy }) => strategy.transferP90Ms],
  ['transfer_p95_ms', ({ strategy }) => strategy.transferP95Ms],
  ['transfer_p99_ms', ({ strategy }) => strategy.transferP99Ms],
  ['transfer_p999_ms', ({ strategy }) => strategy.transferP999Ms],
  ['transfer_max_ms', ({ strategy }) => strategy.transferMaxMs],
  ...QUANTILES.flatMap((name): Field[] => [
    [`transfer_${name}_low_ms`, ({ strategy }) => strategy.transferIntervals?.[`${name}Ms`]?.[0] ?? null],
    [`transfer_${name}_high_ms`, ({ strategy }) => strategy.transferIntervals?.[`${name}Ms`]?.[1] ?? null],
  ]),
  ['transfers_per_second', ({ strategy }) => strategy.transfersPerSecond],
  ['transfers_per_second_low', ({ strategy }) => strategy.transfersPerSecondInterval?.[0] ?? null],
  ['transfers_per_second_high', ({ strategy }) => strategy.transfersPerSecondInterval?.[1] ?? null],
  ['bytes', ({ strategy }) => strategy.bytes],
  ['bytes_per_second', ({ strategy }) => strategy.bytesPerSecond],
  ['bytes_per_second_low', ({ strategy }) => strategy.bytesPerSecondInterval?.[0] ?? null],
  ['bytes_per_second_high', ({ strategy }) => strategy.bytesPerSecondInterval?.[1] ?? null],
  ['connected', ({ strategy }) => strategy.connected],
  ['from_default_data_port', ({ strategy }) => strategy.fromDefaultDataPort],
  ['peak_sockets', ({ strategy }) => strategy.peakSockets],
  ['peak_processes', ({ strategy }) => strategy.peakProcesses],
  ['real_scale_bound', ({ strategy }) => strategy.realScaleBound],
  ['predicted_failure_rate', ({ strategy }) => strategy.prediction?.failureRate ?? null],
  ['predicted_low', ({ strategy }) => strategy.prediction?.interval[0] ?? null],
  ['predicted_high', ({ strategy }) => strategy.prediction?.interval[1] ?? null],
];

/** A header and one row a strategy, each ended by a newline. What is unknown is an empty field. */
export function formatCsv({ strategies, requested }: RunResult): string {
  const rows = strategies.map((strategy) => {
    const scenario = requested.scenarios.find(({ name }) => name === strategy.scenario);
    return FIELDS.map(([, value]) => quoted(value({ strategy, scenario, plan: requested })));
  });
  // RFC 4180 ends lines with CRLF; cut and awk would keep the CR, and every spreadsheet takes a plain newline.
  return [FIELDS.map(([name]) => name), ...rows].map((row) => `${row.join(',')}\n`).join('');
}

/** `bind.EADDRINUSE=1190 reply.550=1`. */
function failureList({ failures }: StrategyResult): string {
  return sortedFailures(failures)
    .map(({ key, count }) => `${key}=${count}`)
    .join(' ');
}

// RFC 4180 §2.6 and 2.7.
function quoted(value: Value): string {
  const text = value === null ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
