// Reads and sends that wait for no disk: what lies in memory, what does not, and sockets that are full or gone.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, fstatSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { isCached, readAtOnce } from '../../src/net/cached-read.ts';
import { receiveInto, sendFromFile } from '../../src/net/direct.ts';
import { destroyed, listeningPeer, ownAddress } from '../support/loopback.ts';

const CONTENT = randomBytes(3_000_000);
const folder = mkdtempSync(join(tmpdir(), 'port20-direct-'));
const path = join(folder, 'file');
writeFileSync(path, CONTENT);
afterAll(() => rmSync(folder, { recursive: true }));

const onLinux = process.platform === 'linux' ? describe : describe.skip;

async function withFile<T>(use: (fd: number, device: number) => T | Promise<T>): Promise<T> {
  const fd = openSync(path, 'r');
  try {
    return await use(fd, fstatSync(fd).dev);
  } finally {
    closeSync(fd);
  }
}

async function pair(): Promise<{ near: Socket; far: Socket; close(): Promise<void> }> {
  const peer = await listeningPeer(ownAddress());
  const near = connect({ host: peer.endpoint.address, port: peer.endpoint.port, allowHalfOpen: true });
  await once(near, 'connect');
  const far = await peer.accepted();
  return {
    near,
    far,
    async close() {
      await Promise.all([near, far].filter(({ closed }) => !closed).map(destroyed));
      await peer.close();
    },
  };
}

onLinux('a read at once', () => {
  it('gives what is there, up to the end and not beyond; or says that it has to wait', () =>
    withFile((fd, device) => {
      const buffer = Buffer.alloc(1000);
      for (const position of [0, 1, CONTENT.length - 10, CONTENT.length, CONTENT.length + 5]) {
        const bytes = readAtOnce(fd, device, buffer, position);
        if (bytes === undefined) continue; // this file system does not say what it has in memory
        const wanted = CONTENT.subarray(position, position + buffer.length);
        expect(buffer.subarray(0, bytes).equals(wanted)).toBe(true);
      }
    }));

  it('of a file that is dropped from memory waits for no disk', () =>
    withFile((fd, device) => {
      execFileSync('dd', [`of=${path}`, 'oflag=nocache', 'conv=notrunc,fdatasync', 'count=0'], {
        stdio: 'ignore',
      });
      const cached = isCached(fd, device, 0, CONTENT.length);
      const bytes = readAtOnce(fd, device, Buffer.alloc(10), 0);
      // The kernel may keep it all the same; but what it says of the one it says of the other.
      if (cached) expect(bytes).toBe(10);
    }));
});

onLinux('a file sent by the kernel', () => {
  it('arrives, from where it is asked for, until the socket is full, and goes on behind that', async () => {
    const { near, far, close } = await pair();
    await withFile(async (fd) => {
      const arrived: Buffer[] = [];
      let position = 17;
      while (position < CONTENT.length) {
        const sent = sendFromFile(near, fd, position, 1_000_000);
        expect(sent).not.toBe(undefined);
        if (typeof sent === 'number') position += sent;
        else arrived.push((await once(far, 'data'))[0] as Buffer); // room comes by reading alone
      }
      expect(sendFromFile(near, fd, position, 1_000_000)).toBe(0);
      near.end();
      for await (const chunk of far) arrived.push(chunk as Buffer);
      expect(Buffer.concat(arrived).equals(CONTENT.subarray(17))).toBe(true);
    });
    await close();
  });

  it('to a socket that is closed is not sent', async () => {
    const { near, close } = await pair();
    await withFile(async (fd) => {
      await destroyed(near);
      expect(sendFromFile(near, fd, 0, 10)).toBe(undefined);
    });
    await close();
  });
});

onLinux('what has arrived', () => {
  it('is taken past Node, and the end is left to it', async () => {
    const { near, far, close } = await pair();
    near.pause();
    far.end('0123456789');
    await once(far, 'finish');
    const buffer = Buffer.alloc(100);
    let bytes = 0;
    while (bytes < 10) {
      bytes += receiveInto(near, buffer.subarray(bytes));
      await new Promise(setImmediate);
    }
    expect(buffer.subarray(0, bytes).toString()).toBe('0123456789');
    expect(receiveInto(near, buffer)).toBe(0);
    near.resume();
    await once(near, 'end');
    await close();
  });
});
