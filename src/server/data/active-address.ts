// Where an active data connection goes, of a client whose PORT names another address than the one that it comes from.
import { BlockList } from 'node:net';
import { type Endpoint, familyOf } from '../../address.ts';
import { Refusal } from '../refusal.ts';

/** `refuse` it; dial the `peer` of the control connection at that port; or dial what was `claimed`. */
export const ACTIVE_ADDRESSES = ['refuse', 'peer', 'claimed'] as const;
export type ActiveAddress = (typeof ACTIVE_ADDRESSES)[number];

/** For whoever logs the refusal: what an operator can do about it is another thing than about a port. */
export const OTHER_ADDRESS = 'OTHER_ADDRESS';
class OtherAddress extends Error {
  readonly code = OTHER_ADDRESS;
}

/** Below this, a port belongs to a service: RFC 2577 §3. */
export const LOWEST_PORT = 1024;

type Subnets = readonly (readonly [net: string, prefix: number])[];

/** A list for each family: one for both would take every IPv4 address for one of ::ffff:0:0/96. */
class Places {
  readonly #lists = { 4: new BlockList(), 6: new BlockList() };

  constructor(subnets: Subnets) {
    for (const [net, prefix] of subnets) this.#lists[familyOf(net)].addSubnet(net, prefix, kindOf(net));
  }

  has(address: string): boolean {
    return this.#lists[familyOf(address)].check(address, kindOf(address));
  }
}

function kindOf(address: string): 'ipv4' | 'ipv6' {
  return familyOf(address) === 6 ? 'ipv6' : 'ipv4';
}

const LOOPBACK = new Places([
  ['127.0.0.0', 8],
  ['::1', 128],
]);
/** This network, link-local (where clouds answer for their machines), multicast, broadcast; IPv4 within IPv6. */
const NOBODYS = new Places([
  ['0.0.0.0', 8],
  ['169.254.0.0', 16],
  ['224.0.0.0', 3],
  ['::', 128],
  ['::ffff:0:0', 96],
  ['64:ff9b::', 96],
  ['fe80::', 10],
  ['ff00::', 8],
]);

/**
 * What is dialled for `claimed`. RFC 2577 §3: a server that dials wherever it is told to attacks others for its client (the
 * "bounce attack"). Refused at PORT, not at the transfer: a client falls back to passive mode then, and does not hang.
 * @param peer of the control connection. @throws Refusal 504
 */
export function dialledFor(claimed: Endpoint, peer: Endpoint, policy: ActiveAddress): Endpoint {
  if (claimed.port < LOWEST_PORT)
    throw new Refusal(504, `Data connections go to ports from ${LOWEST_PORT} on only.`);
  if (claimed.address === peer.address) return claimed;
  switch (policy) {
    case 'peer':
      return { address: peer.address, port: claimed.port };
    case 'claimed':
      if (mayBeClaimed(claimed.address, peer.address)) return claimed;
      throw new Refusal(504, `Data connections do not go to ${claimed.address}.`);
    case 'refuse':
      throw new Refusal(
        504,
        `You come from ${peer.address}, and data connections go there, not to ${claimed.address}: behind NAT, or in a container, use passive mode.`,
        { cause: new OtherAddress() },
      );
    default:
      return policy satisfies never;
  }
}

/** Never to this machine's own services, unless it is there that the client is. */
function mayBeClaimed(address: string, peer: string): boolean {
  return !NOBODYS.has(address) && (!LOOPBACK.has(address) || LOOPBACK.has(peer));
}
