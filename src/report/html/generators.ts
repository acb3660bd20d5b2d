// What the load cost its generators: where they were the limit, the server was not measured.
import type { GeneratorLoad, RunResult } from '../../result/types.ts';
import { formatCount, formatMs, formatPercent, NO_VALUE } from '../words/format.ts';
import { blocksOf, scenarioRowsOf } from './data.ts';
import { dataTable } from './data-table.ts';
import { type Markup, NOTHING } from './markup.ts';

/** The worst block of each strategy; empty of a result that does not have it. */
export function generatorTable(result: RunResult): Markup {
  const rows = scenarioRowsOf(result).flatMap(({ strategies }) =>
    strategies.flatMap((strategy) => {
      const loads = blocksOf(result, strategy).flatMap(({ generator }) => generator ?? []);
      return loads.length === 0 ? [] : [[strategy.scenario, strategy.contestant, ...loadCells(loads)]];
    }),
  );
  if (rows.length === 0) return NOTHING;
  const head = [
    ...[
      'scenario',
      'strategy',
      'of a core',
      'waited for a core',
      'event loop p99',
      'event loop most',
      'late p99',
    ],
    ...['descriptors', 'refused by accept queues', 'without room in TIME_WAIT'],
  ];
  return dataTable({
    caption: 'What the load cost its generators: the worst block of each',
    head,
    textColumns: [0, 1],
    rows,
  });
}

function loadCells(loads: readonly GeneratorLoad[]): string[] {
  const worst = (value: (load: GeneratorLoad) => number | null, format: (value: number) => string) => {
    const known = loads.flatMap((load) => value(load) ?? []);
    return known.length === 0 ? NO_VALUE : format(Math.max(...known));
  };
  return [
    worst(({ cpuShare }) => cpuShare, formatPercent),
    worst(({ runQueueShare }) => runQueueShare, formatPercent),
    worst(({ eventLoopLagP99Ms }) => eventLoopLagP99Ms, formatMs),
    worst(({ eventLoopLagMaxMs }) => eventLoopLagMaxMs, formatMs),
    worst(({ lateP99Ms }) => lateP99Ms, formatMs),
    worst(({ descriptors }) => descriptors, formatCount),
    worst(({ listenOverflows }) => listenOverflows, formatCount),
    worst(({ timeWaitOverflows }) => timeWaitOverflows, formatCount),
  ];
}
