// The sockets that share the port with the timed call: brought into one state, counted, and ended.
import type { Endpoint } from '../../address.ts';
import { socketAddress, TimedSocket } from '../../net/bind-cost.ts';
import { readSocketsAt } from '../../net/socket-table.ts';
import type { TcpState } from '../../net/tcp-states.ts';
import { BIND_OPTIONS } from '../bind-options.ts';
import type { CostState, OptionSet } from '../types.ts';
import type { Peers } from './peers.ts';

const TABLE_STATES: Readonly<Record<CostState, readonly TcpState[]>> = {
  bound: ['BOUND_INACTIVE'],
  connected: ['ESTABLISHED'],
  'time-wait': ['TIME_WAIT'],
};

export interface HolderKind {
  readonly options: OptionSet;
  readonly state: CostState;
}

export class Holders {
  readonly #kind: HolderKind;
  readonly #local: Endpoint;
  readonly #sockaddr: Buffer;
  readonly #peers: Peers;
  readonly #open: TimedSocket[] = [];
  #count = 0;

  constructor(kind: HolderKind, local: Endpoint, peers: Peers) {
    this.#kind = kind;
    this.#local = local;
    this.#sockaddr = socketAddress(local.address, local.port);
    this.#peers = peers;
  }

  get count(): number {
    return this.#count;
  }

  /** @throws SystemCallError, and the socket that failed is closed */
  addOne(): void {
    const socket = TimedSocket.open(BIND_OPTIONS[this.#kind.options], { resetOnClose: false });
    let kept = false;
    try {
      socket.bind(this.#sockaddr);
      kept = this.#bringIntoState(socket);
      this.#count += 1;
    } finally {
      if (!kept) socket.close();
    }
    if (this.#kind.state === 'time-wait') this.#peers.closePassing();
  }

  /** How many the kernel still knows; null where it does not tell (bound ones before Linux 6.8). */
  present(): number | null {
    const found = readSocketsAt(this.#local, TABLE_STATES[this.#kind.state]).length;
    return found === 0 && this.#kind.state === 'bound' ? null : found;
  }

  /** Leaves nothing but what is in TIME_WAIT, which the kernel alone can end. */
  close(): void {
    this.#peers.endLasting(); // first, and by reset: then our ends do not go through TIME_WAIT
    for (const socket of this.#open) socket.close();
    this.#open.length = 0;
  }

  /** @returns whether the socket stays open for it */
  #bringIntoState(socket: TimedSocket): boolean {
    const { state } = this.#kind;
    if (state === 'connected') socket.connect(this.#peers.lastingPeer());
    // TIME_WAIT stays with the side that closes first (RFC 9293 3.6): the caller closes ours, then the peer's.
    if (state === 'time-wait') socket.connect(this.#peers.passingPeer());
    if (state === 'time-wait') return false;
    this.#open.push(socket);
    return true;
  }
}
