// The bytes of an upload on their way into a file that is slower or quicker than they come: all of them, in their order.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { finished } from 'node:stream/promises';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { DataSocket } from '../../../src/server/data/data-socket.ts';
import { endGently } from '../../../src/server/data/open-sockets.ts';
import { receiveFile } from '../../../src/server/data/receive.ts';
import { destroyed, listeningPeer, ownAddress } from '../../support/loopback.ts';

const SENT = randomBytes(12 * 1024 * 1024);

class FileInMemory {
  readonly content = Buffer.alloc(SENT.length);
  writes = 0;
  readonly #turnsOf: (write: number) => number;

  /** @param turnsOf the turns of the event loop that each write takes */
  constructor(turnsOf: (write: number) => number) {
    this.#turnsOf = turnsOf;
  }

  async write(pieces: readonly Buffer[], position: number): Promise<void> {
    for (let turns = this.#turnsOf(this.writes++); turns > 0; turns--) await turn();
    let at = position;
    for (const piece of pieces) at += piece.copy(this.content, at);
  }
}

async function withPair(use: (near: Socket, far: Socket) => Promise<void>): Promise<void> {
  const peer = await listeningPeer(ownAddress());
  const { address, port } = peer.endpoint;
  const near = connect({ host: address, port, allowHalfOpen: true });
  await once(near, 'connect');
  const far = await peer.accepted();
  try {
    await use(near, far);
  } finally {
    await Promise.all([near, far].filter(({ closed }) => !closed).map(destroyed));
    await peer.close();
  }
}

function received(near: Socket, file: FileInMemory, signal = new AbortController().signal): Promise<void> {
  return receiveFile(new DataSocket(near), { file, position: 0, decoder: undefined }, signal, undefined);
}

it.each([
  ['at once', () => 0],
  ['a little later', () => 1],
  ['much later', () => 200],
  ['now late, now at once', (write: number) => (write % 3) * 40],
])('is whole where the file takes it %s', (_, turnsOf) =>
  withPair(async (near, far) => {
    const file = new FileInMemory(turnsOf);
    far.end(SENT);
    await received(near, file);
    expect(file.content.equals(SENT)).toBe(true);
  }),
);

it('is whole where it comes in pieces', () =>
  withPair(async (near, far) => {
    const file = new FileInMemory((write) => write % 7);
    const whole = received(near, file);
    for (let at = 0, bytes = 1; at < SENT.length; at += bytes) {
      bytes = 1 + ((bytes * 7919) % 300_000);
      if (!far.write(SENT.subarray(at, at + bytes))) await once(far, 'drain');
      await turn();
    }
    far.end();
    await whole;
    expect(file.content.equals(SENT)).toBe(true);
  }));

it.each([1, 300])('fails with a reset that comes after many bytes, where a write takes %d turns', (turns) =>
  withPair(async (near, far) => {
    const file = new FileInMemory(() => turns);
    const outcome = received(near, file);
    far.write(SENT.subarray(0, SENT.length / 2));
    while (file.writes < 2) await turn();
    far.resetAndDestroy();
    await expect(outcome).rejects.toMatchObject({ code: 'ECONNRESET' });
  }),
);

it('fails where it is aborted, with nothing written behind that', () =>
  withPair(async (near, far) => {
    const file = new FileInMemory(() => 3);
    const abort = new AbortController();
    const outcome = received(near, file, abort.signal);
    far.write(SENT);
    while (file.writes < 2) await turn();
    abort.abort();
    await expect(outcome).rejects.toMatchObject({ code: 'ABORTED' });
    const { writes } = file;
    for (let turns = 0; turns < 20; turns++) await turn();
    expect(file.writes).toBe(writes);
  }));

it.each([3, 300])('is read away where it was aborted, where a write takes %d turns', (turns) =>
  withPair(async (near, far) => {
    const file = new FileInMemory(() => turns);
    const abort = new AbortController();
    const outcome = received(near, file, abort.signal);
    far.resume().end(SENT);
    while (file.writes < 8) await turn();
    abort.abort();
    await expect(outcome).rejects.toMatchObject({ code: 'ABORTED' });
    endGently(near);
    await finished(far); // a close behind bytes that are unread would reset it
  }),
);
