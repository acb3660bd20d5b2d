// The bound 1 - 1/a: one port, held for a while by each transfer, cannot serve more arrivals than fit.
import { longestWaitMs, waitsOf } from '../binder/retry.ts';
import type { BinderName } from '../binder/types.ts';
import { retryOf } from './plan.ts';
import type { Plan, Scenario } from './types.ts';

/** Linux's TCP_TIMEWAIT_LEN; compiled in, and no setting changes it. */
export const TIME_WAIT_SECONDS = 60;
const REAL_TIME_UNIT_MS = 1000;

/**
 * What share of transfers must fail at a time unit of one second: P ≥ 1 - 1/a with a = arrivals a second × seconds
 * that the port is held. The sessions are a closed workload, so the arrivals, and with them a, are those of this
 * schedule: a longer one offers less and may fail less. Null where the port is never held against the next bind.
 *
 * `legacy`: the hold is TIME_WAIT, which does not scale with the time unit. A session whose transfer fails offers the
 * next one after the whole schedule at the latest, so N sessions offer at least N / schedule a second.
 * `legacy-bsd`: hold, schedule and arrivals all scale together, so a is what was measured here.
 */
export function realScaleBound(
  plan: Plan,
  scenario: Scenario,
  binder: BinderName,
  measured: { readonly arrivalsPerSecond: number },
): number | null {
  const { arrivalsPerSecond } = measured;
  if (binder === 'legacy-bsd') return boundOf((arrivalsPerSecond * scenario.bindToConnectMs) / 1000);
  // On STOR the client closes first and TIME_WAIT is its own.
  if (binder !== 'legacy' || scenario.direction === 'stor') return null;
  const scheduleSeconds = longestWaitMs(waitsOf(retryOf(plan, binder), REAL_TIME_UNIT_MS)) / 1000;
  const arrivals = scheduleSeconds === 0 ? arrivalsPerSecond : scenario.sessions / scheduleSeconds;
  return boundOf(arrivals * TIME_WAIT_SECONDS);
}

function boundOf(offeredLoad: number): number {
  return offeredLoad > 1 ? 1 - 1 / offeredLoad : 0;
}
