// Sockets on a port as a person would list them: how many in which state, and whose.
import type { PortUser } from './facts.ts';

/** `2 ESTABLISHED and 1 FIN_WAIT2 of vsftpd (pid 4711, uid 0); 12 TIME_WAIT`. */
export function usersInWords(users: readonly PortUser[]): string {
  return [...countBy(users, ownerOf)]
    .map(([owner, theirs]) => `${statesOf(theirs)}${owner === '' ? '' : ` of ${owner}`}`)
    .join('; ');
}

/** `vsftpd (pid 4711, uid 0) and an unseen process of uid 33`. */
export function namesOf(users: readonly PortUser[]): string {
  return [...countBy(users, ownerOf).keys()].join(' and ');
}

function ownerOf({ uid, pid, command }: PortUser): string {
  if (uid === null) return '';
  return pid === null
    ? `an unseen process of uid ${uid}`
    : `${command ?? 'a process'} (pid ${pid}, uid ${uid})`;
}

function statesOf(users: readonly PortUser[]): string {
  return [...countBy(users, ({ state }) => STATE_WORDS[state] ?? state)]
    .map(([state, theirs]) => `${theirs.length} ${state}`)
    .join(' and ');
}

/** What sock_diag calls CLOSE is bound and not connected. */
const STATE_WORDS: Readonly<Partial<Record<PortUser['state'], string>>> = {
  CLOSE: 'bound',
  BOUND_INACTIVE: 'bound',
};

function countBy(users: readonly PortUser[], key: (user: PortUser) => string): Map<string, PortUser[]> {
  const groups = new Map<string, PortUser[]>();
  for (const user of users) groups.set(key(user), [...(groups.get(key(user)) ?? []), user]);
  return groups;
}
