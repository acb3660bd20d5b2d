// The control ports of one server, listened on all together or not at all; and which addresses can be listed side by side.
import { isIPv4, type Server } from 'node:net';
import { type Endpoint, formatEndpoint } from '../../address.ts';
import { UsageError } from '../../errors.ts';
import { isWildcard } from '../../net/socket-table.ts';
import { listenAt } from './listening.ts';

export class Listeners {
  readonly #create: () => Server;
  readonly #servers: Server[] = [];

  /** @param create a server for one address, not listening yet */
  constructor(create: () => Server) {
    this.#create = create;
  }

  /**
   * Port 0 takes a free one at each address. What was taken before one that cannot be had is for `close` to give back.
   * @returns where it listens, in the same order. @throws PreflightError
   */
  async listen(wanted: readonly Endpoint[]): Promise<readonly Endpoint[]> {
    const taken: Endpoint[] = [];
    for (const endpoint of wanted) {
      const server = this.#create();
      taken.push(await listenAt(server, endpoint, { ipv6Only: takesIPv6Alone(endpoint, wanted) }));
      this.#servers.push(server);
    }
    return taken;
  }

  /** Whether it listens, still. */
  get listening(): boolean {
    return this.#servers.length > 0 && this.#servers.every((server) => server.listening);
  }

  /** Resolves when all that came by these ports is over, too. May be called again. */
  async close(): Promise<void> {
    const servers = this.#servers.splice(0);
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }
}

/** `::` takes IPv4 as well, and so every IPv4 address of its port: unless one of them is listed beside it. */
function takesIPv6Alone({ address, port }: Endpoint, all: readonly Endpoint[]): boolean {
  return address === '::' && all.some((other) => isIPv4(other.address) && other.port === port);
}

/** @throws UsageError for addresses of which one takes the other's port */
export function checkListenAddresses(listen: readonly Endpoint[]): void {
  if (listen.length === 0) throw new UsageError('listen needs one address and port at least');
  for (const [at, one] of listen.entries()) {
    const other = listen.slice(0, at).find((before) => one.port !== 0 && meets(before, one));
    if (other === undefined) continue;
    const [first, second] = [formatEndpoint(other), formatEndpoint(one)];
    if (first === second) throw new UsageError(`${first} is listed twice: listen on it once`);
    throw new UsageError(`${first} and ${second} are one port: listen on one of them`);
  }
}

/** Whether a socket on the one keeps another from listening on the other, in the way that `Listeners` listens. */
export function meets(one: Endpoint, other: Endpoint): boolean {
  if (one.port !== other.port || isIPv4(one.address) !== isIPv4(other.address)) return false;
  return one.address === other.address || [one.address, other.address].some(isWildcard);
}
