// Who the timed sockets connect to: listeners on all of loopback, so that every connection can have a 4-tuple of its own.
import { systemClock } from '../../clock.ts';
import { PreflightError } from '../../errors.ts';
import { LoopbackListener, socketAddress } from '../../net/bind-cost.ts';
import { readSysctl } from '../../net/proc.ts';
import { formatDuration } from '../../units.ts';

/** More than this a listener may not keep waiting even where the system allows it. */
const MAX_BACKLOG = 4096;
/** Remote addresses are 127.128.0.0 and up; the local ones lie below. */
const FIRST_REMOTE_ADDRESS = 128 * 2 ** 16;

export class Peers {
  readonly #backlog = Math.min(MAX_BACKLOG, Number(readSysctl('net.core.somaxconn') ?? 128));
  readonly #open = new Set<LoopbackListener>();
  /** Whose connections are all closed again at once. */
  readonly #passing: LoopbackListener;
  #filling: { readonly listener: LoopbackListener; waiting: number } | undefined;
  #connections = 0;
  readonly #patienceMs: number;

  /**
   * @param patienceMs of a handshake that the kernel put off; on an idle machine it is over before connect(2) returns
   * @throws SystemCallError, with nothing left open; FfiUnavailableError
   */
  constructor(patienceMs: number) {
    this.#patienceMs = patienceMs;
    this.#passing = this.#listen();
  }

  /** For a connection that stays: nobody accepts it, for in the queue it costs no descriptor. @throws SystemCallError */
  lastingPeer(): Buffer {
    if (this.#filling === undefined || this.#filling.waiting >= this.#backlog) {
      this.#filling = { listener: this.#listen(), waiting: 0 };
    }
    this.#filling.waiting += 1;
    return this.#address(this.#filling.listener);
  }

  /** For a connection whose peer closes it by `closePassing`. */
  passingPeer(): Buffer {
    return this.#address(this.#passing);
  }

  /** @throws SystemCallError; PreflightError when no connection came */
  closePassing(): void {
    const giveUpAtMs = systemClock.nowMs() + this.#patienceMs;
    while (!this.#passing.closeOne()) {
      if (systemClock.nowMs() <= giveUpAtMs) continue;
      throw new PreflightError(
        `a connection over loopback did not arrive within ${formatDuration(this.#patienceMs)}: give a slow machine more --patience, or does a firewall drop it?`,
      );
    }
  }

  /** Resets the lasting connections. */
  endLasting(): void {
    for (const listener of this.#open) {
      if (listener !== this.#passing) this.#end(listener);
    }
    this.#filling = undefined;
  }

  close(): void {
    for (const listener of this.#open) this.#end(listener);
  }

  #listen(): LoopbackListener {
    const listener = LoopbackListener.open(this.#backlog);
    this.#open.add(listener);
    return listener;
  }

  #end(listener: LoopbackListener): void {
    listener.close();
    this.#open.delete(listener);
  }

  #address({ port }: LoopbackListener): Buffer {
    const host = FIRST_REMOTE_ADDRESS + (this.#connections++ % (126 * 2 ** 16));
    return socketAddress(`127.${host >> 16}.${(host >> 8) & 255}.${host & 255}`, port);
  }
}
