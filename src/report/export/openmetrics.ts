// A finished run as OpenMetrics text, for a push gateway or a textfile collector: one sample a strategy and scenario.
import type { RunResult } from '../../result/types.ts';
import { countFamilies, gaugeFamilies } from './openmetrics-strategies.ts';
import { exposition, gauge, type MetricFamily, type Sample } from './openmetrics-text.ts';

/**
 * Every name begins with `port20_`, every sample of a strategy has the labels `scenario`, `contestant` and `binder`. What is not
 * known has no sample; a quantile that falls among failures is +Inf.
 */
export function formatOpenMetrics(result: RunResult): string {
  return exposition([...runFamilies(result), ...countFamilies(result), ...gaugeFamilies(result.strategies)]);
}

function runFamilies({
  tool,
  host,
  requested,
  startedAt,
  durationMs,
  valid,
  partial,
}: RunResult): MetricFamily[] {
  const { version } = tool;
  const labels = { version, plan: requested.name, kernel: host.kernel, node: host.node };
  const single = (value: number): Sample[] => [{ labels: {}, value }];
  return [
    // Not of the type `info`, which readers of the older text format refuse.
    gauge('port20_run_info', 'What made the result, and where: always 1.', [{ labels, value: 1 }]),
    {
      ...{ name: 'port20_run_start_time_seconds', type: 'gauge', unit: 'seconds' },
      help: 'When the run started, since the Unix epoch.',
      samples: single(Date.parse(startedAt) / 1000),
    },
    {
      ...{ name: 'port20_run_duration_seconds', type: 'gauge', unit: 'seconds' },
      help: 'How long the run took.',
      samples: single(durationMs / 1000),
    },
    gauge('port20_run_valid', '1 when the numbers may be used: every block is valid.', single(Number(valid))),
    gauge('port20_run_partial', '1 when the run ended before its last block.', single(Number(partial))),
  ];
}
