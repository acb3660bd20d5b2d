// The bound 1 - 1/a: one port, held for a while by each transfer, cannot serve more arrivals than fit.
import { longestWaitMs, waitsOf } from '../binder/retry.ts';
import { STRATEGIES } from '../binder/strategies/index.ts';
import { retryOf } from '../plan/contestants.ts';
import { shareClosedByClient, TIME_WAIT_SECONDS } from '../plan/time-wait.ts';
import type { Contestant, Plan, Scenario } from '../plan/types.ts';

const REAL_TIME_UNIT_MS = 1000;

/**
 * What share of transfers must fail at a time unit of one second: P ≥ 1 - 1/a with a = arrivals a second × seconds
 * that the port is held. The sessions are a closed workload, so the arrivals, and with them a, are those of this
 * schedule: a longer one offers less and may fail less. Null where the port is never held against the next bind.
 *
 * `through-time-wait`: the hold is TIME_WAIT, which does not scale with the time unit. A session whose transfer fails offers the
 * next one after the whole schedule at the latest, so N sessions offer at least N / schedule a second.
 * `until-connect`: hold, schedule and arrivals all scale together, so a is what was measured here.
 */
export function realScaleBound(
  plan: Plan,
  scenario: Scenario,
  contestant: Contestant,
  measured: { readonly arrivalsPerSecond: number },
): number | null {
  if (contestant.kind !== 'binder') return null;
  const { binder } = contestant;
  const { arrivalsPerSecond } = measured;
  const { holdsPort } = STRATEGIES[binder];
  if (holdsPort === 'never') return null;
  if (holdsPort === 'until-connect') return boundOf((arrivalsPerSecond * scenario.bindToConnectMs) / 1000);
  const share = 1 - shareClosedByClient(scenario);
  if (share === 0) return null;
  const scheduleSeconds = longestWaitMs(waitsOf(retryOf(plan, binder), REAL_TIME_UNIT_MS)) / 1000;
  // An open workload's arrivals are the plan's, and come at real scale as well as here.
  const closed = scenario.workload.kind === 'closed' && scheduleSeconds > 0;
  const arrivals = closed ? scenario.sessions / scheduleSeconds : arrivalsPerSecond;
  return boundOf(arrivals * share * TIME_WAIT_SECONDS);
}

function boundOf(offeredLoad: number): number {
  return offeredLoad > 1 ? 1 - 1 / offeredLoad : 0;
}
