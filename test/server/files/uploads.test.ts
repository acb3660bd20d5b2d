// Uploads are whole under their name or not there at all, and what came of a broken one can be gone on with.
import { once } from 'node:events';
import { chmod, mkdir, readdir, readFile, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Endpoint } from '../../../src/address.ts';
import type { ServerOptions } from '../../../src/server/options.ts';
import { createServer } from '../../../src/server/server.ts';
import type { LoginRequest } from '../../../src/server/users/login.ts';
import { EVERYTHING } from '../../../src/server/users/user.ts';
import { ownAddress } from '../../support/loopback.ts';
import { type DataListener, RawClient, readAll } from '../raw-client.ts';
import { type Serving, serving } from '../serving.ts';

const OLD = Buffer.from('the old content, longer than what is sent first');
const NEW = Buffer.from('new content, which is sent in two parts of which the second may never come');
const FIRST = NEW.subarray(0, 20);
const PART = /^\.port20-[0-9a-f]{16}-\d+\.part$/;

interface Sender {
  readonly client: RawClient;
  readonly listener: DataListener;
}

const senders: Sender[] = [];
const sockets: Socket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const { client, listener } of senders.splice(0)) {
    client.socket.destroy();
    await listener.close();
  }
});

async function sender(address: Endpoint, from?: string): Promise<Sender> {
  const client = await RawClient.loggedIn(address, from);
  const one = { client, listener: await client.announce() };
  senders.push(one);
  return one;
}

/** The command is answered with 150; what is sent is up to the caller. */
async function begun({ client, listener }: Sender, command: string): Promise<Socket> {
  client.send(`${command}\r\n`);
  const socket = await listener.accepted();
  sockets.push(socket);
  expect(await client.reply()).toMatch(/^150 /);
  return socket;
}

async function upload(one: Sender, command: string, content: Buffer): Promise<string> {
  const socket = await begun(one, command);
  socket.resume().end(content);
  return one.client.reply();
}

/** Resolves when the server has written `content` and nothing else into a part. */
async function arrived(folder: string, content: Buffer): Promise<void> {
  for (;;) {
    for (const name of await partsIn(folder)) {
      const found = await readFile(join(folder, name)).catch(() => undefined);
      if (found?.equals(content)) return;
    }
  }
}

/** Resolves when so many parts have `FIRST`. */
async function arrivedIn(folder: string, parts: number): Promise<void> {
  for (;;) {
    const names = await partsIn(folder);
    const contents = await Promise.all(names.map((name) => readFile(join(folder, name))));
    if (contents.filter((content) => content.equals(FIRST)).length === parts) return;
  }
}

async function partsIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => PART.test(name));
}

const writable = (test: (one: Serving) => Promise<void>, options = {}) =>
  serving({ write: true, ...options }, test);

/** Every way in which an upload can end but by its own end. */
const BREAKS: readonly [string, (one: Sender, socket: Socket) => Promise<void>][] = [
  [
    'a reset',
    async ({ client }, socket) => {
      socket.resetAndDestroy();
      expect(await client.reply()).toMatch(/^426 /);
    },
  ],
  [
    'a reset that finds its last bytes unread, which libuv tells as the end of the stream',
    async ({ client }, socket) => {
      socket.write(NEW.subarray(FIRST.length)); // both are with the kernel before this process reads again
      socket.resetAndDestroy();
      expect(await client.reply()).toMatch(/^426 /);
    },
  ],
  [
    'ABOR',
    async ({ client }) => {
      expect(await client.command('ABOR')).toMatch(/^426 /);
      expect(await client.reply()).toMatch(/^226 /);
    },
  ],
  [
    'the end of the control connection',
    async ({ client }, socket) => {
      client.socket.destroy();
      await readAll(socket);
    },
  ],
  [
    'the end of the control connection and then the whole content',
    async ({ client }, socket) => {
      client.socket.destroy();
      await once(client.socket, 'close');
      socket.resume().end(NEW.subarray(FIRST.length));
      await once(socket, 'close');
    },
  ],
];

