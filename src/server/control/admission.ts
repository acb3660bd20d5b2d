// Whether one control connection more may become a session: of all, and of its client's address.
import { SessionCount, TOO_MANY_FROM_ADDRESS } from './session-count.ts';

/** What a client is told that comes when the server has as many as it may. */
const TOO_MANY = 'Too many sessions, try again later.';

export interface SessionLimits {
  readonly maxSessions: number;
  readonly maxSessionsPerAddress: number;
}

export class Admission {
  #most: number;
  readonly #perAddress: SessionCount;
  #sessions = 0;

  constructor({ maxSessions, maxSessionsPerAddress }: SessionLimits) {
    this.#most = maxSessions;
    this.#perAddress = new SessionCount(maxSessionsPerAddress);
  }

  /** From now on these count; nobody who is there is sent away. */
  limit({ maxSessions, maxSessionsPerAddress }: SessionLimits): void {
    this.#most = maxSessions;
    this.#perAddress.most = maxSessionsPerAddress;
  }

  /**
   * Counts one session more.
   * @param address as of SessionCount
   * @returns how to take it back, which may be called again; or why it is refused, for its client
   */
  admit(address: string | undefined): (() => void) | string {
    if (this.#sessions >= this.#most) return TOO_MANY;
    const uncount = this.#perAddress.add(address);
    if (uncount === undefined) return TOO_MANY_FROM_ADDRESS;
    this.#sessions++;
    let counted = true;
    return () => {
      if (counted) this.#sessions--;
      counted = false;
      uncount();
    };
  }
}
