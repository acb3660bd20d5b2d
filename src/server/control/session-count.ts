// How many sessions each client address has, so that none takes the place of all others.
import { isIPv6 } from 'node:net';
import { unmapIPv4 } from '../../address.ts';
import { parseIPv6 } from '../../net/sockaddr.ts';

/** What a client is told that has too many already. */
export const TOO_MANY_FROM_ADDRESS = 'Too many sessions from your address, try again later.';

export class SessionCount {
  /** Sessions of one address at a time; of those that there are none is sent away when it is lowered. */
  most: number;
  /** By network; none is kept that has no session. */
  readonly #sessions = new Map<string, number>();

  constructor(most: number) {
    this.most = most;
  }

  /**
   * Counts one session more.
   * @param address the remote one, as the socket reports it; undefined when the client is gone already
   * @returns how to take it back, which may be called again; undefined when the address has as many as it may
   */
  add(address: string | undefined): (() => void) | undefined {
    const network = networkOf(address ?? '');
    const before = this.#sessions.get(network) ?? 0;
    if (before >= this.most) return undefined;
    this.#sessions.set(network, before + 1);
    let counted = true;
    return () => {
      if (counted) this.#remove(network);
      counted = false;
    };
  }

  #remove(network: string): void {
    const left = (this.#sessions.get(network) ?? 0) - 1;
    if (left > 0) this.#sessions.set(network, left);
    else this.#sessions.delete(network);
  }
}

/** IPv6 by /64: within it every machine takes as many addresses as it likes (RFC 4291 §2.5.4, RFC 8981). */
function networkOf(address: string): string {
  const plain = unmapIPv4(address);
  if (!isIPv6(plain)) return plain;
  const [withoutZone = ''] = plain.split('%');
  return Buffer.from(parseIPv6(withoutZone).subarray(0, 8)).toString('hex');
}
