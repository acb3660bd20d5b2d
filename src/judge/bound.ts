// The bound 1 - 1/a: one port, held for a while by each transfer, cannot serve more arrivals than fit.
import { longestWaitMs, waitsOf } from '../binder/retry.ts';
import { STRATEGIES } from '../binder/strategies/index.ts';
import { retryOf } from '../plan/contestants.ts';
import { shareClosedByClient, TIME_WAIT_SECONDS } from '../plan/time-wait.ts';
import type { Contestant, Plan, Scenario, Stage, TimeDistribution } from '../plan/types.ts';

const REAL_TIME_UNIT_MS = 1000;

/**
 * What share of the transfers that begin must fail at a time unit of one second: P ≥ 1 - 1/a with a = transfers begun a
 * second × seconds that the port is held. Arrivals that find no idle session never ask for the port. A longer schedule
 * keeps sessions busy, so that fewer begin, and may fail less. Null where the port is never held against the next bind.
 *
 * `through-time-wait`: the hold is TIME_WAIT, which does not scale with the time unit; how many begin at real scale is
 * reckoned, `leastBegun`.
 * `until-connect`: hold, schedule and arrivals all scale together, so a is what was measured here.
 */
export function realScaleBound(
  plan: Plan,
  scenario: Scenario,
  contestant: Contestant,
  measured: { readonly begunPerSecond: number },
): number | null {
  if (contestant.kind !== 'binder') return null;
  const { binder } = contestant;
  const { begunPerSecond } = measured;
  const { holdsPort } = STRATEGIES[binder];
  if (holdsPort === 'never') return null;
  if (holdsPort === 'until-connect') return boundOf((begunPerSecond * scenario.bindToConnectMs) / 1000);
  const share = 1 - shareClosedByClient(scenario);
  if (share === 0) return null;
  const scheduleMs = longestWaitMs(waitsOf(retryOf(plan, binder), REAL_TIME_UNIT_MS));
  const begun = scheduleMs === 0 ? begunPerSecond : leastBegunPerSecond(plan, scenario, scheduleMs);
  return boundOf(begun * share * TIME_WAIT_SECONDS);
}

/**
 * Transfers that begin in a second at the least when a session whose transfer fails is busy for the whole schedule: each
 * session then begins one a schedule and a pause. For arrivals the pause is the mean time until one comes to it, as if
 * every session had its own part of them: any session taking any arrival begins more, never fewer.
 */
function leastBegunPerSecond(
  plan: Plan,
  { workload, sessions, durationMs }: Scenario,
  scheduleMs: number,
): number {
  switch (workload.kind) {
    case 'closed': {
      const pauseMs = meanMs(workload.thinkTime) * (REAL_TIME_UNIT_MS / plan.timeUnitMs);
      return (meanLevel(workload.stages, durationMs) * 1000) / (scheduleMs + pauseMs);
    }
    case 'open':
      return shared(meanLevel(workload.stages, durationMs), sessions, scheduleMs);
    case 'bursts':
      return shared((workload.size * 1000) / workload.everyMs, sessions, scheduleMs);
    default:
      return workload satisfies never;
  }
}

/** The plan's arrivals come at real scale as well as here. */
function shared(arrivalsPerSecond: number, sessions: number, scheduleMs: number): number {
  return (sessions * 1000) / (scheduleMs + (sessions * 1000) / arrivalsPerSecond);
}

function meanMs(time: TimeDistribution): number {
  switch (time.kind) {
    case 'fixed':
      return time.ms;
    case 'exponential':
      return time.meanMs;
    case 'uniform':
      return (time.minMs + time.maxMs) / 2;
    default:
      return time satisfies never;
  }
}

function meanLevel(stages: readonly Stage[], durationMs: number): number {
  return (
    stages.reduce((sum, stage) => sum + ((stage.from + stage.to) / 2) * stage.durationMs, 0) / durationMs
  );
}

function boundOf(offeredLoad: number): number {
  return offeredLoad > 1 ? 1 - 1 / offeredLoad : 0;
}
