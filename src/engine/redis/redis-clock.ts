// One clock for all machines: that of Redis, and how far one's own monotonic clock is from it.
import type { Redis } from 'ioredis';
import { systemClock } from '../../clock.ts';

export interface ClockOffset {
  /** The clock of Redis minus `Clock.nowMs()`, in milliseconds. */
  readonly offsetMs: number;
  /** Half the quickest round trip: it cannot be more wrong than that. */
  readonly errorMs: number;
}

const ROUND_TRIPS = 8;

/** Wall clocks do not matter: neither this machine's, nor that Redis tells the right time. */
export async function measureOffset(redis: Redis): Promise<ClockOffset> {
  let best: ClockOffset = { offsetMs: 0, errorMs: Number.POSITIVE_INFINITY };
  for (let i = 0; i < ROUND_TRIPS; i++) {
    const sentMs = systemClock.nowMs();
    const redisMs = await redisNowMs(redis);
    const backMs = systemClock.nowMs();
    const errorMs = (backMs - sentMs) / 2;
    if (errorMs < best.errorMs) best = { offsetMs: redisMs - (sentMs + backMs) / 2, errorMs };
  }
  return best;
}

export async function redisNowMs(redis: Redis): Promise<number> {
  const [seconds, microseconds] = await redis.time();
  return Number(seconds) * 1000 + Number(microseconds) / 1000;
}
