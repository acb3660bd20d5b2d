// A quota is kept to the byte, whatever an upload is made by, and what goes away makes room.
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { type Clock, systemClock } from '../../../src/clock.ts';
import type { Authenticate } from '../../../src/server/users/login.ts';
import { EVERYTHING } from '../../../src/server/users/user.ts';
import { type DataListener, RawClient } from '../raw-client.ts';
import { type Serving, serving } from '../serving.ts';

const QUOTA = 1000;

const withQuota: Authenticate = ({ username }) => ({
  ...{ name: username, may: EVERYTHING },
  ...(username !== 'free' && { quotaBytes: QUOTA }),
});

const USED_UP = /^552 .*he quota of 1000B is used up\.$/;

class Sender {
  readonly client: RawClient;
  readonly listener: DataListener;
  constructor(client: RawClient, listener: DataListener) {
    this.client = client;
    this.listener = listener;
  }

  static async loggedIn({ address }: Serving, name = 'bob'): Promise<Sender> {
    const client = await RawClient.connect(address);
    await client.command(`USER ${name}`);
    expect(await client.command('PASS x')).toMatch(/^230 /);
    await client.command('TYPE I');
    return new Sender(client, await client.announce());
  }

  /** The last reply. */
  async upload(command: string, content: Buffer | string): Promise<string> {
    const socket = await this.begin(command);
    if (typeof socket === 'string') return socket;
    socket.resume().end(content);
    return this.client.reply();
  }

  /** The connection after 150, or the reply that came in its place. */
  async begin(command: string) {
    this.client.send(`${command}\r\n`);
    const reply = await this.client.reply();
    if (!reply.startsWith('150 ')) return reply;
    const socket = await this.listener.accepted();
    socket.on('error', () => {});
    return socket;
  }

  async done(): Promise<void> {
    await this.client.quit();
    await this.listener.close();
  }
}

/** A root that holds so much of its quota in `old`. */
function holding(
  bytes: number,
  test: (sender: Sender, one: Serving) => Promise<void>,
  clock: Clock = systemClock,
): Promise<void> {
  return serving(
    { write: true, authenticate: withQuota },
    async (one) => {
      await mkdir(join(one.root, 'folder'));
      await writeFile(join(one.root, 'folder', 'old'), Buffer.alloc(bytes));
      const sender = await Sender.loggedIn(one);
      await test(sender, one);
      await sender.done();
    },
    clock,
  );
}

const of = (bytes: number) => Buffer.alloc(bytes, 'x');

