// The socket table: rows parsed from the kernel's text, and real sockets found in it with their owner.
import { connect } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { sameEndpoint } from '../../src/address.ts';
import { socketsAt } from '../../src/net/sock-diag.ts';
import {
  parseSocketTable,
  readSocketsAt,
  readSocketTable,
  socketOwners,
} from '../../src/net/socket-table.ts';
import type { TableRow } from '../../src/net/table-row.ts';
import { destroyed, listeningPeer, ownAddress, ownEndpoint } from '../support/loopback.ts';

const TEXT = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:0848 0100007F:D431 01 00000000:00000000 00:00000000 00000000  1000        0 48211 1 0000000000000000 20 4 30 10 -1
   1: 0100007F:0848 0100007F:D432 06 00000000:00000000 03:00001771 00000000     0        0 0 3 0000000000000000
   2: 00000000000000000000000001000000:0849 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 77 1
`;

describe('parseSocketTable', () => {
  it('reads addresses, states, owners', () => {
    expect(parseSocketTable(TEXT)).toEqual([
      row('127.0.0.1', 2120, '127.0.0.1', 54321, 'ESTABLISHED', 1000, 48211),
      row('127.0.0.1', 2120, '127.0.0.1', 54322, 'TIME_WAIT', 0, 0),
      row('::1', 2121, '::', 0, 'LISTEN', 0, 77),
    ]);
  });
});

describe('the sockets at one endpoint', () => {
  it('are told with their states and the process that holds them', async () => {
    const address = ownAddress();
    const peer = await listeningPeer(address);
    const socket = connect({ host: address, port: peer.endpoint.port, localAddress: address });
    await peer.accepted();
    const rows = readSocketsAt(peer.endpoint);
    expect(rows.map(({ state }) => state).sort()).toEqual(['ESTABLISHED', 'LISTEN']);
    const owners = socketOwners([process.pid, 999_999_999]);
    expect(rows.map(({ inode }) => owners.get(inode))).toEqual([process.pid, process.pid]);
    await destroyed(socket);
    await peer.close();
  });

  it.each([4, 6] as const)('are the same by sock_diag as in /proc over IPv%d', async (family) => {
    const { address } = ownEndpoint(family);
    const peer = await listeningPeer(address);
    const clients = Array.from({ length: 500 }, () => connect({ host: address, port: peer.endpoint.port }));
    for (const _ of clients) await peer.accepted(); // more than one datagram of sock_diag's
    const inProc = readSocketTable().filter(({ local }) => sameEndpoint(local, peer.endpoint));
    expect(sorted(socketsAt(peer.endpoint))).toEqual(sorted(inProc));
    expect(inProc).toHaveLength(501);
    if (family === 4) expect(sorted(socketsAt({ address, port: 0 }))).toEqual(sorted(at(address)));
    expect(socketsAt(peer.endpoint, ['LISTEN']).map(({ state }) => state)).toEqual(['LISTEN']);
    expect(socketsAt({ ...peer.endpoint, address: family === 4 ? ownAddress() : '::2' })).toEqual([]);
    for (const client of clients) await destroyed(client);
    await peer.close();
  });
});

/** At every port: the listener's 501, and the clients' own ends where they have the same address. */
function at(address: string): TableRow[] {
  return readSocketTable().filter(({ local }) => local.address === address);
}

function sorted(rows: readonly TableRow[]): TableRow[] {
  return [...rows].sort((a, b) => a.remote.port - b.remote.port);
}

function row(
  address: string,
  port: number,
  remoteAddress: string,
  remotePort: number,
  state: string,
  uid: number,
  inode: number,
) {
  return {
    local: { address, port },
    remote: { address: remoteAddress, port: remotePort },
    state,
    uid,
    inode,
  };
}
