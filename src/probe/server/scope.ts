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
   * What `look` finds, as soon as it finds something; undefined after `ms` milliseconds. It is asked again after
   * every change. Rejects with the signal's reason.
   */
  until<T>(look: () => T | undefined, ms: number): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      const settle = (finish: () => void) => {
        clearTimeout(timer);
        this.#waiting.delete(check);
        this.signal?.removeEventListener('abort', onAbort);
        finish();
      };
      const check = () => {
        const found = look();
        if (found !== undefined) settle(() => resolve(found));
      };
      const onAbort = () => settle(() => reject(this.signal?.reason));
      const timer = setTimeout(() => settle(() => resolve(undefined)), ms);
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
