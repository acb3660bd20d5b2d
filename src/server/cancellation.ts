// The end of a transfer from outside: ABOR, QUIT, a lost control connection, or a time limit.

/**
 * One for a whole session. A transfer takes the signal as it starts; a new AbortController is made only after one was
 * used, as making one for every small transfer is a cost that shows.
 */
export class Cancellation {
  #controller = new AbortController();

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
}
