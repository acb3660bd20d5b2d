// What queueing theory says of a port that one socket at a time can hold: closed formulas, each with its assumptions.
import type { WaitRange } from '../binder/types.ts';

// `offeredLoad` is a = arrivals a second × seconds for which each holds the port. A failure rate is 0 to 1.

/** One bind and no retry, arrivals at random, any distribution of the hold: Erlang's loss formula. @throws RangeError below 0 */
export function oneTryFailureRate(offeredLoad: number): number {
  checkLoad(offeredLoad);
  return Number.isFinite(offeredLoad) ? offeredLoad / (1 + offeredLoad) : 1;
}

/**
 * No schedule does better for long: the port serves at most one hold at a time, so of a erlangs offered at most one is
 * carried. It speaks of the long run, where the first hold, which finds the port free, is one of many.
 * @throws RangeError below 0
 */
export function failureRateBound(offeredLoad: number): number {
  checkLoad(offeredLoad);
  return offeredLoad > 1 ? 1 - 1 / offeredLoad : 0;
}

const BISECTIONS = 60;

/**
 * Up to `tries` binds, so far apart that each finds the port busy independently of the one before: B = a(1 - B^K) is
 * the share of time in which it is busy, P = B^K. Too low where holds outlast the waits, or where constant waits keep
 * losers in phase. @throws RangeError for a load below 0, or fewer than one bind
 */
export function spreadTriesFailureRate(offeredLoad: number, tries: number): number {
  checkLoad(offeredLoad);
  checkTries(tries);
  if (!Number.isFinite(offeredLoad)) return 1;
  // a(1 - B^K) - B falls from a to -1 over [0, 1]: one root.
  let [low, high] = [0, 1];
  for (let i = 0; i < BISECTIONS; i++) {
    const busy = (low + high) / 2;
    if (offeredLoad * (1 - busy ** tries) > busy) low = busy;
    else high = busy;
  }
  return ((low + high) / 2) ** tries;
}

/** `clients` that bind in the same moments: one wins each moment in which the port is free, and is served. @throws RangeError */
export function lockstepFailureRate(clients: number, freeInstants: number): number {
  if (!(clients >= 1 && freeInstants >= 0)) {
    throw new RangeError(`not clients in lockstep: ${clients} with ${freeInstants} instants`);
  }
  return Math.max(0, 1 - freeInstants / clients);
}

/** The bind instants of a schedule that no earlier winner's hold covers; the first bind is one of them. */
export function freeInstants(waits: readonly WaitRange[], holdMs: number): number {
  let [instantMs, freeAtMs, free] = [0, 0, 0];
  for (const waitMs of [0, ...waits.map(({ maxMs }) => maxMs)]) {
    instantMs += waitMs;
    if (instantMs < freeAtMs) continue;
    free += 1;
    freeAtMs = instantMs + holdMs;
  }
  return free;
}

/**
 * What a fair queue would lose if each client waited in it for `patience`, given in holds (T/H), and left: no retry
 * loop of that length wastes less of the port. M/M/1+D, for holds that vary exponentially (less where they are even):
 * P = (1-a)·a·e^{(a-1)T/H} / (1 - a²·e^{(a-1)T/H}), and 1 / (2 + T/H) at a = 1.
 * @throws RangeError for a load or a patience below 0
 */
export function fairQueueFailureRate(offeredLoad: number, patience: number): number {
  checkLoad(offeredLoad);
  if (!(patience >= 0)) throw new RangeError(`not a patience of 0 holds or more: ${patience}`);
  const excess = offeredLoad - 1;
  if (!Number.isFinite(offeredLoad)) return 1;
  if (excess === 0) return 1 / (2 + patience);
  // Above and below multiplied by e^{(1-a)T/H}, and expm1 for a near 1: neither overflows nor cancels.
  return (-excess * offeredLoad) / (Math.expm1(-excess * patience) - excess * (2 + excess));
}

function checkLoad(offeredLoad: number): void {
  if (!(offeredLoad >= 0)) throw new RangeError(`not an offered load of 0 or more: ${offeredLoad}`);
}

function checkTries(tries: number): void {
  if (!(Number.isInteger(tries) && tries >= 1)) throw new RangeError(`not a number of binds: ${tries}`);
}
