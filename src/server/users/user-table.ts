// The users of a users file as a server asks for them: a table that can be replaced, and a login that is checked by it.
import { createHmac, randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { refusedBy } from './access.ts';
import { networkOf } from './client-network.ts';
import type { Scheme } from './hash.ts';
import { type Authenticate, LoginRefused, type LoginRequest } from './login.ts';
import type { User } from './user.ts';
import type { UserEntry, Users } from './users-file.ts';
import type { Verifier } from './verifier.ts';

/** Holds what a users file says; sessions that are logged in keep what they had when another takes its place. */
export class UserTable {
  #users: Users;
  #costly: readonly UserEntry[] = [];
  readonly #key = randomBytes(32);

  constructor(users: Users) {
    this.#users = users;
    this.replace(users);
  }

  /** Logins from now on are checked by these. */
  replace(users: Users): void {
    this.#users = users;
    this.#costly = [...users.entries.values()];
  }

  find(username: string): UserEntry | undefined {
    return this.#users.entries.get(username);
  }

  /** Some user's entry for a name that nobody has: always the same for one name, and nobody can tell beforehand whose. */
  standIn(username: string): UserEntry | undefined {
    const digest = createHmac('sha256', this.#key).update(username).digest();
    return this.#costly[digest.readUInt32BE(0) % Math.max(this.#costly.length, 1)];
  }
}

export interface TableLogin {
  readonly table: UserTable;
  readonly verifier: Verifier;
  /** What relative folders of users are relative to. */
  readonly root: string;
}

/**
 * A name that nobody has costs one check as well, of some user's hash. The fixed time of refusals would hide from its own
 * client that nothing was checked, but not from a second session of the same guesser, to whom a name that exists shows by
 * the core that it keeps busy, or by the check that its own has to wait for: behind a queue of checks the refusal comes
 * later than the fixed time. What that costs is bounded: checks take one core, and turns go by client (verifier.ts).
 */
export function tableLogin({ table, verifier, root }: TableLogin): Authenticate {
  return async ({ username, password, address, localAddress, signal }: LoginRequest) => {
    const entry = table.find(username);
    const checked = entry ?? table.standIn(username);
    if (checked === undefined) throw new LoginRefused('no such user');
    const right = await verifier.verify(checked.hash, password, networkOf(address), signal);
    if (entry === undefined) throw new LoginRefused('no such user');
    if (entry.locked) throw new LoginRefused('the user is locked');
    const refusal = entry.access && refusedBy(entry.access, address, localAddress, new Date());
    if (refusal !== undefined) throw new LoginRefused(refusal);
    if (!right) throw new LoginRefused('wrong password');
    return at(root, entry.user);
  };
}

function at(root: string, user: User): User {
  return user.root === undefined ? user : { ...user, root: resolve(root, user.root) };
}

export interface Slowest {
  readonly name: string;
  readonly checkMs: number;
  /** Whether its hash is of the kind that we make. */
  readonly ours: boolean;
}

/** Whose password takes longest to check on this machine, and how long; undefined when there are no users. */
export async function slowestCheck(users: Users, verifier: Verifier): Promise<Slowest | undefined> {
  const msPerUnit = new Map<Scheme, number>();
  let slowest: Slowest | undefined;
  for (const { user, hash } of users.entries.values()) {
    const perUnit = msPerUnit.get(hash.scheme) ?? (await verifier.msPerUnit(hash.scheme));
    msPerUnit.set(hash.scheme, perUnit);
    const checkMs = perUnit * hash.units;
    if (slowest === undefined || checkMs > slowest.checkMs) {
      slowest = { name: user.name, checkMs, ours: hash.scheme === 'scrypt' };
    }
  }
  return slowest;
}
