// The network that a client address counts as: what one client can have addresses of at will counts as one.
import { isIPv6 } from 'node:net';
import { unmapIPv4 } from '../../address.ts';
import { parseIPv6 } from '../../net/sockaddr.ts';

/** IPv6 by /64: within it every machine takes as many addresses as it likes (RFC 4291 §2.5.4, RFC 8981). */
export function networkOf(address: string): string {
  const plain = unmapIPv4(address);
  if (!isIPv6(plain)) return plain;
  const [withoutZone = ''] = plain.split('%');
  return Buffer.from(parseIPv6(withoutZone).subarray(0, 8)).toString('hex');
}
