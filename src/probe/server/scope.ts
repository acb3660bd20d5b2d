// What an experiment opens and waits for: everything is closed at its end, whichever way it ends.
import { systemClock } from '../../clock.ts';

export class Scope {
  readonly signal: AbortSignal | undefined;
  readonly #closers: (() => void)[] = [];
  readonly #waiting = new Set<() => void>();

  constructor(signal: AbortSignal | undefined) {
    this.signal = signal;
  }

  /** Closes `resource` with this scope; closing must be safe twice. */
  owns<T extends { close(): void }>(resource: T): T {
    this.#closers.push(() => resource.close());
    return resource;
  }

  /** Something happened: whoever waits looks again. */
  readonly changed = (): void => {
    for (const look of this.#waiting) look();
  };

  /**
   * What `look` finds, as soon as it finds something; undefined after `ms` milliseconds in which this process could
   * have seen it. It is asked again after every change. Rejects with the signal's reason.
   */
  until<T>(look: () => T | undefined, ms: number): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      const settle = (finish: () => void) => {
        timer.clear();
        this.#waiting.delete(check);
        this.signal?.removeEventListener('abort', onAbort);
        finish();
      };
      const check = () => {
        const found = look();
        if (found !== undefined) settle(() => resolve(found));
      };
      const onAbort = () => settle(() => reject(this.signal?.reason));
      const timer = afterRunningFor(ms, () => settle(() => resolve(undefined)));
      this.#waiting.add(check);
      this.signal?.addEventListener('abort', onAbort, { once: true });
      if (this.signal?.aborted) onAbort();
      else check();
    });
  }

  /** Lets `ms` milliseconds pass. */
  pause(ms: number): Promise<void> {
    return systemClock.sleep(ms, this.signal);
  }

  close(): void {
    for (const close of this.#closers.splice(0).reverse()) close();
  }
}

/** Parts of a wait that are timed one by one. */
const PARTS = 10;

/**
 * A timer that is not taken in by a stall of this process. Behind one, Node runs the timer that is due before it reads
 * what has arrived, and a server that answered at once would count as silent: a stall costs a tenth of the wait.
 */
function afterRunningFor(ms: number, callback: () => void): { clear(): void } {
  let left = PARTS;
  const next = () => {
    left -= 1;
    if (left === 0) callback();
    else timer = setTimeout(next, ms / PARTS);
  };
  let timer = setTimeout(next, ms / PARTS);
  return { clear: () => clearTimeout(timer) };
}

/** Runs one experiment in a scope of its own. */
export async function inScope<T>(
  signal: AbortSignal | undefined,
  experiment: (scope: Scope) => Promise<T>,
): Promise<T> {
  const scope = new Scope(signal);
  try {
    return await experiment(scope);
  } finally {
    scope.close();
  }
}
