// Addresses in FTP commands and replies: PORT and PASV (RFC 959 §4.1.2), EPRT and EPSV (RFC 2428).
import { isIPv4, isIPv6, SocketAddress } from 'node:net';
import type { Endpoint } from '../address.ts';

const HOST_PORT = /^(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3})$/;

/** Reads `127,0,0,1,8,72`, the argument of PORT; undefined when it is anything else. */
export function parseHostPort(argument: string): Endpoint | undefined {
  const numbers = HOST_PORT.exec(argument.trim())?.slice(1).map(Number);
  if (numbers === undefined || numbers.some((number) => number > 255)) return undefined;
  const [high = 0, low = 0] = numbers.slice(4);
  const port = high * 256 + low;
  return port === 0 ? undefined : { address: numbers.slice(0, 4).join('.'), port };
}

/** `127,0,0,1,8,72` for PORT, and between parentheses for the 227 reply. @throws RangeError for IPv6 */
export function formatHostPort({ address, port }: Endpoint): string {
  if (!isIPv4(address)) throw new RangeError(`PORT and PASV are for IPv4 only, not '${address}'`);
  return `${address.replaceAll('.', ',')},${port >> 8},${port & 255}`;
}

/** Why an EPRT argument was refused: 501 for the syntax, 522 for a network protocol that RFC 2428 does not name. */
export type EprtFault = 'bad-syntax' | 'unknown-protocol';

/** Reads `|1|127.0.0.1|2121|` or `|2|::1|2121|`; the delimiter may be any printable character (RFC 2428 §2). */
export function parseEprt(argument: string): Endpoint | EprtFault {
  const text = argument.trim();
  const delimiter = text[0] ?? '';
  const fields = text.split(delimiter);
  if (!/^[!-~]$/.test(delimiter) || fields.length !== 5 || fields[4] !== '') return 'bad-syntax';
  const [, protocol = '', host = '', digits = ''] = fields;
  if (!/^\d+$/.test(protocol)) return 'bad-syntax';
  if (protocol !== '1' && protocol !== '2') return 'unknown-protocol';
  const address = protocol === '1' ? literalV4(host) : literalV6(host);
  const port = /^\d{1,5}$/.test(digits) ? Number(digits) : 0;
  return address === undefined || port === 0 || port > 65535 ? 'bad-syntax' : { address, port };
}

function literalV4(host: string): string | undefined {
  return isIPv4(host) ? host : undefined;
}

/** The canonical text (RFC 5952), so that two spellings of one address compare equal. */
function literalV6(host: string): string | undefined {
  if (!isIPv6(host) || host.includes('%')) return undefined;
  return new SocketAddress({ address: host, family: 'ipv6' }).address;
}

export function formatEprt({ address, port }: Endpoint): string {
  return `|${isIPv6(address) ? 2 : 1}|${address}|${port}|`;
}

/** `(|||2121|)`, what the 229 reply to EPSV says (RFC 2428 §3). */
export function formatEpsv(port: number): string {
  return `(|||${port}|)`;
}
