// The rates of users who have one: all sessions of a user in this process share it, and the last one takes it along.
import type { Clock } from '../../clock.ts';
import { Paces } from '../data/pace.ts';
import type { User } from './user.ts';

export interface HeldPaces {
  readonly paces: Paces;
  /** To be called once, when the session is over or has another user. */
  release(): void;
}

export class UserPaces {
  readonly #clock: Clock;
  readonly #byName = new Map<string, { readonly paces: Paces; sessions: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * The latest login decides what a user's rate is.
   * @param perSession bytes a second of a session whose user has no rate of its own; undefined for no limit
   * @returns undefined for a session without any limit
   */
  of({ name, maxBytesPerSecond }: User, perSession: number | undefined): HeldPaces | undefined {
    if (maxBytesPerSecond !== undefined) return this.#shared(name, maxBytesPerSecond);
    if (perSession === undefined) return undefined;
    return { paces: new Paces(perSession, this.#clock), release() {} };
  }

  #shared(name: string, bytesPerSecond: number): HeldPaces {
    const held = this.#byName.get(name) ?? { paces: new Paces(bytesPerSecond, this.#clock), sessions: 0 };
    held.paces.setRate(bytesPerSecond);
    held.sessions++;
    this.#byName.set(name, held);
    const release = () => {
      if (--held.sessions === 0) this.#byName.delete(name);
    };
    return { paces: held.paces, release };
  }
}
