// An upload under TLS that came whole, and whose client resets the connection before the server has taken it.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { expect, it } from '@jest/globals';
import { systemClock } from '../../../src/clock.ts';
import { Paces, Throttle } from '../../../src/server/data/pace.ts';
import { receiveFile } from '../../../src/server/data/receive.ts';
import type { WatchedTls } from '../../../src/server/tls/fin-watch.ts';
import { SealedSocket } from '../../../src/server/tls/sealed-socket.ts';
import { TlsSessions } from '../../../src/server/tls/sessions.ts';
import { listeningPeer, ownAddress } from '../../support/loopback.ts';
import { Below, PEM } from './sealing.ts';

const SIGNAL = new AbortController().signal;

/** Both ends; the client's FIN and its reset are the test's to send. */
async function sealedPair() {
  const peer = await listeningPeer(ownAddress());
  const { address: host, port } = peer.endpoint;
  const far = connect({ host, port, allowHalfOpen: true }).setNoDelay();
  await once(far, 'connect');
  const near = (await peer.accepted()).pause();
  near.on('error', () => {});
  const client = connectTls({ rejectUnauthorized: false, socket: new Below(far, true) });
  client.on('error', () => {});
  const seal = { sessions: new TlsSessions(PEM), reuse: 'log', bareFin: 'refuse', limitMs: 60_000 } as const;
  const [data] = await Promise.all([
    SealedSocket.over(near, seal, false, SIGNAL),
    once(client, 'secureConnect'),
  ]);
  return { far, near, client, data, close: () => peer.close() };
}

// One record of TLS holds 16 384 bytes: behind 20 000 the stream holds more than it asks for when the end comes.
it.each([0, 10_000, 20_000])('%d bytes are the whole file', async (bytes) => {
  const { far, near, client, data, close } = await sealedPair();
  const content = randomBytes(bytes);
  const disk = new AbortController();
  const got: Buffer[] = [];
  const file = {
    async write(pieces: readonly Buffer[]) {
      if (!disk.signal.aborted) await once(disk.signal, 'abort');
      got.push(...pieces);
    },
  };
  // Under a pace nothing is read while the disk is busy.
  const throttle = new Throttle(new Paces(1e12, systemClock).fromClient, SIGNAL);
  const outcome = receiveFile(data, { file, position: 0, decoder: undefined }, SIGNAL, throttle);
  client.end(content);
  while (!(data.socket as WatchedTls).endedByTls) await turn();
  far.resetAndDestroy();
  await new Promise((resolve) => near.once('close', resolve));
  for (let turns = 0; turns < 20; turns++) await turn(); // what a close does to TLS, it has done by then
  disk.abort();
  await outcome;
  expect(Buffer.concat(got).equals(content)).toBe(true);
  data.socket.destroy();
  await close();
});

it('a close with neither an end nor an error fails', async () => {
  const { far, data, close } = await sealedPair();
  const file = { async write() {} };
  const outcome = receiveFile(data, { file, position: 0, decoder: undefined }, SIGNAL, undefined);
  data.socket.destroy();
  await expect(outcome).rejects.toMatchObject({ code: 'ECONNRESET' });
  far.destroy();
  await close();
});
