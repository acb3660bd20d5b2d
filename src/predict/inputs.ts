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
const LEAST_BATCH_MS = 1;

/**
 * A wait ends with the moment in which it is due, so on average half of one late: where a process that shares its core
 * oversleeps by more than half a millisecond, what it does together is of more than one.
 */
export function batchesOf(processes: number, oversleepMs = 0): Batches {
  return { processes, lengthMs: Math.max(LEAST_BATCH_MS, 2 * oversleepMs) };
}

export interface StrategyInputs {
  readonly binder: BinderName;
  readonly waits: readonly WaitRange[];
  /** Server processes. */
  readonly processes: number;
}

/**
 * One for each block that tells its times: a block in which the machine was busy holds the port longer than others, and
 * failures grow faster than holds, so that times of all blocks together would give too narrow a band in the wrong place.
 * Null where no block has the server's view, or no bind succeeded: how long the port is held is not known then.
 */
export function measuredTransfers(
  scenario: Scenario,
  inputs: StrategyInputs,
  blocks: readonly Pick<BlockResult, 'contention'>[],
): readonly TransferModel[] | null {
  const measured = blocks.flatMap(({ contention }) => contention ?? []);
  const all = timesOf(measured);
  if (all.window.totalCount === 0) return null;
  return measured.map((one) => {
    const own = timesOf([one]);
    // What did not happen in this block is taken from the others.
    const times = (name: keyof ContentionTimes) => (own[name].totalCount > 0 ? own : all)[name];
    const oversleep = times('oversleep');
    return {
      holdsPort: STRATEGIES[inputs.binder].holdsPort,
      waits: inputs.waits,
      windowMs: empiricalMs(times('window')),
      beforeBindMs: empiricalMs(times('beforeBind')),
      holdAfterConnectMs: empiricalMs(times('holdAfterConnect')),
      afterMs: empiricalMs(times('after')),
      oversleepMs: empiricalMs(oversleep),
      timeWaitMs: timeWaitOf(scenario),
      batches: batchesOf(inputs.processes, oversleep.totalCount === 0 ? 0 : oversleep.mean / 1000),
    };
  });
}

function timesOf(measured: readonly ContentionTimes[]): Record<keyof ContentionTimes, Histogram> {
  const merged = (name: keyof ContentionTimes) =>
    mergeHistograms(measured.map((contention) => decodeHistogram(contention[name])));
  return {
    ...{ beforeBind: merged('beforeBind'), window: merged('window'), after: merged('after') },
    ...{ holdAfterConnect: merged('holdAfterConnect'), oversleep: merged('oversleep') },
  };
}

export function timeWaitOf(scenario: Scenario): Sampler {
  const byClient = shareClosedByClient(scenario);
  if (byClient === 0) return fixedMs(TIME_WAIT_MS);
  return (random) => (random.uniform() < byClient ? 0 : TIME_WAIT_MS);
}