describe('a STOR that is under way', () => {
  it('is seen by nobody until it is whole, and then keeps the permissions of the file that it replaces', () =>
    writable(async ({ address, root }) => {
      await writeFile(join(root, 'f'), OLD);
      await chmod(join(root, 'f'), 0o640);
      const one = await sender(address);
      const other = await sender(address, ownAddress());
      const socket = await begun(one, 'STOR f');
      socket.write(FIRST);
      await arrived(root, FIRST);
      const [part = ''] = await partsIn(root);
      expect((await other.client.fetch('RETR f', other.listener)).content).toEqual(OLD);
      expect((await other.client.fetch('NLST', other.listener)).content.toString()).toBe('f\r\n');
      expect(await other.client.command('SIZE f')).toBe(`213 ${OLD.length}`);
      for (const verb of ['RETR', 'STOR', 'APPE', 'SIZE', 'DELE', 'RNFR', 'MLST', 'SITE CHMOD 644']) {
        expect(await other.client.command(`${verb} ${part}`)).toBe('550 No such file or directory.');
      }
      socket.resume().end(NEW.subarray(FIRST.length));
      expect(await one.client.reply()).toMatch(/^226 /);
      expect(await readdir(root)).toEqual(['f']);
      expect(await readFile(join(root, 'f'))).toEqual(NEW);
      expect((await stat(join(root, 'f'))).mode & 0o777).toBe(0o640);
    }));

  it('of one name twice: both are told 226, and the file is one of them whole', () =>
    writable(async ({ address, root }) => {
      const [a, b] = [await sender(address), await sender(address)];
      const contents = [Buffer.alloc(300_000, 'a'), Buffer.alloc(200_000, 'b')] as const;
      const [first, second] = [await begun(a, 'STOR f'), await begun(b, 'STOR f')];
      first.write(contents[0].subarray(0, 100_000));
      second.resume().end(contents[1]);
      expect(await b.client.reply()).toMatch(/^226 /);
      expect(await readFile(join(root, 'f'))).toEqual(contents[1]);
      first.resume().end(contents[0].subarray(100_000));
      expect(await a.client.reply()).toMatch(/^226 /);
      expect(await readFile(join(root, 'f'))).toEqual(contents[0]);
      expect(await readdir(root)).toEqual(['f']);
    }));

  it("that never gets its data connection takes away nobody else's file", () =>
    writable(async ({ address, root }) => {
      const waiting = await RawClient.loggedIn(address);
      await waiting.command('EPSV');
      waiting.send('STOR new\r\n');
      const other = await sender(address);
      expect(await upload(other, 'STOR new', NEW)).toMatch(/^226 /);
      expect(await waiting.command('ABOR')).toMatch(/^426 /);
      expect(await waiting.reply()).toMatch(/^226 /);
      expect(await readdir(root)).toEqual(['new']);
      expect(await readFile(join(root, 'new'))).toEqual(NEW);
    }));

  it('to a link goes where the link leads, and the link stays', () =>
    writable(async ({ address, root }) => {
      await mkdir(join(root, 'real'));
      await writeFile(join(root, 'real/f'), OLD);
      await symlink('/real/f', join(root, 'link'));
      const one = await sender(address);
      expect(await upload(one, 'STOR link', NEW)).toMatch(/^226 /);
      expect(await readFile(join(root, 'real/f'))).toEqual(NEW);
      expect((await readdir(root)).sort()).toEqual(['link', 'real']);
    }));
});

describe.each(BREAKS)('a STOR that is broken off by %s', (_, breakOff) => {
  it.each(['REST and STOR', 'APPE'])('leaves the old file as it was, and goes on with %s', (way) =>
    writable(async ({ address, root, recorded }) => {
      await writeFile(join(root, 'f'), OLD);
      const from = ownAddress();
      const one = await sender(address, from);
      const socket = await begun(one, 'STOR f');
      socket.on('error', () => {});
      socket.write(FIRST);
      await arrived(root, FIRST);
      await breakOff(one, socket);
      await recorded(1);
      expect(await readFile(join(root, 'f'))).toEqual(OLD);
      expect((await readdir(root)).filter((name) => !PART.test(name))).toEqual(['f']);

      const again = await sender(address, from);
      const [, kept = ''] = /^213 (\d+)$/.exec(await again.client.command('SIZE f')) ?? [];
      expect(Number(kept)).toBeGreaterThanOrEqual(FIRST.length - 1);
      expect(Number(kept)).toBeLessThan(NEW.length); // else a client takes it for whole, and never ends it
      if (way === 'APPE') {
        expect(await upload(again, 'APPE f', NEW.subarray(Number(kept)))).toMatch(/^226 /);
      } else {
        await again.client.command('REST 10');
        expect(await upload(again, 'STOR f', NEW.subarray(10))).toMatch(/^226 /);
      }
      expect(await readFile(join(root, 'f'))).toEqual(NEW);
      expect(await readdir(root)).toEqual(['f']);
      expect(await again.client.command('SIZE f')).toBe(`213 ${NEW.length}`);
    }),
  );
});

