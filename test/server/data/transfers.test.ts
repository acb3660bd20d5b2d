// Transfers: the bytes that arrive, under every binder and both address families, and what the server records of them.
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { STRATEGIES } from '../../../src/binder/binders.ts';
import { BINDER_NAMES } from '../../../src/binder/types.ts';
import { ownEndpoint } from '../../support/loopback.ts';
import { type DataListener, RawClient, readAll } from '../raw-client.ts';
import { type Serving, serving } from '../serving.ts';

const SMALL = Buffer.from('0123456789');
const LARGE = randomBytes(1_500_000);

describe.each(BINDER_NAMES)('%s', (binder) => {
  it.each([4, 6] as const)('RETR, STOR and LIST over IPv%i, from the data port', (family) => {
    const { address: host, port } = ownEndpoint(family);
    // A second transfer would wait for legacy's TIME_WAIT: each transfer has a server of its own.
    return withFiles({ host, port: port + 1, binder, write: true, retry: 'none' }, async (serving) => {
      const { address, root, server, records } = serving;
      const client = await RawClient.loggedIn(address);
      const listener = await client.announce();
      const { first, last, from, content } = await client.fetch('RETR small', listener);
      expect([first, last, content]).toEqual([
        '150 Sending small (10 bytes).',
        '226 Transfer complete.',
        SMALL,
      ]);
      expect(from.address).toBe(host);
      expect(from.port === server.dataPort).toBe(STRATEGIES[binder].keepsPort);
      expect(server.dataPort).toBe(port);
      expect(records).toEqual([
        expect.objectContaining({
          binder,
          pid: process.pid,
          command: 'RETR',
          local: from,
          remote: listener.endpoint,
          bindCalls: 1,
          waitedMs: 0,
          bytes: 10,
          outcome: { kind: 'completed' },
        }),
      ]);

      if (binder === 'legacy') {
        expect(await client.command('LIST')).toMatch(/^425 .*: bind \S+: EADDRINUSE$/);
      } else {
        expect((await client.fetch('LIST', listener)).content.toString()).toMatch(
          /^-rw-r--r-- +1 ftp +ftp +1500000 .* large\r\n-rw[^\n]* 10 .* small\r\n$/,
        );
        expect(await store(client, listener, 'STOR new', LARGE)).toEqual([
          '150 Receiving new.',
          '226 Transfer complete.',
        ]);
        expect(LARGE.equals(await readFile(join(root, 'new')))).toBe(true);
        expect(records.at(-1)).toMatchObject({ command: 'STOR', bytes: LARGE.length });
        expect((await client.fetch('RETR large', listener)).content.equals(LARGE)).toBe(true);
        expect(records).toHaveLength(4);
      }
      await client.quit();
      await listener.close();
    });
  });
});

