// Who is on a port of this host: every socket there with its state, its user and its process, as far as /proc shows them.
import { readdirSync, readFileSync } from 'node:fs';
import type { Endpoint } from '../../address.ts';
import { readSocketsMeeting, socketOwners, socketTableAvailable } from '../../net/socket-table.ts';
import type { TableRow } from '../../net/table-row.ts';
import type { PortUser } from './facts.ts';

/** Sockets that a bind to `local` may meet: at the address itself and at the wildcards. Null without a socket table. */
export function portUsers(local: Endpoint): PortUser[] | null {
  if (!socketTableAvailable()) return null;
  const rows = readSocketsMeeting(local);
  const owned = rows.some(({ inode }) => inode !== 0);
  const owners: ReadonlyMap<number, number> = owned ? socketOwners(allPids()) : new Map();
  return rows.map((row) => userOf(row, owners));
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
