// The command that tells the server where to connect, and the older one for a server that does not know it.
import { type Endpoint, familyOf } from '../address.ts';
import { UsageError } from '../errors.ts';
import { formatEprt, formatHostPort } from '../ftp/host-port.ts';

type Verb = 'PORT' | 'EPRT';

/**
 * `PORT h1,h2,h3,h4,p1,p2` (RFC 959 §4.1.2), or `EPRT |2|h|p|` (RFC 2428 §2) for IPv6 and on request.
 * @throws UsageError for PORT with an IPv6 address, which it has no room for
 */
export function announcement(wanted: Verb | undefined, local: Endpoint): string {
  if (announcementVerb(wanted, local.address) === 'PORT') return `PORT ${formatHostPort(local)}`;
  // The zone of a link-local address (fe80::1%eth0) is this host's name for a link: the server has its own.
  return `EPRT ${formatEprt({ ...local, address: local.address.replace(/%.*$/, '') })}`;
}

/** Which of the two it will be. @throws UsageError for PORT with an IPv6 address */
export function announcementVerb(wanted: Verb | undefined, address: string): Verb {
  const family = familyOf(address);
  if (wanted === 'PORT' && family === 6) {
    throw new UsageError(`active mode: PORT cannot carry the IPv6 address ${address}; use EPRT`);
  }
  return wanted ?? (family === 4 ? 'PORT' : 'EPRT');
}

/**
 * RFC 959 §4.2: the command is unrecognized, has parameters that are not understood, is not implemented, or not for that
 * parameter; RFC 2428 §2: 522, the network protocol is not supported. A refusal for any other reason PORT would meet too.
 */
const EPRT_UNKNOWN: readonly number[] = [500, 501, 502, 504, 522];

/** What the server of one control connection is told its data connections' addresses with. */
export class Announcer {
  readonly #wanted: Verb | undefined;
  #eprtUnknown = false;

  constructor(wanted: Verb | undefined) {
    this.#wanted = wanted;
  }

  /** @throws UsageError for PORT with an IPv6 address */
  command(local: Endpoint): string {
    const instead = this.#eprtUnknown && familyOf(local.address) === 4;
    return announcement(instead ? 'PORT' : this.#wanted, local);
  }

  /** Told how the server refused `command`: whether it is another one from now on, which the server may know. */
  fallsBack(local: Endpoint, replyCode: number): boolean {
    if (this.#eprtUnknown || familyOf(local.address) === 6) return false;
    this.#eprtUnknown = this.#wanted === 'EPRT' && EPRT_UNKNOWN.includes(replyCode);
    return this.#eprtUnknown;
  }
}
