// How many sessions each client address has, so that none takes the place of all others.
import { networkOf } from '../users/client-network.ts';
import { Counts } from '../users/counts.ts';

/** What a client is told that has too many already. */
export const TOO_MANY_FROM_ADDRESS = 'Too many sessions from your address, try again later.';

export class SessionCount {
  /** Sessions of one address at a time; of those that there are none is sent away when it is lowered. */
  most: number;
  /** By network. */
  readonly #sessions = new Counts();

  constructor(most: number) {
    this.most = most;
  }

  /**
   * Counts one session more.
   * @param address the remote one, as the socket reports it; undefined when the client is gone already
   * @returns how to take it back, which may be called again; undefined when the address has as many as it may
   */
  add(address: string | undefined): (() => void) | undefined {
    return this.#sessions.add(networkOf(address ?? ''), this.most);
  }
}
