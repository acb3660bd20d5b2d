// The socket table: rows parsed from the kernel's text, and real sockets found in it with their owner.
import { connect } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { sameEndpoint } from '../../src/address.ts';
import { socketsAt } from '../../src/net/sock-diag.ts';
import {
  countSockets,
  parseSocketTable,
  readSocketsAt,
  readSocketTable,
  socketOwners,
} from '../../src/net/socket-table.ts';
import type { TableRow } from '../../src/net/table-row.ts';
import type { TcpState } from '../../src/net/tcp-states.ts';
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

  it('tells a socket that the kernel wrote twice once, as last seen, and listeners beside one another', () => {
    const [heading = '', first = '', second = '', listener = ''] = TEXT.split('\n');
    const closed = first.replace(' 01 ', ' 06 ').replace(' 48211 ', ' 0 ').replace(' 1000 ', ' 0 ');
    const other = listener.replace(' 77 ', ' 78 ');
    expect(parseSocketTable([heading, first, second, listener, listener, other, closed].join('\n'))).toEqual([
      row('127.0.0.1', 2120, '127.0.0.1', 54321, 'TIME_WAIT', 0, 0),
      row('127.0.0.1', 2120, '127.0.0.1', 54322, 'TIME_WAIT', 0, 0),
      row('::1', 2121, '::', 0, 'LISTEN', 0, 77),
      row('::1', 2121, '::', 0, 'LISTEN', 0, 78),
    ]);
  });
});

describe('the number of sockets on a port', () => {
  it.each([4, 6] as const)('is that at one address, and at all of them, over IPv%d', async (family) => {
    const { address } = ownEndpoint(family);
    const wildcard = family === 4 ? '0.0.0.0' : '::';
    const peer = await listeningPeer(address);
    const { port } = peer.endpoint;
    const clients = await Promise.all(
      Array.from({ length: 3 }, async () => {
        const client = connect({ host: address, port });
        await peer.accepted();
        return client;
      }),
    );
    const count = (at: string, states: readonly TcpState[]) => countSockets({ address: at, port }, states);
    expect(await count(address, ['ESTABLISHED'])).toBe(3);
    expect(await count(address, ['LISTEN', 'ESTABLISHED'])).toBe(4);
    expect(await count(address, ['TIME_WAIT'])).toBe(0);
    expect(await count(family === 4 ? ownAddress() : '::2', ['ESTABLISHED'])).toBe(0);
    expect(await count(wildcard, ['ESTABLISHED'])).toBeGreaterThanOrEqual(3); // others may have the port elsewhere
    await Promise.all(clients.map(destroyed));
    await peer.close();
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

  it.each([4, 6] as const)(
    'are those that are there by sock_diag, and in /proc, over IPv%d',
    async (family) => {
      const { address } = ownEndpoint(family);
      const peer = await listeningPeer(address);
      const clients = Array.from({ length: 500 }, () => connect({ host: address, port: peer.endpoint.port }));
      for (const _ of clients) await peer.accepted(); // more than one datagram of sock_diag's
      const rows = socketsAt(peer.endpoint);
      expect(remotePorts(rows)).toEqual(
        [0, ...clients.map(({ localPort = -1 }) => localPort)].sort(byNumber),
      );
      const owners = socketOwners([process.pid]);
      expect(new Set(rows.map(({ inode }) => owners.get(inode)))).toEqual(new Set([process.pid]));
      const inProc = readSocketTable().filter(({ local }) => sameEndpoint(local, peer.endpoint));
      expect(inProc.length).toBeGreaterThan(0);
      expect(rows).toEqual(expect.arrayContaining(inProc)); // no snapshot: it may miss some
      if (family === 4) {
        const everywhere = socketsAt({ address, port: 0 });
        expect(
          everywhere.filter(({ local }) => sameEndpoint(local, peer.endpoint)).sort(byRemotePort),
        ).toEqual([...rows].sort(byRemotePort));
      }
      expect(socketsAt(peer.endpoint, ['LISTEN']).map(({ state }) => state)).toEqual(['LISTEN']);
      expect(socketsAt({ ...peer.endpoint, address: family === 4 ? ownAddress() : '::2' })).toEqual([]);
      for (const client of clients) await destroyed(client);
      await peer.close();
    },
  );
});

function remotePorts(rows: readonly TableRow[]): number[] {
  return rows.map(({ remote }) => remote.port).sort(byNumber);
}

function byNumber(a: number, b: number): number {
  return a - b;
}

function byRemotePort(a: TableRow, b: TableRow): number {
  return a.remote.port - b.remote.port;
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