describe('RETR', () => {
  it('of a small file is told of, begun and done, in one packet', () =>
    withFiles({}, async ({ address }) => {
      const client = await RawClient.loggedIn(address);
      const listener = await client.announce();
      const packets: string[] = [];
      client.socket.on('data', (packet: string) => packets.push(packet));
      expect((await client.fetch('RETR small', listener)).content).toEqual(SMALL);
      expect(packets).toEqual(['150 Sending small (10 bytes).\r\n226 Transfer complete.\r\n']);
      await client.quit();
      await listener.close();
    }));

  it('sends an empty file, a large one, and a tail of either after REST', () =>
    withFiles({}, async ({ address, root, records }) => {
      await writeFile(join(root, 'empty'), '');
      const client = await RawClient.loggedIn(address);
      const listener = await client.announce();
      expect((await client.fetch('RETR empty', listener)).content).toHaveLength(0);
      expect((await client.fetch('RETR large', listener)).content.equals(LARGE)).toBe(true);
      for (const start of [7, 10, 11, LARGE.length - 5, 100_000, LARGE.length]) {
        expect(await client.command(`REST ${start}`)).toMatch(/^350 /);
        const { content, last } = await client.fetch('RETR large', listener);
        expect(content.equals(LARGE.subarray(start))).toBe(true);
        expect(last).toMatch(/^226 /);
      }
      await client.command('REST 4');
      expect((await client.fetch('RETR small', listener)).content.toString()).toBe('456789');
      expect((await client.fetch('RETR small', listener)).content).toEqual(SMALL); // REST was for one transfer
      await client.command('REST 10');
      expect((await client.fetch('RETR small', listener)).content).toHaveLength(0);
      expect(records.map(({ bytes }) => bytes).slice(0, 2)).toEqual([0, LARGE.length]);
      await client.quit();
      await listener.close();
    }));

  it('ends in 451 when the file is cut short meanwhile, and never in 226', () =>
    serving({}, async ({ address, root, records }) => {
      const path = join(root, 'shrinking');
      await writeFile(path, Buffer.alloc(20_000_000)); // more than the kernel buffers of both ends take
      const client = await RawClient.loggedIn(address);
      const listener = await client.announce();
      client.send('RETR shrinking\r\n');
      const socket = await listener.accepted();
      expect(await client.reply()).toBe('150 Sending shrinking (20000000 bytes).');
      await truncate(path, 100_000);
      expect((await readAll(socket)).length).toBeLessThan(20_000_000);
      expect(await client.reply()).toBe('451 Transfer aborted: the file has become shorter.');
      expect(records).toMatchObject([{ outcome: { kind: 'failed', phase: 'transfer' } }]);
      await client.quit();
      await listener.close();
    }));

  it("says 226 behind its own FIN, without waiting for the client's", () =>
    withFiles({}, async ({ address }) => {
      const client = await RawClient.loggedIn(address);
      const listener = await client.announce();
      client.send('RETR small\r\n');
      const socket = await listener.accepted();
      expect(await client.reply()).toMatch(/^150 /);
      expect(await client.reply()).toMatch(/^226 /); // our side is still open, and nothing was read
      expect(await readAll(socket)).toEqual(SMALL);
      await client.quit();
      await listener.close();
    }));

  it('reads the file before it takes a data port: 550 costs none', () =>
    withFiles({}, async ({ address, records, root }) => {
      await mkdir(join(root, 'folder'));
      const client = await RawClient.loggedIn(address);
      const listener = await client.announce();
      expect(await client.command('RETR none')).toBe('550 No such file or directory.');
      expect(await client.command('RETR folder')).toBe('550 Is a directory.');
      expect(await client.command('LIST none')).toMatch(/^550 /);
      expect(await client.command('STOR none/f')).toMatch(/^550 /);
      expect(records).toEqual([]);
      expect(listener.unasked).toBe(0);
      await client.quit();
      await listener.close();
    }));
});

// RFC 3659 5.1: the restart point must be one that the file has.
describe('REST beyond the end', () => {
  it('is 554 for RETR and STOR, costs no data port, and leaves no hole and no file', () =>
    withFiles({ write: true }, async ({ address, root, records }) => {
      const client = await RawClient.loggedIn(address);
      const listener = await client.announce();
      for (const command of ['RETR small', 'STOR small']) {
        await client.command('REST 11');
        expect(await client.command(command)).toBe('554 Restart at 11 is beyond the end, 10.');
      }
      await client.command('REST 10000000000000');
      expect(await client.command('STOR new')).toBe('554 Restart at 10000000000000 is beyond the end, 0.');
      await expect(stat(join(root, 'new'))).rejects.toThrow('ENOENT');
      expect(await readFile(join(root, 'small'))).toEqual(SMALL);
      expect(records).toEqual([]);
      await client.command('REST 10');
      await store(client, listener, 'STOR small', 'more');
      expect(await readFile(join(root, 'small'), 'utf8')).toBe('0123456789more');
      await client.quit();
      await listener.close();
    }));
});

