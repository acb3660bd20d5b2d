// Networks that an agent loads servers in, addresses or CIDR blocks; and from which of its addresses it reaches a server.
import { BlockList, isIP, isIPv4 } from 'node:net';
import { familyOf, isLoopback } from '../../address.ts';

/** What goes without saying: the agent's own machine. */
export const LOOPBACK: readonly string[] = ['127.0.0.0/8', '::1'];

/** @returns what is wrong with it; undefined for an address or a CIDR block */
export function networkProblem(text: string): string | undefined {
  const [address = '', bits, ...more] = text.split('/');
  const most = isIPv4(address) ? 32 : 128;
  const isBlock = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most);
  if (isIP(address) !== 0 && isBlock && more.length === 0) return undefined;
  return 'is no address or network such as 10.0.0.5 or 10.0.0.0/8';
}

/** What is no network admits nothing. */
export function admits(networks: readonly string[], address: string): boolean {
  const list = new BlockList();
  for (const network of networks.filter((one) => networkProblem(one) === undefined)) {
    const [own = '', bits] = network.split('/');
    const family = isIPv4(own) ? 'ipv4' : 'ipv6';
    if (bits === undefined) list.addAddress(own, family);
    else list.addSubnet(own, Number(bits), family);
  }
  return list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
}

/** Without their interface such addresses are none, or are everybody's. */
const NOBODYS = ['fe80::/10', '169.254.0.0/16', '0.0.0.0', '::', 'ff00::/8', '224.0.0.0/4'];

/** Whether a server elsewhere can dial it. */
export function canBeDialled(address: string): boolean {
  return !admits(NOBODYS, address);
}

/**
 * Those of an agent's addresses at which `server` can dial it: of the server's family, and for one of another machine none
 * of loopback. Null where any of 127/8 will do.
 */
export function clientAddresses(addresses: readonly string[], server: string): readonly string[] | null {
  if (isLoopback(server) && addresses.some(isLoopback)) {
    return server.startsWith('127.') && process.platform === 'linux' ? null : [server];
  }
  return addresses.filter(
    (address) => familyOf(address) === familyOf(server) && (isLoopback(server) || !isLoopback(address)),
  );
}
