// The transfers of one generator that are in flight: p-limit decides how many, and the first that rejects is told.
import pLimit from 'p-limit';

export interface InFlight {
  /** Whether a transfer that comes now would start now. */
  readonly hasRoom: boolean;
  /** Runs one; it resolves with whether its session can go on. Never rejects: false for a transfer that does. */
  run(transfer: () => Promise<boolean>): Promise<boolean>;
  /** A session is lost, and its place with it. */
  loseOne(): void;
  /** Resolves when every transfer that was started has ended. */
  ended(): Promise<void>;
}

/**
 * As many transfers at once as there are sessions. p-limit is the only count of them: an arrival of an open workload is
 * dropped by what it says, and the pool names the session alone.
 * @param onRejected told of what a transfer rejects with, each time: nobody waits for an arrival's own promise
 */
export function createInFlight(sessions: number, onRejected: (error: unknown) => void): InFlight {
  const limit = pLimit(sessions);
  const running = new Set<Promise<boolean>>(); // to be waited for; never asked how many
  let closed = false;

  return {
    get hasRoom() {
      return !closed && limit.activeCount + limit.pendingCount < limit.concurrency;
    },
    run(transfer) {
      const one = limit(transfer)
        .catch((error: unknown) => {
          onRejected(error);
          return false;
        })
        .finally(() => running.delete(one));
      running.add(one);
      return one;
    },
    loseOne() {
      // p-limit knows no limit of 0.
      if (limit.concurrency > 1) limit.concurrency--;
      else closed = true;
    },
    async ended() {
      await Promise.all(running);
    },
  };
}
