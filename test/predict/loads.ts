// Loads and transfers for tests of the simulation: arrivals at random, and transfers that are nothing but their window.
import type { WaitRange } from '../../src/binder/types.ts';
import type { OpenLoad, Sampler, TransferModel } from '../../src/predict/model.ts';
import { fixedMs } from '../../src/predict/samplers.ts';
import type { Random } from '../../src/stats/random.ts';

export const NEVER_MS = fixedMs(0);

/** Waits of so many seconds each. */
export function waitsOfSeconds(seconds: readonly number[]): WaitRange[] {
  return seconds.map((s) => ({ minMs: s * 1000, maxMs: s * 1000 }));
}

/** 4.4BSD's: eleven binds, 1 to 10 seconds apart. */
export const BSD = waitsOfSeconds([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);

/** The port is held for `windowMs` under the BSD rule, and nothing else takes time. */
export function holding(windowMs: Sampler, waits: readonly WaitRange[]): TransferModel {
  return {
    holdsPort: 'until-connect',
    waits,
    windowMs,
    beforeBindMs: NEVER_MS,
    holdAfterConnectMs: NEVER_MS,
    afterMs: NEVER_MS,
    oversleepMs: NEVER_MS,
    timeWaitMs: NEVER_MS,
    batches: null,
  };
}

/** Poisson arrivals, `everyMs` apart on average, with sessions for all of them. */
export function poissonLoad(everyMs: number, durationMs: number): OpenLoad {
  return {
    ...{ kind: 'open', sessions: 10_000, durationMs, warmUpMs: 0, transfers: 0 },
    arrivalsMs: (random) => poisson(everyMs, random),
  };
}

function* poisson(everyMs: number, random: Random): Generator<number> {
  for (let atMs = 0; ; ) {
    atMs += -everyMs * Math.log(1 - random.uniform());
    yield atMs;
  }
}
