// Time: one monotonic clock that all processes of a machine share, and a wait that can be ended early.
import { setTimeout as delay } from 'node:timers/promises';

/** What paces a retry loop; passed in, so that schedules can be tested without sleeping. */
export interface Clock {
  /** Milliseconds since boot (CLOCK_MONOTONIC): comparable between processes of one machine, and never set back. */
  nowMs(): number;
  /** Resolves after `ms` milliseconds; rejects with the signal's reason as soon as `signal` aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The longest time that a Node timer can wait; a longer one would end after 1 ms. */
export const MAX_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  nowMs: () => Number(process.hrtime.bigint()) / 1e6,
  async sleep(ms, signal) {
    signal?.throwIfAborted();
    try {
      for (let leftMs = ms; ; leftMs -= MAX_TIMER_MS) {
        await delay(Math.min(leftMs, MAX_TIMER_MS), undefined, signal === undefined ? {} : { signal });
        if (leftMs <= MAX_TIMER_MS) return;
      }
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  },
};
