// One timer for one kind of wait, made once and armed again for every wait: a transfer has many.

export class Deadline {
  readonly #waitMs: number;
  readonly #onExpired: () => void;
  #timer: NodeJS.Timeout | undefined;
  #waiting = false;

  /** @param waitMs 0 for no limit */
  constructor(waitMs: number, onExpired: () => void) {
    this.#waitMs = waitMs;
    this.#onExpired = onExpired;
  }

  /** The wait begins, or begins anew. */
  start(): void {
    if (this.#waitMs === 0) return;
    this.#waiting = true;
    // What is waited for keeps the process alive, not the timer.
    if (this.#timer === undefined) this.#timer = setTimeout(() => this.#expire(), this.#waitMs).unref();
    else this.#timer.refresh();
  }

  /** The timer is left running: to stop it and make another costs more than one vain call. */
  stop(): void {
    this.#waiting = false;
  }

  /** For good. */
  close(): void {
    this.#waiting = false;
    clearTimeout(this.#timer);
  }

  #expire(): void {
    if (!this.#waiting) return;
    this.#waiting = false;
    this.#onExpired();
  }
}
