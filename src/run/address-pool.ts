// Loopback addresses and ports that nothing uses yet, so that no block inherits another's sockets.
import { randomInt } from 'node:crypto';
import type { Endpoint } from '../address.ts';
import { PreflightError } from '../errors.ts';
import { isWildcard, readSocketTable, socketTableAvailable } from '../net/socket-table.ts';
import type { TableRow } from '../net/table-row.ts';

/** All of 127/8 is local on Linux without any set-up; elsewhere only 127.0.0.1 is, and the port varies instead. */
const MANY_ADDRESSES = process.platform === 'linux';
/** The control port of every block, unless somebody listens on it, or on the data port, at every address. */
const FIRST_CONTROL_PORT = 2121;
const NETWORK_BITS = 2 ** 24;
const MAX_DRAWS = 1000;

export interface AddressPool {
  /** A server endpoint whose address (where there is only one: whose control and data port) is free. */
  server(): Endpoint;
  client(): string;
}

/**
 * Checked against the socket table as it is now, TIME_WAIT included. Addresses are drawn anew in every run, not from
 * the plan's seed: two runs in a row must not meet. None is given out twice.
 */
export function createAddressPool(rows: readonly TableRow[] = currentRows()): AddressPool {
  const takenAddresses = new Set(rows.map((row) => row.local.address));
  const takenPorts = new Set(rows.map((row) => row.local.port));
  if (!MANY_ADDRESSES) {
    return {
      server: () => ({ address: '127.0.0.1', port: freePort(takenPorts) }),
      client: () => '127.0.0.1',
    };
  }
  const port = portFreeEverywhere(rows);
  return {
    server: () => ({ address: freeAddress(takenAddresses), port }),
    client: () => freeAddress(takenAddresses),
  };
}

/** At one address of this machine that others reach: a block has a port of its own. The clients' addresses are others' to know. */
export function createAddressPoolAt(address: string): AddressPool {
  const taken = new Set(currentRows().map((row) => row.local.port));
  return { server: () => ({ address, port: freePort(taken) }), client: () => address };
}

function currentRows(): TableRow[] {
  return socketTableAvailable() ? readSocketTable() : [];
}

/** L of which neither L nor L-1 is taken at the wildcard address, which would keep it from every other address too. */
function portFreeEverywhere(rows: readonly TableRow[]): number {
  const taken = new Set(rows.filter(({ local }) => isWildcard(local.address)).map(({ local }) => local.port));
  let port = FIRST_CONTROL_PORT;
  while (taken.has(port) || taken.has(port - 1)) port += 2;
  return port;
}

function freeAddress(taken: Set<string>): string {
  return draw('loopback address', taken, () => {
    // Not 127.0.0.x, where other programs live, and not the broadcast-looking ends.
    const host = randomInt(2 ** 16, NETWORK_BITS - 1);
    return `127.${host >> 16}.${(host >> 8) & 255}.${host & 255}`;
  });
}

/** L below the ephemeral range, with L-1 free as well. */
function freePort(taken: Set<number>): number {
  const data = draw('port', taken, () => 2 * randomInt(5_000, 15_000));
  return data + 1;
}

function draw<T>(what: string, taken: Set<T>, candidate: () => T): T {
  for (let tries = 0; tries < MAX_DRAWS; tries++) {
    const drawn = candidate();
    if (taken.has(drawn)) continue;
    taken.add(drawn);
    return drawn;
  }
  throw new PreflightError(
    `no free ${what} found in ${MAX_DRAWS} draws: wait a minute for TIME_WAIT to pass`,
  );
}
