// What is known of logins over all of a service's processes: who has failed how often, and how many sessions a user has.
import { createHash } from 'node:crypto';
import { networkOf } from './client-network.ts';
import { Counts } from './counts.ts';

export interface Attempt {
  /** Of the client. */
  readonly address: string;
  /** As the client sent it, whether there is such a user or not. */
  readonly username: string;
}

export interface LoginLedger {
  /** How long this attempt is to wait before its password is looked at; undefined when it is not to be looked at at all. */
  waitMs(attempt: Attempt): Promise<number | undefined>;
  /** The name and the password were no user's. */
  failed(attempt: Attempt): void;
  /**
   * Counts one session more of a user. @param most how many it may have
   * @returns how to take it back, which may be called again; undefined when the user has as many as it may
   */
  enter(user: string, most: number | undefined): Promise<(() => void) | undefined>;
}

/*
 * RFC 2577 §5: "slow down", and not: lock out, which would let anybody keep any user away. An address that has failed a
 * few times gets its turns one after another, in which a password is looked at every two seconds; whoever shares it waits
 * with it, half a minute at most, and is told so beyond that. A name on which logins have failed, from wherever, waits a
 * little longer each time, never more than five seconds: that is the worst that others can do to a user. Names that nobody
 * has are treated the same, so that nothing is told by it. All of it is forgotten again, one failure after another.
 */
const FREE_OF_ADDRESS = 10;
const MOST_OF_ADDRESS = 40;
const ADDRESS_FORGETS_MS = 10_000;
const ADDRESS_SPACING_MS = 2000;
const ADDRESS_LONGEST_WAIT_MS = 30_000;
const FREE_OF_NAME = 5;
const MOST_OF_NAME = 15;
const NAME_FORGETS_MS = 60_000;
const NAME_FIRST_WAIT_MS = 250;
const NAME_LONGEST_WAIT_MS = 5000;
/** Addresses, and names, that are remembered; then the one longest without a failure is forgotten. */
const MOST_REMEMBERED = 10_000;

/** The ledger itself. Its process asks it at once; other processes ask over operation/login-messages.ts. */
export class OwnLedger implements LoginLedger {
  readonly #nowMs: () => number;
  readonly #addresses = new Failures(MOST_OF_ADDRESS, ADDRESS_FORGETS_MS);
  readonly #names = new Failures(MOST_OF_NAME, NAME_FORGETS_MS);
  /** By user. */
  readonly #sessions = new Counts();

  /** @param nowMs a clock that is never set back */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  async waitMs({ address, username }: Attempt): Promise<number | undefined> {
    const nowMs = this.#nowMs();
    const ofAddress = this.#turnOfAddress(networkOf(address), nowMs);
    if (ofAddress === undefined) return undefined;
    const times = this.#names.count(keyOf(username), nowMs) - FREE_OF_NAME;
    const ofName = times < 0 ? 0 : Math.min(NAME_FIRST_WAIT_MS * 2 ** times, NAME_LONGEST_WAIT_MS);
    return Math.max(ofAddress, ofName);
  }

  failed({ address, username }: Attempt): void {
    const nowMs = this.#nowMs();
    this.#addresses.add(networkOf(address), nowMs);
    this.#names.add(keyOf(username), nowMs);
  }

  async enter(user: string, most: number | undefined): Promise<(() => void) | undefined> {
    return this.#sessions.add(user, most);
  }

  /** Attempts at once take turns: were each to wait for itself, all of them would be looked at after the same wait. */
  #turnOfAddress(network: string, nowMs: number): number | undefined {
    const record = this.#addresses.get(network, nowMs);
    if (record === undefined || record.count < FREE_OF_ADDRESS) return 0;
    const turnAtMs = Math.max(nowMs, record.nextTurnAtMs);
    if (turnAtMs - nowMs > ADDRESS_LONGEST_WAIT_MS) return undefined;
    record.nextTurnAtMs = turnAtMs + ADDRESS_SPACING_MS;
    return turnAtMs - nowMs;
  }
}

interface FailureRecord {
  count: number;
  /** When one of the count was forgotten last. */
  atMs: number;
  nextTurnAtMs: number;
}

class Failures {
  readonly #most: number;
  readonly #forgetsMs: number;
  /** Those that failed last come last. */
  readonly #records = new Map<string, FailureRecord>();

  /** @param most counted of one. @param forgetsMs one of them is forgotten after so long */
  constructor(most: number, forgetsMs: number) {
    this.#most = most;
    this.#forgetsMs = forgetsMs;
  }

  count(key: string, nowMs: number): number {
    return this.get(key, nowMs)?.count ?? 0;
  }

  get(key: string, nowMs: number): FailureRecord | undefined {
    const record = this.#records.get(key);
    if (record === undefined) return undefined;
    const forgotten = Math.floor((nowMs - record.atMs) / this.#forgetsMs);
    record.count -= forgotten;
    record.atMs += forgotten * this.#forgetsMs;
    if (record.count > 0) return record;
    this.#records.delete(key);
    return undefined;
  }

  add(key: string, nowMs: number): void {
    const record = this.get(key, nowMs) ?? { count: 0, atMs: nowMs, nextTurnAtMs: nowMs };
    record.count = Math.min(record.count + 1, this.#most);
    this.#records.delete(key);
    this.#records.set(key, record);
    if (this.#records.size <= MOST_REMEMBERED) return;
    const [oldest = ''] = this.#records.keys();
    this.#records.delete(oldest);
  }
}

/** Names can be long; what is kept of them is not. */
function keyOf(username: string): string {
  return createHash('sha256').update(username).digest('base64url').slice(0, 22);
}
