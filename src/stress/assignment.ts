// From a block of the plan to orders: what its server is to do, and which part of the load each generator carries.
import type { Endpoint } from '../address.ts';
import { longestWaitMs, waitsOf } from '../binder/retry.ts';
import type { AddressPool } from './address-pool.ts';
import type { BlockAssignment, LoadSpec } from './engine.ts';
import type { Fixtures } from './fixtures.ts';
import { retryOf } from './plan.ts';
import type { BlockSpec } from './schedule.ts';
import type { Plan } from './types.ts';

export function assignBlock(
  plan: Plan,
  { scenario, binder }: BlockSpec,
  server: Endpoint,
  fixtures: Fixtures,
  pool: AddressPool,
): BlockAssignment {
  const retry = retryOf(plan, binder);
  const load: Omit<LoadSpec, 'clientAddresses' | 'transfers' | 'name'> = {
    server,
    direction: scenario.direction,
    path: fixtures.pathOf(scenario),
    content: fixtures.contentOf(scenario),
    durationMs: scenario.durationMs,
    acceptTimeoutMs: plan.timeoutMs + longestWaitMs(waitsOf(retry, plan.timeUnitMs)),
    timeoutMs: plan.timeoutMs,
  };
  const sessions = shares(scenario.sessions, plan.generators);
  const transfers = shares(scenario.transfers, plan.generators);
  return {
    server: {
      server,
      root: fixtures.root,
      binder,
      retry,
      timeUnitMs: plan.timeUnitMs,
      bindToConnectMs: scenario.bindToConnectMs,
    },
    workers: plan.workers,
    loads: sessions.map((count, i) => ({
      ...load,
      name: `g${i}`,
      clientAddresses: Array.from({ length: count }, () => pool.client()),
      transfers: transfers[i] ?? 0,
    })),
  };
}

/** `total` in `parts` whole shares that differ by one at the most. */
export function shares(total: number, parts: number): number[] {
  return Array.from({ length: parts }, (_, i) => Math.floor((total + i) / parts));
}
