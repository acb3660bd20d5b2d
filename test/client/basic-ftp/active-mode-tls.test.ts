// Active mode under TLS: the client accepts the data connection and is the TLS client on it all the same.

import type { Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { createServer, type TLSSocket } from 'node:tls';
import { afterEach, expect, it } from '@jest/globals';
import { clientOf, closeAll, download, responder, upload } from '../harness.ts';

afterEach(closeAll);

// A shared key instead of a certificate: nothing here can expire.
const KEY = Buffer.alloc(16, 7);
const COMMON = { ciphers: 'PSK-AES128-GCM-SHA256', maxVersion: 'TLSv1.2' } as const;
const CLIENT = {
  ...COMMON,
  pskCallback: () => ({ psk: KEY, identity: 'client' }),
  checkServerIdentity: () => undefined,
};

/** The server's side, and how many of its handshakes resumed a session. */
function tlsServer() {
  const server = createServer({ ...COMMON, pskCallback: () => KEY });
  const resumed: boolean[] = [];
  const secure = (socket: Socket): Promise<Socket> =>
    new Promise((resolve) => {
      server.once('secureConnection', (secured: TLSSocket) => {
        resumed.push(secured.isSessionReused());
        resolve(secured);
      });
      server.emit('connection', socket);
    });
  return { secure, resumed };
}

it('downloads, uploads and lists, resuming the session of the control connection', async () => {
  const { secure, resumed } = tlsServer();
  const stored: Buffer[] = [];
  const started = await responder(
    {
      RETR: async (turn) => {
        turn.reply('150 here');
        (await turn.connect()).end('secret', () => turn.reply('226 done'));
      },
      LIST: async (turn) => {
        turn.reply('150 here');
        (await turn.connect()).end(() => turn.reply('226 done'));
      },
      STOR: async (turn) => {
        turn.reply('150 send it');
        stored.push(await buffer(await turn.connect()));
        turn.reply('226 done');
      },
    },
    { secure },
  );
  const client = await clientOf(started);
  await client.useTLS(CLIENT);
  expect(client.ftp.hasTLS).toBe(true);
  expect((await download(client)).toString()).toBe('secret');
  expect(await client.list()).toEqual([]);
  expect(await upload(client, Buffer.alloc(200_000, 1))).toBe(226);
  expect(stored[0]?.length).toBe(200_000);
  expect(resumed).toEqual([false, true, true, true]);
});
