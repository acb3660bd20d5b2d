// The kernel's table of TCP sockets: who is on a port, in which state, held by which process. Linux only.
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { type Endpoint, familyOf, sameEndpoint } from '../address.ts';
import { ffiAvailable } from './libc.ts';
import { countSocketsAt, socketsAt } from './sock-diag.ts';
import { formatIPv6 } from './sockaddr.ts';
import type { TableRow } from './table-row.ts';
import { TCP_STATES, type TcpState } from './tcp-states.ts';

/** Whether this system has the table, and lets us see it. */
export function socketTableAvailable(): boolean {
  return process.platform === 'linux' && (ffiAvailable() || existsSync('/proc/net/tcp'));
}

/**
 * All TCP sockets of this network namespace, from /proc/net/tcp and tcp6: slow beside many in TIME_WAIT, and no
 * snapshot. The kernel writes the text a few KiB at a time and may pass over a socket while others come and go.
 */
export function readSocketTable(): TableRow[] {
  return ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((path) => parseSocketTable(readIfThere(path)));
}

/**
 * The sockets at one local address and port, or at every port of the address when it is 0; a bound, unconnected one
 * only where sock_diag tells it (Linux ≥ 6.8).
 */
export function readSocketsAt(local: Endpoint, states: readonly TcpState[] = TCP_STATES): TableRow[] {
  try {
    if (ffiAvailable()) return socketsAt(local, states);
  } catch {
    // No sock_diag here: a sandbox, or a kernel built without it.
  }
  return readSocketTable().filter((row) => isAt(row.local, local) && states.includes(row.state));
}

/**
 * How many sockets have that local port: at one address, or at all of a wildcard's. Quick beside tens of thousands, and
 * holds up nobody. Null where only /proc would tell, which is not, and does.
 */
export async function countSockets(local: Endpoint, states: readonly TcpState[]): Promise<number | null> {
  try {
    return ffiAvailable() ? await countSocketsAt(local, states) : null;
  } catch {
    return null;
  }
}

const WILDCARDS: readonly string[] = ['0.0.0.0', '::'];

export function isWildcard(address: string): boolean {
  return WILDCARDS.includes(address);
}

/** The sockets that a bind to `local` may meet: at the address itself and at the wildcards; of a wildcard, everywhere. */
export function readSocketsMeeting(local: Endpoint, states: readonly TcpState[] = TCP_STATES): TableRow[] {
  if (isWildcard(local.address)) {
    return readSocketTable().filter((row) => row.local.port === local.port && states.includes(row.state));
  }
  return [local.address, ...wildcardsOver(local.address)].flatMap((address) =>
    readSocketsAt({ ...local, address }, states),
  );
}

/** A listener on :: takes IPv4 too unless it was told not to; one on 0.0.0.0 takes no IPv6. */
function wildcardsOver(address: string): readonly string[] {
  return familyOf(address) === 4 ? WILDCARDS : ['::'];
}

function isAt(row: Endpoint, wanted: Endpoint): boolean {
  return sameEndpoint(row, wanted.port === 0 ? { ...wanted, port: row.port } : wanted);
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return ''; // a kernel without IPv6
  }
}

const ROW =
  /^ *\d+: ([0-9A-F]{8,32}):([0-9A-F]{4}) ([0-9A-F]{8,32}):([0-9A-F]{4}) ([0-9A-F]{2}) \S+ \S+ \S+ +(\d+) +\d+ (\d+)/;

/**
 * The rows of one /proc/net/tcp{,6} text; lines of another shape, such as the heading, are passed over. A socket that
 * stands there twice, as it does when the table changed between two reads of the text, is told once, as last seen.
 */
export function parseSocketTable(text: string): TableRow[] {
  return [
    ...new Map(
      text
        .split('\n')
        .flatMap(parseRow)
        .map((row) => [identityOf(row), row]),
    ).values(),
  ];
}

/** No two sockets have both ends in common, but for those that listen. */
function identityOf({ local, remote, state, inode }: TableRow): string {
  const ends = `${local.address} ${local.port} ${remote.address} ${remote.port}`;
  return state === 'LISTEN' ? `${ends} ${inode}` : ends;
}

function parseRow(line: string): TableRow[] {
  const match = ROW.exec(line);
  if (match === null) return [];
  const [, localAddress = '', localPort = '', remoteAddress = '', remotePort = '', state = '', uid, inode] =
    match;
  return [
    {
      local: { address: decodeAddress(localAddress), port: Number.parseInt(localPort, 16) },
      remote: { address: decodeAddress(remoteAddress), port: Number.parseInt(remotePort, 16) },
      state: TCP_STATES[Number.parseInt(state, 16)] ?? 'NONE',
      uid: Number(uid),
      inode: Number(inode),
    },
  ];
}

/** The table prints each 32-bit word of an address in the machine's own byte order, which is little-endian. */
function decodeAddress(hex: string): string {
  const bytes = Buffer.from(hex, 'hex');
  for (let word = 0; word < bytes.length; word += 4) bytes.subarray(word, word + 4).reverse();
  return bytes.length === 4 ? [...bytes].join('.') : formatIPv6(bytes);
}

/** The process behind each socket inode, among `pids`. Processes that are gone or not ours are passed over. */
export function socketOwners(pids: Iterable<number>): Map<number, number> {
  const owners = new Map<number, number>();
  for (const pid of pids) {
    for (const inode of socketInodesOf(pid)) owners.set(inode, pid);
  }
  return owners;
}

function socketInodesOf(pid: number): number[] {
  const folder = `/proc/${pid}/fd`;
  return orNone(() => readdirSync(folder)).flatMap((name) =>
    orNone(() => [/^socket:\[(\d+)\]$/.exec(readlinkSync(`${folder}/${name}`))?.[1]]).flatMap((inode) =>
      inode === undefined ? [] : [Number(inode)],
    ),
  );
}

function orNone<T>(read: () => T[]): T[] {
  try {
    return read();
  } catch {
    return []; // closed or gone between two looks
  }
}
