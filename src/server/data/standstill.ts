// Whether a count that is looked at from time to time has stood still for too long.

export class Standstill {
  readonly #limitMs: number;
  #count = 0;
  #sinceMs: number;

  constructor(limitMs: number, nowMs: number) {
    this.#limitMs = limitMs;
    this.#sinceMs = nowMs;
  }

  /** It stands still for a reason of our own. */
  beginAnew(nowMs: number): void {
    this.#sinceMs = nowMs;
  }

  /** To be told the count from time to time. */
  isOver(count: number, nowMs: number): boolean {
    if (count !== this.#count) {
      this.#count = count;
      this.#sinceMs = nowMs;
    }
    return nowMs - this.#sinceMs >= this.#limitMs;
  }
}