describe('what came of a broken upload', () => {
  const broken = async ({ address, root }: Serving, name: string, from: string) => {
    const one = await sender(address, from);
    const socket = await begun(one, `STOR ${name}`);
    socket.write(FIRST);
    await arrived(join(root, name, '..'), FIRST);
    expect(await one.client.command('ABOR')).toMatch(/^426 /);
    await one.client.reply();
    return one;
  };

  it('is the same user alone to go on with', () =>
    writable(async (server) => {
      const from = ownAddress();
      await broken(server, 'f', from);
      const stranger = await sender(server.address, ownAddress());
      expect(await stranger.client.command('SIZE f')).toMatch(/^550 /);
      await stranger.client.command('REST 5');
      expect(await stranger.client.command('STOR f')).toMatch(/^554 /);
      expect(await upload(stranger, 'APPE f', OLD)).toMatch(/^226 /);
      expect(await readFile(join(server.root, 'f'))).toEqual(OLD);
      expect(await partsIn(server.root)).toHaveLength(1);
    }));

  /** Alike in the last byte of each letter. */
  const NAMES: Readonly<Record<string, string>> = { mo: 'Ж', jo: 'Ԗ', xo: '\x16' };

  it('is not that of another user at the same address, in whatever script their names are', () =>
    writable(
      async ({ address, root }) => {
        for (const [at, name] of Object.keys(NAMES).entries()) {
          const client = await RawClient.connect(address);
          for (const line of [`USER ${name}`, 'PASS x', 'TYPE I']) await client.command(line);
          expect(await client.command('SIZE f')).toMatch(/^550 /);
          const one = { client, listener: await client.announce() };
          senders.push(one);
          (await begun(one, 'STOR f')).write(FIRST);
          await arrivedIn(root, at + 1);
          expect(await client.command('ABOR')).toMatch(/^426 /);
          await client.reply();
          expect(await client.command('SIZE f')).toBe(`213 ${FIRST.length - 1}`);
        }
      },
      {
        write: false,
        authenticate: ({ username }: LoginRequest) => ({ name: NAMES[username], may: EVERYTHING }),
      },
    ));

  it.each(['I', 'A'])(
    'lacks the end of the file at least, in TYPE %s, so there is a byte to send again',
    (type) =>
      writable(async (server) => {
        const from = ownAddress();
        const { client, listener } = await sender(server.address, from);
        const lines = Buffer.from('one\r\ntwo\r\n');
        await client.command(`TYPE ${type}`);
        const socket = await begun({ client, listener }, 'STOR f');
        socket.write(lines);
        const onDisk = Buffer.from(type === 'A' ? 'one\ntwo\n' : lines);
        await arrived(server.root, onDisk);
        await client.command('ABOR');
        await client.reply();
        const size = Number((await client.command('SIZE f')).slice('213 '.length));
        expect(size).toBe(lines.length - (type === 'A' ? 2 : 1));
        const again = await sender(server.address, from);
        await again.client.command(`TYPE ${type}`);
        expect(await upload(again, 'APPE f', lines.subarray(size))).toMatch(/^226 /);
        expect(await readFile(join(server.root, 'f'))).toEqual(onDisk);
      }),
  );

  it.each([
    ['STOR', async (one: Sender) => void (await upload(one, 'STOR f', NEW))],
    [
      'REST and STOR behind it',
      async (one: Sender) => {
        await one.client.command('REST 30');
        await upload(one, 'STOR f', NEW.subarray(30));
      },
    ],
    [
      'RNTO',
      async (one: Sender) => {
        await upload(one, 'STOR g', NEW);
        await one.client.command('RNFR g');
        await one.client.command('RNTO f');
      },
    ],
  ])('is out of date when its user has the whole file by %s', (_, makeWhole) =>
    writable(async (server) => {
      await writeFile(join(server.root, 'f'), NEW.subarray(0, 30));
      const from = ownAddress();
      await broken(server, 'f', from);
      const one = await sender(server.address, from);
      await makeWhole(one);
      expect(await readdir(server.root)).toEqual(['f']);
      expect(await readFile(join(server.root, 'f'))).toEqual(NEW);
      expect(await one.client.command('SIZE f')).toBe(`213 ${NEW.length}`);
      expect(await upload(one, 'APPE f', OLD)).toMatch(/^226 /);
      expect(await readFile(join(server.root, 'f'))).toEqual(Buffer.concat([NEW, OLD]));
    }),
  );

  it('goes with DELE, and keeps no folder from RMD', () =>
    writable(async (server) => {
      await mkdir(join(server.root, 'd'));
      const { client } = await broken(server, 'f', ownAddress());
      expect(await client.command('DELE f')).toMatch(/^250 /);
      expect(await client.command('DELE f')).toMatch(/^550 /);
      const other = await broken(server, 'd/f', ownAddress());
      expect(await other.client.command('RMD d')).toMatch(/^250 /);
      expect(await readdir(server.root)).toEqual([]);
    }));

  it('is nothing when nothing came, or nothing is to be kept', async () => {
    await writable(async ({ address, root, recorded }) => {
      const one = await sender(address);
      await begun(one, 'STOR f');
      await one.client.command('ABOR');
      await recorded(1);
      expect(await readdir(root)).toEqual([]);
    });
    await writable(
      async (server) => {
        await broken(server, 'f', ownAddress());
        expect(await readdir(server.root)).toEqual([]);
      },
      { keepPartMs: 0 },
    );
  });

  it('goes after its time, whoever looks', () =>
    writable(
      async (server) => {
        const { client } = await broken(server, 'f', ownAddress());
        while (!(await client.command('SIZE f')).startsWith('550')); // the time is up
        expect(await readdir(server.root)).toEqual([]);
      },
      { keepPartMs: 300 },
    ));

  it.each<[string, ServerOptions]>([
    ['may write', { write: true }],
    ['lets users in by a function, who may', { authenticate: () => undefined }],
  ])('goes when a server starts that %s, unless somebody is writing it', (_, may) =>
    writable(async ({ address, root }) => {
      const dead = `.port20-${'0'.repeat(16)}-0.part`;
      const one = await sender(address);
      const socket = await begun(one, 'STOR f');
      socket.write(FIRST);
      await arrived(root, FIRST);
      const [alive = ''] = await partsIn(root);
      await mkdir(join(root, 'd'));
      await writeFile(join(root, 'd', dead), 'left behind');
      await utimes(join(root, 'd', dead), 1, 1); // a server that starts takes what is younger than itself for another's
      const second = createServer({ host: ownAddress(), port: 2121, root, ...may });
      await second.listen();
      while ((await partsIn(join(root, 'd'))).length > 0);
      await second.close();
      expect(await partsIn(root)).toEqual([alive]);
      socket.resume().end();
      expect(await one.client.reply()).toMatch(/^226 /);
      expect(await readFile(join(root, 'f'))).toEqual(FIRST);
    }),
  );
});