describe('a root may hold its quota and not a byte more', () => {
  it.each(['STOR new', 'STOU', 'APPE new'])('%s', (command) =>
    holding(400, async (sender, { root }) => {
      expect(await sender.upload(command, of(601))).toMatch(USED_UP);
      expect(await readdir(root)).toEqual(['folder']); // no part either
      expect(await sender.upload(command, of(600))).toMatch(/^226 /);
      expect(await sender.upload('STOR more', of(1))).toMatch(USED_UP);
    }),
  );

  it('one that is full says so in place of 150, and an empty file that is there stays readable', () =>
    holding(QUOTA, async (sender, { root }) => {
      expect(await sender.upload('STOR new', '')).toBe('552 The quota of 1000B is used up.');
      expect(await sender.upload('APPE folder/old', of(1))).toBe('552 The quota of 1000B is used up.');
      expect([sender.listener.unasked, await readdir(root)]).toEqual([0, ['folder']]);
      expect((await sender.client.fetch('RETR folder/old', sender.listener)).content.length).toBe(QUOTA);
    }));

  it('a file that is replaced gives its bytes back, and stays when the new one is too large', () =>
    holding(400, async (sender, { root }) => {
      expect(await sender.upload('STOR other', of(600))).toMatch(/^226 /);
      expect(await sender.upload('STOR other', of(601))).toMatch(USED_UP);
      expect((await stat(join(root, 'other'))).size).toBe(600);
      expect(await sender.upload('STOR other', of(600))).toMatch(/^226 /);
      expect(await sender.upload('STOR other', of(100))).toMatch(/^226 /);
      expect(await sender.upload('STOR third', of(501))).toMatch(USED_UP);
      expect(await sender.upload('STOR third', of(500))).toMatch(/^226 /);
    }));

  it('an append that does not fit is cut off again', () =>
    holding(400, async (sender, { root }) => {
      expect(await sender.upload('APPE folder/old', of(601))).toMatch(USED_UP);
      expect((await stat(join(root, 'folder', 'old'))).size).toBe(400);
      expect(await sender.upload('APPE folder/old', of(600))).toMatch(/^226 /);
    }));

  it('what REST overwrites takes nothing', () =>
    holding(QUOTA, async (sender, { root }) => {
      await sender.client.command('REST 900');
      expect(await sender.upload('STOR folder/old', of(100))).toMatch(/^226 /);
      await sender.client.command('REST 900');
      expect(await sender.upload('STOR folder/old', of(101))).toMatch(USED_UP);
      const content = await readFile(join(root, 'folder', 'old'));
      expect([content.length, content.subarray(900)]).toEqual([QUOTA, of(100)]);
    }));

  it('of TYPE A counts what is stored', () =>
    holding(998, async (sender) => {
      await sender.client.command('TYPE A');
      expect(await sender.upload('STOR lines', '\r\n\r\n\r\n')).toMatch(USED_UP);
      expect(await sender.upload('STOR lines', '\r\n\r\n')).toMatch(/^226 /);
    }));

  it.each([
    ['DELE folder/old', /^250 /],
    ['RNFR folder/old\r\nRNTO new', /^350 /],
  ])('%s makes room', (commands, first) =>
    holding(600, async (sender) => {
      expect(await sender.upload('STOR new', of(400))).toMatch(/^226 /);
      expect(await sender.upload('STOR third', of(1))).toMatch(USED_UP);
      expect(await sender.client.command(commands)).toMatch(first);
      if (commands.includes('RNTO')) expect(await sender.client.reply()).toMatch(/^250 /);
      const rest = commands.includes('RNTO') ? 400 : 600;
      expect(await sender.upload('STOR third', of(rest + 1))).toMatch(USED_UP);
      expect(await sender.upload('STOR third', of(rest))).toMatch(/^226 /);
    }),
  );

  it('the part of an upload that broke counts, is gone on with, and is dropped where it does not fit', () =>
    holding(400, async (sender, { root }) => {
      const broken = async (command: string, bytes: number) => {
        const socket = await sender.begin(command);
        if (typeof socket === 'string') throw new Error(socket);
        socket.resume().write(of(bytes));
        await arrived(root, bytes);
        expect(await sender.client.command('ABOR')).toMatch(/^426 /);
        expect(await sender.client.reply()).toMatch(/^226 /);
        socket.destroy();
      };
      await broken('STOR new', 500);
      expect(await sender.upload('STOR other', of(101))).toMatch(USED_UP);
      await sender.client.command('REST 500');
      expect(await sender.upload('STOR new', of(100))).toMatch(/^226 /);
      expect(await sender.client.command('DELE new')).toMatch(/^250 /);
      await broken('STOR new', 500);
      expect(await sender.client.command('DELE new')).toMatch(/^250 /); // the part
      expect(await sender.upload('STOR new', of(600))).toMatch(/^226 /);
      await broken('STOR new', 600); // in place of the other, but not beside it
      expect((await readdir(root)).sort()).toEqual(['folder', 'new']);
      expect(await sender.upload('STOR other', of(1))).toMatch(USED_UP);
    }));

  it('when what was to be replaced goes another way before the end, the new one is refused', () =>
    holding(0, async (sender, one) => {
      expect(await sender.upload('STOR new', of(900))).toMatch(/^226 /);
      const other = await Sender.loggedIn(one);
      const socket = await sender.begin('STOR new');
      if (typeof socket === 'string') throw new Error(socket);
      socket.resume().write(of(900));
      await arrived(one.root, 900);
      await other.client.command('RNFR new');
      expect(await other.client.command('RNTO kept')).toMatch(/^250 /);
      socket.end();
      expect(await sender.client.reply()).toMatch(USED_UP);
      expect((await readdir(one.root)).sort()).toEqual(['folder', 'kept']);
      await other.done();
    }));

  it('two uploads at once do not have it twice', () =>
    holding(0, async (sender, one) => {
      const other = await Sender.loggedIn(one);
      const [first, second] = [await sender.begin('STOR one'), await other.begin('STOR two')];
      if (typeof first === 'string' || typeof second === 'string') throw new Error('no connection');
      for (const socket of [first, second]) socket.resume().end(of(600));
      const replies = await Promise.all([sender.client.reply(), other.client.reply()]);
      expect(replies.map((reply) => reply.slice(0, 3)).sort()).toEqual(['226', '552']);
      expect(await sender.upload('STOR rest', of(401))).toMatch(USED_UP);
      expect(await sender.upload('STOR rest', of(400))).toMatch(/^226 /);
      await other.done();
    }));

  it('a user without one shares the root: what it does counts, and nothing refuses it', () =>
    holding(400, async (sender, one) => {
      const free = await Sender.loggedIn(one, 'free');
      expect(await free.upload('STOR much', of(5000))).toMatch(/^226 /);
      expect(await sender.upload('STOR new', of(1))).toMatch(USED_UP);
      expect(await free.client.command('DELE much')).toMatch(/^250 /);
      expect(await sender.upload('STOR new', of(600))).toMatch(/^226 /);
      await free.done();
    }));

  it('what is changed by others is found before anybody is refused for it', () => {
    const clock = { ...systemClock, nowMs: () => 0 }; // a count takes no time, and so may come at any
    return holding(
      QUOTA,
      async (sender, { root }) => {
        expect(await sender.upload('STOR new', of(1))).toMatch(USED_UP);
        await rm(join(root, 'folder', 'old'));
        expect(await sender.upload('STOR new', of(QUOTA + 1))).toMatch(USED_UP);
        expect(await sender.upload('STOR new', of(QUOTA))).toMatch(/^226 /);
      },
      clock,
    );
  });
});

/** Resolves when the server has written so much into a part. */
async function arrived(folder: string, bytes: number): Promise<void> {
  for (;;) {
    for (const name of await readdir(folder)) {
      if (!name.endsWith('.part')) continue;
      const size = await stat(join(folder, name)).then(
        (found) => found.size,
        () => 0,
      );
      if (size === bytes) return;
    }
    await systemClock.sleep(5);
  }
}
