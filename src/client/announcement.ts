// The command that tells the server where to connect.
import { type Endpoint, familyOf } from '../address.ts';
import { UsageError } from '../errors.ts';
import { formatEprt, formatHostPort } from '../ftp/host-port.ts';

/**
 * `PORT h1,h2,h3,h4,p1,p2` (RFC 959 §4.1.2), or `EPRT |2|h|p|` (RFC 2428 §2) for IPv6 and on request.
 * @throws UsageError for PORT with an IPv6 address, which it has no room for
 */
export function announcement(wanted: 'PORT' | 'EPRT' | undefined, local: Endpoint): string {
  if (announcementVerb(wanted, local.address) === 'PORT') return `PORT ${formatHostPort(local)}`;
  // The zone of a link-local address (fe80::1%eth0) is this host's name for a link: the server has its own.
  return `EPRT ${formatEprt({ ...local, address: local.address.replace(/%.*$/, '') })}`;
}

/** Which of the two it will be. @throws UsageError for PORT with an IPv6 address */
export function announcementVerb(wanted: 'PORT' | 'EPRT' | undefined, address: string): 'PORT' | 'EPRT' {
  const family = familyOf(address);
  if (wanted === 'PORT' && family === 6) {
    throw new UsageError(`active mode: PORT cannot carry the IPv6 address ${address}; use EPRT`);
  }
  return wanted ?? (family === 4 ? 'PORT' : 'EPRT');
}
