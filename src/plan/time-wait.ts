// TIME_WAIT in the terms of a plan: how long it lasts, and which transfers leave it with the server.
import type { Scenario } from './types.ts';

/** Linux's TCP_TIMEWAIT_LEN; compiled in, and no setting changes it. */
export const TIME_WAIT_SECONDS = 60;

/** TIME_WAIT stays with the side that closes first (RFC 9293 3.6): the server on RETR and LIST, the client on STOR. */
export function shareClosedByClient({ mix }: Pick<Scenario, 'mix'>): number {
  const weightOf = (some: Scenario['mix']) => some.reduce((sum, { weight }) => sum + weight, 0);
  return weightOf(mix.filter(({ value }) => value === 'stor')) / weightOf(mix);
}
