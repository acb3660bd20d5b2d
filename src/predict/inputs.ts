// From a scenario and its measured blocks to the two models: hold, overhead and oversleep times, never waits or failures.
import { STRATEGIES } from '../binder/strategies/index.ts';
import type { BinderName, WaitRange } from '../binder/types.ts';
import { shareClosedByClient } from '../plan/time-wait.ts';
import type { Scenario } from '../plan/types.ts';
import type { BlockResult, ContentionTimes } from '../result/types.ts';
import { decodeHistogram, type Histogram, mergeHistograms } from '../stats/histogram.ts';
import type { Batches, ClosedLoad, LoadModel, OpenLoad, Sampler, TransferModel } from './model.ts';
import { empiricalMs, fixedMs } from './samplers.ts';

/** How long a port that was bound without options stays taken after the server's close: measured on Linux 6.18. */
const TIME_WAIT_MS = 60_900;

/** What a workload draws; which of them is asked depends on its kind. */
export type WorkloadDraws = Pick<OpenLoad, 'arrivalsMs'> & Pick<ClosedLoad, 'thinkMs' | 'activeFromMs'>;

export function loadOf(scenario: Scenario, draws: WorkloadDraws): LoadModel {
  const { sessions, durationMs, warmUpMs, transfers } = scenario;
  const limits = { sessions, durationMs, warmUpMs, transfers };
  const { arrivalsMs, thinkMs, activeFromMs } = draws;
  if (scenario.workload.kind === 'closed') return { kind: 'closed', ...limits, thinkMs, activeFromMs };
  return { kind: 'open', ...limits, arrivalsMs };
}

/** Node's timers count whole milliseconds, and what is due within one ends together. */
const BATCH_MS = 1;

export function batchesOf(processes: number): Batches {
  return { processes, lengthMs: BATCH_MS };
}

export interface StrategyInputs {
  readonly binder: BinderName;
  readonly waits: readonly WaitRange[];
  /** Server processes. */
  readonly processes: number;
}

/** Null where no block has the server's view, or no bind succeeded: how long the port is held is not known then. */
export function measuredTransfer(
  scenario: Scenario,
  { binder, waits, processes }: StrategyInputs,
  blocks: readonly Pick<BlockResult, 'contention'>[],
): TransferModel | null {
  const measured = blocks.flatMap(({ contention }) => contention ?? []);
  const times = (name: keyof ContentionTimes): Histogram =>
    mergeHistograms(measured.map((contention) => decodeHistogram(contention[name])));
  const window = times('window');
  if (window.totalCount === 0) return null;
  return {
    holdsPort: STRATEGIES[binder].holdsPort,
    waits,
    windowMs: empiricalMs(window),
    beforeBindMs: empiricalMs(times('beforeBind')),
    holdAfterConnectMs: empiricalMs(times('holdAfterConnect')),
    afterMs: empiricalMs(times('after')),
    oversleepMs: empiricalMs(times('oversleep')),
    timeWaitMs: timeWaitOf(scenario),
    batches: batchesOf(processes),
  };
}

export function timeWaitOf(scenario: Scenario): Sampler {
  const byClient = shareClosedByClient(scenario);
  if (byClient === 0) return fixedMs(TIME_WAIT_MS);
  return (random) => (random.uniform() < byClient ? 0 : TIME_WAIT_MS);
}
