// struct sockaddr_in, sockaddr_in6 and sockaddr_un to bytes and back.
import { type Endpoint, familyOf } from '../address.ts';
import type { SocketConstants } from './constants.ts';

/** Large enough for every address that getsockname(2) can return here. */
export const SOCKADDR_MAX_BYTES = 128;

/** Without the zero byte at the end: 104 on BSD and macOS, 108 on Linux. */
const SUN_PATH_MAX_BYTES = 103;

export function encodeSockaddr({ address, port }: Endpoint, constants: SocketConstants): Buffer {
  const v6 = familyOf(address) === 6;
  const sockaddr = Buffer.alloc(v6 ? 28 : 16);
  writeFamily(sockaddr, v6 ? constants.AF_INET6 : constants.AF_INET, constants);
  sockaddr.writeUInt16BE(port, 2);
  if (v6) sockaddr.set(parseIPv6(address), 8);
  else sockaddr.set(address.split('.').map(Number), 4);
  return sockaddr;
}

/** A name in Linux's abstract UNIX namespace: it starts with a zero byte and vanishes with its holder (unix(7)). */
export function encodeAbstractUnix(name: string, constants: SocketConstants): Buffer {
  const sockaddr = Buffer.alloc(3 + Buffer.byteLength(name));
  writeFamily(sockaddr, constants.AF_UNIX, constants);
  sockaddr.write(name, 3);
  return sockaddr;
}

/** A socket in the file system. @throws RangeError for a path longer than sun_path */
export function encodeUnix(path: string, constants: SocketConstants): Buffer {
  if (Buffer.byteLength(path) > SUN_PATH_MAX_BYTES)
    throw new RangeError(`'${path}' is too long for a socket`);
  const sockaddr = Buffer.alloc(2 + Buffer.byteLength(path) + 1);
  writeFamily(sockaddr, constants.AF_UNIX, constants);
  sockaddr.write(path, 2);
  return sockaddr;
}

/** Reads an IPv4 or IPv6 sockaddr; throws a RangeError for another family. */
export function decodeSockaddr(sockaddr: Buffer, constants: SocketConstants): Endpoint {
  const family = constants.sockaddrHasLength ? sockaddr.readUInt8(1) : sockaddr.readUInt16LE(0);
  const port = sockaddr.readUInt16BE(2);
  if (family === constants.AF_INET) return { address: [...sockaddr.subarray(4, 8)].join('.'), port };
  if (family === constants.AF_INET6) return { address: formatIPv6(sockaddr.subarray(8, 24)), port };
  throw new RangeError(`unexpected address family ${family}`);
}

function writeFamily(sockaddr: Buffer, family: number, constants: SocketConstants): void {
  if (constants.sockaddrHasLength) {
    sockaddr.writeUInt8(sockaddr.length, 0);
    sockaddr.writeUInt8(family, 1);
  } else {
    sockaddr.writeUInt16LE(family, 0); // host order; every platform that Node supports here is little-endian or z/Linux
  }
}

/** The sixteen bytes of an IPv6 literal that `net.isIPv6` accepts; a zone is refused. */
export function parseIPv6(address: string): Uint8Array {
  if (address.includes('%')) throw new RangeError(`an address with a zone is not supported: '${address}'`);
  const [head = '', tail] = address.split('::');
  const left = groupsOf(head);
  const right = tail === undefined ? [] : groupsOf(tail);
  const gap = new Array<number>(Math.max(0, 8 - left.length - right.length)).fill(0);
  return Uint8Array.from([...left, ...gap, ...right].flatMap((group) => [group >> 8, group & 0xff]));
}

function groupsOf(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
    return [(a << 8) | b, (c << 8) | d];
  });
}

/** RFC 5952 §4: lower case, no leading zeros, the first longest run of zero groups (two or more) as `::`. */
export function formatIPv6(bytes: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, i) => ((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0));
  const mapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (mapped) return `::ffff:${[...bytes.subarray(12, 16)].join('.')}`;
  const { start, length } = longestZeroRun(groups);
  const hex = groups.map((group) => group.toString(16));
  if (length < 2) return hex.join(':');
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`;
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let length = 0;
  groups.forEach((group, i) => {
    length = group === 0 ? length + 1 : 0;
    if (length > best.length) best = { start: i - length + 1, length };
  });
  return best;
}
