// What happens next: a binary heap of one pending event for each participant, by time and then by order of arrival.

/** Participants are 0 … capacity-1, and each waits for one event at a time. Typed arrays: this is the hot loop. */
export class EventQueue {
  readonly #heap: Int32Array;
  readonly #atMs: Float64Array;
  readonly #order: Float64Array;
  #size = 0;
  #pushed = 0;

  constructor(capacity: number) {
    this.#heap = new Int32Array(capacity);
    this.#atMs = new Float64Array(capacity);
    this.#order = new Float64Array(capacity);
  }

  get size(): number {
    return this.#size;
  }

  /** The number that the next event gets; of two at one time the lower comes first. */
  get nextOrder(): number {
    return this.#pushed;
  }

  /** The participant must have nothing pending. */
  push(participant: number, atMs: number): void {
    this.#atMs[participant] = atMs;
    this.#order[participant] = this.#pushed++;
    this.#rise(this.#size++, participant);
  }

  /** The participant whose event is next; only with a size above 0. */
  pop(): number {
    const next = this.#heap[0] as number;
    const last = this.#heap[--this.#size] as number;
    if (this.#size > 0) this.#sink(last);
    return next;
  }

  /** Of the participant's event that was pushed last. */
  atMs(participant: number): number {
    return this.#atMs[participant] as number;
  }

  /** Of the participant's event that was pushed last. */
  order(participant: number): number {
    return this.#order[participant] as number;
  }

  #rise(place: number, participant: number): void {
    const heap = this.#heap;
    let at = place;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above] as number;
      if (!this.#isBefore(participant, parent)) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = participant;
  }

  /** From the root, which is empty. */
  #sink(participant: number): void {
    const heap = this.#heap;
    let at = 0;
    for (let below = 1; below < this.#size; below = 2 * at + 1) {
      const right = below + 1;
      if (right < this.#size && this.#isBefore(heap[right] as number, heap[below] as number)) below = right;
      const child = heap[below] as number;
      if (!this.#isBefore(child, participant)) break;
      heap[at] = child;
      at = below;
    }
    heap[at] = participant;
  }

  #isBefore(a: number, b: number): boolean {
    const [aMs, bMs] = [this.atMs(a), this.atMs(b)];
    return aMs < bMs || (aMs === bMs && this.order(a) < this.order(b));
  }
}
