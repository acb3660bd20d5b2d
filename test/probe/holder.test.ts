// The states of a holder that come late, by what another host does: they are waited for, not looked at so many times.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readSocketsAt } from '../../src/net/socket-table.ts';
import { peerFor, portsInState } from '../../src/probe/kernel/holder.ts';
import { Lab } from '../../src/probe/kernel/lab.ts';
import { ownEndpoint } from '../support/loopback.ts';

/** Longer than any number of looks that are made without a pause; a slower machine makes the state later still. */
const LATE_MS = 300;

/** A process of its own, because looking blocks this one: it answers a FIN with its own, late. */
const LATE_PEER = `
  const server = require('node:net').createServer({ allowHalfOpen: true }, (socket) => {
    socket.resume().on('end', () => setTimeout(() => socket.end(), ${LATE_MS}));
  });
  server.listen(0, process.argv[1], () => console.log(server.address().port));`;

describe.each([4, 6] as const)('over IPv%d', (family) => {
  const local = ownEndpoint(family);
  const peer = spawn(process.execPath, ['-e', LATE_PEER, local.address], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lab = new Lab();
  let remotePort = 0;

  beforeAll(async () => {
    remotePort = Number(String((await once(peer.stdout, 'data'))[0]));
  });

  afterAll(async () => {
    lab.closeSockets();
    const exited = once(peer, 'exit');
    peer.kill();
    await exited;
  });

  it('a state that the peer gives late is seen', () => {
    const holder = lab.bound(local, 'port');
    holder.connect({ address: local.address, port: remotePort });
    holder.shutdownWrite();
    expect(portsInState(local.address, 'time-wait', [local.port])).toContain(local.port);
  });

  it('the peer of a holder in SYN_SENT has its queue full when it is given', () => {
    for (let i = 0; i < 20; i++) {
      const { endpoint } = peerFor(lab, 'syn-sent', local.address) ?? { endpoint: local };
      expect(readSocketsAt(endpoint).map(({ state }) => state)).toContain('ESTABLISHED');
    }
  });
});
