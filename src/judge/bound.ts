// The bound 1 - 1/a: one port, held for a while by each transfer, cannot serve more arrivals than fit.
import { longestWaitMs, waitsOf } from '../binder/retry.ts';
import { retryOf } from '../plan/contestants.ts';
import type { Plan, Scenario, Strategy } from '../plan/types.ts';

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
  strategy: Strategy,
  measured: { readonly arrivalsPerSecond: number },
): number | null {
  if (strategy.kind !== 'binder') return null;
  const { binder } = strategy;
  const { arrivalsPerSecond } = measured;
  if (binder === 'legacy-bsd') return boundOf((arrivalsPerSecond * scenario.bindToConnectMs) / 1000);
  if (binder !== 'legacy') return null;
  // On STOR the client closes first and TIME_WAIT is its own.
  const share = shareThatLeavesTimeWait(scenario);
  if (share === 0) return null;
  const scheduleSeconds = longestWaitMs(waitsOf(retryOf(plan, binder), REAL_TIME_UNIT_MS)) / 1000;
  // An open workload's arrivals are the plan's, and come at real scale as well as here.
  const closed = scenario.workload.kind === 'closed' && scheduleSeconds > 0;
  const arrivals = closed ? scenario.sessions / scheduleSeconds : arrivalsPerSecond;
  return boundOf(arrivals * share * TIME_WAIT_SECONDS);
}

function shareThatLeavesTimeWait({ mix }: Scenario): number {
  const total = mix.reduce((sum, { weight }) => sum + weight, 0);
  return mix.reduce((sum, { value, weight }) => sum + (value === 'stor' ? 0 : weight), 0) / total;
}

function boundOf(offeredLoad: number): number {
  return offeredLoad > 1 ? 1 - 1 / offeredLoad : 0;
}
