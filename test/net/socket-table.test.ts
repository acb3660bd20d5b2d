// The socket table: rows parsed from the kernel's text, and real sockets found in it with their owner.
import { connect } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { parseSocketTable, readSocketTable, socketOwners } from '../../src/net/socket-table.ts';
import { destroyed, listeningPeer, ownAddress } from '../support/loopback.ts';

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

  it('keeps one local port when asked to', () => {
    expect(parseSocketTable(TEXT, 2121).map((found) => found.state)).toEqual(['LISTEN']);
    expect(parseSocketTable(TEXT, 54321)).toEqual([]);
  });
});

it('finds a live connection and the process that holds it', async () => {
  const address = ownAddress();
  const peer = await listeningPeer(address);
  const socket = connect({ host: address, port: peer.endpoint.port, localAddress: address });
  await peer.accepted();
  const rows = await readSocketTable(peer.endpoint.port);
  expect(rows.map((found) => found.state).sort()).toEqual(['ESTABLISHED', 'LISTEN']);
  const owners = await socketOwners([process.pid, 999_999_999]);
  expect(rows.map((found) => owners.get(found.inode))).toEqual([process.pid, process.pid]);
  await destroyed(socket);
  await peer.close();
});

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
