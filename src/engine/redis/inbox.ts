// What the agents say to a coordinator, in the order in which it came, each to whoever waits for its token.
import type { Redis } from 'ioredis';
import { systemClock } from '../../clock.ts';
import { readMessage, type ShardMessage } from './messages.ts';

export type Hear = (message: ShardMessage, attempts: Buffer) => void;

export interface Inbox {
  /** From now on, until the returned function is called. */
  listen(token: string, hear: Hear): () => void;
  /** The connection is to be ended, too: it may be waiting. */
  close(): void;
}

const AT_ONCE = 500;
const PAUSE_MS = 200;

/** @param redis for this alone: it waits most of the time */
export function openInbox(redis: Redis, key: string): Inbox {
  const listeners = new Map<string, Hear>();
  let closed = false;

  async function read(): Promise<void> {
    while (!closed) {
      try {
        const found = await redis.blpopBuffer(key, 1);
        if (found === null) continue;
        deliver(found[1]);
        for (const bytes of (await redis.lpopBuffer(key, AT_ONCE)) ?? []) deliver(bytes);
      } catch {
        // The connection is found again; who waits for an answer has a limit of its own.
        await systemClock.sleep(PAUSE_MS);
      }
    }
  }

  function deliver(bytes: Buffer): void {
    const read = readMessage(bytes);
    if (read !== undefined) listeners.get(read.message.token)?.(read.message, read.attempts);
  }

  void read();
  return {
    listen(token, hear) {
      listeners.set(token, hear);
      return () => listeners.delete(token);
    },
    close() {
      closed = true;
    },
  };
}
