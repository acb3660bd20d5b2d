// The end of a transfer from outside: ABOR, a lost control connection, a time limit; QUIT only while it waits for its port.

/**
 * One for a whole session. A transfer takes the signal as it starts; a new AbortController is made only after one was
 * used, as making one for every small transfer is a cost that shows.
 */
export class Cancellation {
  #controller = new AbortController();
  #waiting = false;
  #waitsAreOver = false;

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  cancel(reason?: unknown): void {
    this.#controller.abort(reason);
  }

  /** To be called as a transfer starts: what ended the last one does not end this one. */
  renew(): void {
    if (this.#controller.signal.aborted) this.#controller = new AbortController();
  }

  /** From now on no transfer of this session waits for its port; one that need not wait goes on to its end. */
  endWaits(): void {
    this.#waitsAreOver = true;
    if (this.#waiting) this.cancel();
  }

  /**
   * Runs `bind`, which is told of the end by `signal`. A bind that succeeds at once is no wait: its promise is settled
   * before the event loop turns.
   */
  async whileBinding<T>(bind: () => Promise<T>): Promise<T> {
    const turn = setImmediate(() => {
      this.#waiting = true;
      if (this.#waitsAreOver) this.cancel();
    });
    try {
      return await bind();
    } finally {
      clearImmediate(turn);
      this.#waiting = false;
    }
  }
}
