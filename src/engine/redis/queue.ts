// The queue of an agent in Redis: its keys, which all have an end, and its removal.
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { BULLMQ_PREFIX, queueOf, RUN_TTL_MS } from './keys.ts';
import { execAll } from './scripts.ts';

/** What BullMQ keeps of a queue beside its jobs. */
const QUEUE_KEYS = ['meta', 'id', 'events', 'stalled-check', 'marker', 'stalled', 'wait', 'active', 'pc'];
const QUEUE_TTL_MS = 60_000;

/**
 * BullMQ gives none of its keys an end. Said by whoever puts something into the queue, and again and again by its agent:
 * when both are dead, a job with a login in it is not to stay for ever.
 * @param jobs those that are in it
 */
export async function keepQueue(redis: Redis, agent: string, jobs: readonly string[]): Promise<void> {
  const pipeline = redis.pipeline();
  const key = (name: string) => `${BULLMQ_PREFIX}:${queueOf(agent)}:${name}`;
  for (const name of QUEUE_KEYS) pipeline.pexpire(key(name), QUEUE_TTL_MS);
  for (const job of jobs) pipeline.pexpire(key(job), RUN_TTL_MS);
  await execAll(pipeline);
}

/** Nobody reads the events; BullMQ keeps ten thousand otherwise. */
const EVENTS_KEPT = 10;

/** @param redis stays open: one of the queue's own would be tried for ever where Redis is gone */
export function openQueue(redis: Redis, agent: string): Queue {
  const queue = new Queue(queueOf(agent), {
    connection: redis,
    prefix: BULLMQ_PREFIX,
    skipMetasUpdate: true,
    streams: { events: { maxLen: EVENTS_KEPT } },
  });
  queue.on('error', () => {}); // whoever asked it something hears of it
  return queue;
}

/** With every job in it, whoever had it. */
export async function removeQueue(redis: Redis, agent: string): Promise<void> {
  const queue = openQueue(redis, agent);
  try {
    await queue.obliterate({ force: true });
  } finally {
    await queue.close();
  }
}
