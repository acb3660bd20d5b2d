// The one local port of a simulated block: who may bind it when, and for how long it was held.
import type { Random } from '../stats/random.ts';
import type { TransferModel } from './model.ts';

export class SimulatedPort {
  readonly #transfer: TransferModel;
  #freeAtMs = 0;
  #freeOrder = 0;
  #holds = 0;
  #heldMs = 0;

  constructor(transfer: TransferModel) {
    this.#transfer = transfer;
  }

  get holds(): number {
    return this.#holds;
  }

  /** All of them together, the last one to its end. */
  get heldMs(): number {
    return this.#heldMs;
  }

  /** Of two things at one time the earlier order comes first: a bind that was due before the port's release fails. */
  isFree(atMs: number, order: number): boolean {
    return atMs > this.#freeAtMs || (atMs === this.#freeAtMs && order >= this.#freeOrder);
  }

  /** Binds and connects; the release is an event of `order`. @returns when the server's data connection has ended */
  take(atMs: number, order: number, random: Random): number {
    const { holdsPort, windowMs, holdAfterConnectMs, timeWaitMs } = this.#transfer;
    const connectedMs = atMs + windowMs(random);
    const endedMs = connectedMs + holdAfterConnectMs(random);
    if (holdsPort === 'until-connect') this.#hold(atMs, connectedMs, order);
    if (holdsPort === 'through-time-wait') this.#hold(atMs, endedMs + timeWaitMs(random), order);
    return endedMs;
  }

  #hold(fromMs: number, toMs: number, order: number): void {
    this.#freeAtMs = toMs;
    this.#freeOrder = order;
    this.#holds += 1;
    this.#heldMs += toMs - fromMs;
  }
}