describe('STOR, APPE, STOU', () => {
  it('replace, overwrite from REST on without cutting off, append', () =>
    withFiles({ write: true }, async ({ address, root }) => {
      const client = await RawClient.loggedIn(address);
      const listener = await client.announce();
      const content = () => readFile(join(root, 'f'), 'utf8');
      await store(client, listener, 'STOR f', 'abcdefghij');
      await client.command('REST 3');
      expect((await store(client, listener, 'STOR f', 'XY'))[1]).toMatch(/^226 /);
      expect(await content()).toBe('abcXYfghij');
      await store(client, listener, 'APPE f', '+more');
      expect(await content()).toBe('abcXYfghij+more');
      await store(client, listener, 'STOR f', 'short');
      expect(await content()).toBe('short');
      await store(client, listener, 'STOR f', '');
      expect(await content()).toBe('');
      await store(client, listener, 'APPE made', 'by APPE');
      expect(await readFile(join(root, 'made'), 'utf8')).toBe('by APPE');
      await client.quit();
      await listener.close();
    }));

  it('STOU tells the name it chose', () =>
    withFiles({ write: true }, async ({ address, root }) => {
      const client = await RawClient.loggedIn(address);
      const listener = await client.announce();
      const [first = ''] = await store(client, listener, 'STOU', 'unique');
      const [, name = ''] = /^150 FILE: (\S+)$/.exec(first) ?? [];
      expect(await readFile(join(root, name), 'utf8')).toBe('unique');
      await client.quit();
      await listener.close();
    }));

  it('a data connection that cannot be made costs no content, and leaves no empty file', () =>
    withFiles({ write: true }, async ({ address, root }) => {
      const client = await RawClient.loggedIn(address);
      await (await client.announce()).close();
      expect(await client.command('STOR small')).toMatch(/^425 .*ECONNREFUSED$/);
      expect(await client.command('STOR new')).toMatch(/^425 .*ECONNREFUSED$/);
      expect(await readFile(join(root, 'small'))).toEqual(SMALL);
      await expect(stat(join(root, 'new'))).rejects.toThrow('ENOENT');
      await client.quit();
    }));
});

describe('listings', () => {
  it('LIST, NLST and MLSD of folders and files', () =>
    withFiles({}, async ({ address, root }) => {
      await mkdir(join(root, 'empty'));
      await mkdir(join(root, 'sub'));
      await writeFile(join(root, 'sub', 'a b'), 'x');
      const client = await RawClient.loggedIn(address);
      const listener = await client.announce();
      const lines = async (command: string) =>
        (await client.fetch(command, listener)).content.toString().split('\r\n').slice(0, -1);
      const names = ['empty', 'large', 'small', 'sub'];
      expect((await lines('LIST -al')).map((line) => line.split(' ').at(-1))).toEqual(names);
      expect(await lines('LIST empty')).toEqual([]);
      expect(await lines('LIST sub/a b')).toEqual([expect.stringMatching(/^-.* 1 .* a b$/)]);
      expect(await lines('NLST')).toEqual(names);
      expect(await lines('NLST sub')).toEqual(['sub/a b']);
      expect(await lines('NLST sub/a b')).toEqual(['sub/a b']);
      expect(await lines('MLSD sub')).toEqual([
        expect.stringMatching(/^type=file;size=1;modify=\d{14};UNIX\.mode=0644; a b$/),
      ]);
      await client.quit();
      await listener.close();
    }));
});

/** A server whose root has the files `small` and `large`. */
function withFiles(
  options: Parameters<typeof serving>[0],
  test: (serving: Serving) => Promise<void>,
): Promise<void> {
  return serving(options, async (one) => {
    await writeFile(join(one.root, 'small'), SMALL);
    await writeFile(join(one.root, 'large'), LARGE);
    await test(one);
  });
}

async function store(
  client: RawClient,
  listener: DataListener,
  command: string,
  content: Buffer | string,
): Promise<string[]> {
  client.send(`${command}\r\n`);
  const socket = await listener.accepted();
  socket.resume().end(content);
  return [await client.reply(), await client.reply()];
}
