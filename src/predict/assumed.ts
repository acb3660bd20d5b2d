// A transfer before anything was measured: from what the plan says, and from times that are assumed and said to be.
import { STRATEGIES } from '../binder/strategies/index.ts';
import type { Scenario } from '../plan/types.ts';
import { batchesOf, type StrategyInputs, timeWaitOf } from './inputs.ts';
import type { Sampler, TransferModel } from './model.ts';
import { exponentialMs, fixedMs, uniformMs } from './samplers.ts';

export interface AssumedTimes {
  /** From bind to connect; undefined: what the scenario holds, and what the calls themselves take. */
  readonly holdMs: number | undefined;
  /** Mean of everything else of a transfer. */
  readonly serviceMs: number;
}

/** Between bind and connect where nothing is held on purpose. */
export const TYPICAL_WINDOW_MS = 0.3;
/** Node's timers count whole milliseconds: a wait ends up to one late. */
export const TIMER_MS = 1;

function assumedHoldMs({ bindToConnectMs }: Scenario, { holdMs }: AssumedTimes): number {
  return holdMs ?? bindToConnectMs + TYPICAL_WINDOW_MS;
}

/** The service is spread evenly over before, during and after the data connection, and varies exponentially. */
export function assumedTransfer(
  scenario: Scenario,
  { binder, waits, processes }: StrategyInputs,
  times: AssumedTimes,
): TransferModel {
  const third = exponentialMs(times.serviceMs / 3);
  return {
    holdsPort: STRATEGIES[binder].holdsPort,
    waits,
    beforeBindMs: third,
    windowMs: fixedMs(assumedHoldMs(scenario, times)),
    holdAfterConnectMs: third,
    afterMs: third,
    oversleepMs: uniformMs(0, TIMER_MS),
    timeWaitMs: timeWaitOf(scenario),
    batches: batchesOf(processes),
  };
}

/** The same, but for each part of the hold so many times as long: from bind to connect, or through TIME_WAIT. */
export function withHoldTimes(transfer: TransferModel, factor: number): TransferModel {
  const times =
    (sampler: Sampler): Sampler =>
    (draws) =>
      factor * sampler(draws);
  const { windowMs, holdAfterConnectMs, timeWaitMs } = transfer;
  return {
    ...transfer,
    windowMs: times(windowMs),
    ...(transfer.holdsPort === 'through-time-wait' && {
      holdAfterConnectMs: times(holdAfterConnectMs),
      timeWaitMs: times(timeWaitMs),
    }),
  };
}
