// Who is on a port of this host: every socket there with its state, its user and its process, as far as /proc shows them.
import { readdirSync, readFileSync } from 'node:fs';
import { type Endpoint, familyOf } from '../../address.ts';
import {
  readSocketsAt,
  readSocketTable,
  socketOwners,
  socketTableAvailable,
  type TableRow,
} from '../../net/socket-table.ts';
import type { PortUser } from './facts.ts';

const WILDCARDS: readonly string[] = ['0.0.0.0', '::'];

export function isWildcard(address: string): boolean {
  return WILDCARDS.includes(address);
}

/** Sockets that a bind to `local` may meet: at the address itself and at the wildcards. Null without a socket table. */
export function portUsers(local: Endpoint): PortUser[] | null {
  if (!socketTableAvailable()) return null;
  const rows = isWildcard(local.address)
    ? readSocketTable().filter((row) => row.local.port === local.port)
    : [local.address, ...wildcardsOver(local.address)].flatMap((address) =>
        readSocketsAt({ ...local, address }),
      );
  const owned = rows.some(({ inode }) => inode !== 0);
  const owners: ReadonlyMap<number, number> = owned ? socketOwners(allPids()) : new Map();
  return rows.map((row) => userOf(row, owners));
}

/** A listener on :: takes IPv4 too unless it was told not to; one on 0.0.0.0 takes no IPv6. */
function wildcardsOver(address: string): readonly string[] {
  return familyOf(address) === 4 ? WILDCARDS : ['::'];
}

function userOf({ local, state, uid, inode }: TableRow, owners: ReadonlyMap<number, number>): PortUser {
  const pid = owners.get(inode) ?? null;
  return {
    ...{ local, state, pid },
    uid: inode === 0 ? null : uid,
    command: pid === null ? null : commandOf(pid),
  };
}

function allPids(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function commandOf(pid: number): string | null {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return null; // it ended between two looks
  }
}