describe('APPE, and REST with STOR, on a whole file', () => {
  it('write in place', () =>
    writable(async ({ address, root }) => {
      await writeFile(join(root, 'f'), OLD);
      const { ino } = await stat(join(root, 'f'));
      const one = await sender(address);
      expect(await upload(one, 'APPE f', NEW)).toMatch(/^226 /);
      await one.client.command('REST 4');
      expect(await upload(one, 'STOR f', Buffer.from('OLD'))).toMatch(/^226 /);
      const changed = Buffer.concat([Buffer.from('the OLD'), OLD.subarray(7), NEW]);
      expect(await readFile(join(root, 'f'))).toEqual(changed);
      expect((await stat(join(root, 'f'))).ino).toBe(ino);
    }));

  it.each(['APPE f', 'STOR f'])('%s that breaks is cut back to what was there', (command) =>
    writable(async ({ address, root, recorded }) => {
      await writeFile(join(root, 'f'), OLD);
      const one = await sender(address);
      if (command === 'STOR f') await one.client.command(`REST ${OLD.length}`);
      const socket = await begun(one, command);
      socket.write(FIRST);
      while ((await stat(join(root, 'f'))).size === OLD.length);
      await one.client.command('ABOR');
      await recorded(1);
      expect(await readFile(join(root, 'f'))).toEqual(OLD);
    }),
  );
});
