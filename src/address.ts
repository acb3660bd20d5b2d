// Transport addresses: an IP literal and a port, parsed and printed one way everywhere.
import { isIP, isIPv4, isIPv6 } from 'node:net';

/** One end of a TCP connection. `address` is an IP literal, never a host name; `port` is 0 to 65535. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

const V4_MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** `::ffff:127.0.0.1` → `127.0.0.1`: what a socket that listens on `::` reports for an IPv4 peer (RFC 4291 §2.5.5.2). */
export function unmapIPv4(address: string): string {
  return V4_MAPPED.exec(address)?.[1] ?? address;
}

export function formatEndpoint({ address, port }: Endpoint): string {
  return isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}`;
}

/** Reads `127.0.0.1:2121` or `[::1]:2121`; undefined when the text is neither. */
export function parseEndpoint(text: string): Endpoint | undefined {
  const [, v6, v4, digits] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? [];
  const address = v6 ?? v4 ?? '';
  const port = Number(digits);
  const literal = v6 === undefined ? isIPv4(address) : isIPv6(address);
  return literal && port <= 65535 ? { address, port } : undefined;
}

export function sameEndpoint(a: Endpoint, b: Endpoint): boolean {
  return a.port === b.port && unmapIPv4(a.address) === unmapIPv4(b.address);
}

/** 4 or 6 for an IP literal; throws a RangeError for anything else. */
export function familyOf(address: string): 4 | 6 {
  const family = isIP(address);
  if (family === 0) throw new RangeError(`not an IP address: '${address}'`);
  return family as 4 | 6;
}

/** Whether the address is this machine's own, whatever its network. */
export function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}
