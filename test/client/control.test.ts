// The raw control connection: replies whole and in order from any packets, and every end of it.
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ControlConnection } from '../../src/client/control.ts';
import { closedPort, listeningPeer, openDescriptors, ownAddress, type Peer } from '../support/loopback.ts';

let peer: Peer | undefined;
afterEach(async () => {
  await peer?.close();
  peer = undefined;
});

interface Connected {
  readonly control: ControlConnection;
  readonly server: Socket;
  /** Resolves when `done` holds after a change. */
  until(done: () => boolean): Promise<void>;
}

async function connected(): Promise<Connected> {
  peer = await listeningPeer(ownAddress());
  let wake = () => {};
  const control = await ControlConnection.open(peer.endpoint, { onChange: () => wake() });
  const until = async (done: () => boolean) => {
    while (!done()) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  return { control, server: await peer.accepted(), until };
}

describe('replies', () => {
  it('are read whole, on one line or several, in any packets', async () => {
    const { control, server, until } = await connected();
    server.setNoDelay(true);
    for (const part of [
      '220-first\r\n 220 not the',
      ' end\r\n220 last\r\n2',
      '00 ok\n',
      '150 a\r\n226 b\r\n',
    ]) {
      server.write(part);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await until(() => control.replies.length === 4);
    expect(control.replies.map(({ replyCode, text }) => [replyCode, text])).toEqual([
      [220, '220-first\r\n 220 not the end\r\n220 last'],
      [200, '200 ok'],
      [150, '150 a'],
      [226, '226 b'],
    ]);
    expect(control.endedAtMs).toBeUndefined();
    control.close();
  });

  it('that never end close the connection', async () => {
    const { control, server, until } = await connected();
    server.on('error', () => {}).write('x'.repeat(300_000));
    await until(() => control.endedAtMs !== undefined);
    expect(control.replies).toEqual([]);
  });
});

it('sends lines, and tells when the server has ended it', async () => {
  const { control, server, until } = await connected();
  control.send('NOOP');
  const [line] = await once(server.resume(), 'data');
  expect(String(line)).toBe('NOOP\r\n');
  server.end('221 bye\r\n');
  await until(() => control.endedAtMs !== undefined);
  expect(control.replies.map(({ replyCode }) => replyCode)).toEqual([221]);
  control.send('NOOP'); // to nobody
});

it('says where nobody listens, and leaves nothing open', async () => {
  const before = openDescriptors();
  const nobody = await closedPort(ownAddress());
  await expect(ControlConnection.open(nobody)).rejects.toThrow(/^can't connect to .*: ECONNREFUSED$/);
  const reason = new Error('stopped');
  const signal = AbortSignal.abort(reason);
  await expect(ControlConnection.open(nobody, { signal })).rejects.toBe(reason);
  expect(openDescriptors()).toBe(before);
});
