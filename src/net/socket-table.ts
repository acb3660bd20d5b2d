// The kernel's table of TCP sockets, /proc/net/tcp and tcp6: who is on a port, in which state. Linux only.
import { readdir, readFile, readlink } from 'node:fs/promises';
import type { Endpoint } from '../address.ts';
import { formatIPv6 } from './sockaddr.ts';

/** By the numbers of include/net/tcp_states.h. */
const STATES = [
  'NONE',
  'ESTABLISHED',
  'SYN_SENT',
  'SYN_RECV',
  'FIN_WAIT1',
  'FIN_WAIT2',
  'TIME_WAIT',
  'CLOSE',
  'CLOSE_WAIT',
  'LAST_ACK',
  'LISTEN',
  'CLOSING',
  'NEW_SYN_RECV',
] as const;
export type TcpState = (typeof STATES)[number];

export interface TableRow {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly state: TcpState;
  readonly uid: number;
  /** 0 for a socket that no descriptor refers to any more, such as one in TIME_WAIT. */
  readonly inode: number;
}

/** Whether this system has the table at all. */
export function socketTableAvailable(): boolean {
  return process.platform === 'linux';
}

/**
 * All TCP sockets of this network namespace; a socket that is bound but neither listens nor connects is not in it.
 * `localPort` keeps the rows of one local port alone, which is cheap even beside tens of thousands in TIME_WAIT.
 */
export async function readSocketTable(localPort?: number): Promise<TableRow[]> {
  const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map(readIfThere));
  return tables.flatMap((text) => parseSocketTable(text, localPort));
}

async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, 'latin1');
  } catch {
    return ''; // a kernel without IPv6
  }
}

const ROW =
  /^ *\d+: ([0-9A-F]{8,32}):([0-9A-F]{4}) ([0-9A-F]{8,32}):([0-9A-F]{4}) ([0-9A-F]{2}) \S+ \S+ \S+ +(\d+) +\d+ (\d+)/;

/** The rows of one /proc/net/tcp{,6} text; lines of another shape, such as the heading, are passed over. */
export function parseSocketTable(text: string, localPort?: number): TableRow[] {
  const wanted = localPort === undefined ? '' : `:${localPort.toString(16).toUpperCase().padStart(4, '0')} `;
  return text
    .split('\n')
    .filter((line) => line.includes(wanted))
    .flatMap((line) => parseRow(line))
    .filter((row) => localPort === undefined || row.local.port === localPort);
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
      state: STATES[Number.parseInt(state, 16)] ?? 'NONE',
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
export async function socketOwners(pids: Iterable<number>): Promise<Map<number, number>> {
  const owners = new Map<number, number>();
  await Promise.all(
    [...pids].map(async (pid) => {
      const folder = `/proc/${pid}/fd`;
      const links = await Promise.all((await namesIn(folder)).map((name) => linkOf(`${folder}/${name}`)));
      for (const link of links) {
        const inode = /^socket:\[(\d+)\]$/.exec(link)?.[1];
        if (inode !== undefined) owners.set(Number(inode), pid);
      }
    }),
  );
  return owners;
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

async function linkOf(path: string): Promise<string> {
  return readlink(path).catch(() => '');
}
