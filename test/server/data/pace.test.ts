// The rate of a user and of a session: kept to by the clock, shared, told from a stall, and ended by ABOR.
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { type Clock, systemClock } from '../../../src/clock.ts';
import { Paces } from '../../../src/server/data/pace.ts';
import type { ServerOptions } from '../../../src/server/options.ts';
import type { Authenticate } from '../../../src/server/users/login.ts';
import { EVERYTHING } from '../../../src/server/users/user.ts';
import { UserPaces } from '../../../src/server/users/user-paces.ts';
import { RawClient, readAll } from '../raw-client.ts';
import { type Serving, serving } from '../serving.ts';

/** Time passes by sleeping alone. */
class SleptClock implements Clock {
  sleptMs = 0;
  readonly nowMs = () => this.sleptMs;
  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.sleptMs += ms;
  }
}

const { signal } = new AbortController();

describe('a pace', () => {
  it('takes as long as its rate says, less what may come at once', async () => {
    const clock = new SleptClock();
    const { toClient } = new Paces(1000, clock);
    for (let taken = 0; taken < 10; taken++) await toClient.take(1000, signal);
    expect(clock.sleptMs).toBe(8800); // the tenth is paid for by whoever comes next
    await toClient.take(1, signal);
    expect(clock.sleptMs).toBe(9800);
  });

  it('keeps nothing for later of a long pause', async () => {
    const clock = new SleptClock();
    const { toClient } = new Paces(1000, clock);
    clock.sleptMs = 1_000_000;
    await toClient.take(200, signal);
    await toClient.take(1000, signal);
    await toClient.take(1, signal);
    expect(clock.sleptMs).toBe(1_001_000);
  });

  it('counts each way by itself, and not what was given up', async () => {
    const clock = new SleptClock();
    const { toClient, fromClient } = new Paces(1000, clock);
    await fromClient.take(5000, signal);
    await toClient.take(1000, signal);
    await expect(toClient.take(1000, AbortSignal.abort(new Error('ABOR')))).rejects.toThrow('ABOR');
    await toClient.take(1, signal);
    expect(clock.sleptMs).toBe(800);
  });

  it.each([
    [1, 1],
    [1000, 50],
    [1e6, 50_000],
    [1e9, 65_536],
  ])('of %i bytes a second goes in pieces of %i', (rate, bytes) => {
    expect(new Paces(rate, new SleptClock()).toClient.pieceBytes).toBe(bytes);
  });
});

it("a user's pace is shared by its sessions and forgotten with the last; the latest login says how fast it is", async () => {
  const clock = new SleptClock();
  const all = new UserPaces(clock);
  const one = all.of({ name: 'u', may: EVERYTHING, maxBytesPerSecond: 100 }, 10);
  const other = all.of({ name: 'u', may: EVERYTHING, maxBytesPerSecond: 1000 }, 10);
  expect(other?.paces).toBe(one?.paces);
  await one?.paces.toClient.take(1000, signal);
  await other?.paces.toClient.take(1, signal);
  expect(clock.sleptMs).toBe(800);
  one?.release();
  expect(all.of({ name: 'u', may: EVERYTHING, maxBytesPerSecond: 1000 }, 10)?.paces).toBe(one?.paces);
  other?.release();
  other?.release();
  expect(all.of({ name: 'u', may: EVERYTHING, maxBytesPerSecond: 1000 }, 10)?.paces).not.toBe(one?.paces);
  const [mine, yours] = [
    all.of({ name: 'v', may: EVERYTHING }, 10),
    all.of({ name: 'v', may: EVERYTHING }, 10),
  ];
  expect(mine?.paces.toClient.pieceBytes).toBe(1);
  expect(mine?.paces).not.toBe(yours?.paces);
  expect(all.of({ name: 'v', may: EVERYTHING }, undefined)).toBeUndefined();
});

const CONTENT = randomBytes(100_000);
const SMALL = CONTENT.subarray(0, 3000);

const slowAndOthers: Authenticate = ({ username }) => ({
  ...{ name: username, may: EVERYTHING },
  ...(username === 'slow' && { maxBytesPerSecond: 10_000 }),
});

async function loggedIn({ address }: Serving, name: string): Promise<RawClient> {
  if (name === 'anonymous') return RawClient.loggedIn(address);
  const client = await RawClient.connect(address);
  await client.command(`USER ${name}`);
  expect(await client.command('PASS x')).toMatch(/^230 /);
  await client.command('TYPE I');
  return client;
}

async function withFiles(options: ServerOptions, clock: Clock, test: (one: Serving) => Promise<void>) {
  await serving(
    options,
    async (one) => {
      await writeFile(join(one.root, 'f'), CONTENT);
      await writeFile(join(one.root, 'small'), SMALL);
      await writeFile(join(one.root, 'large'), Buffer.alloc(20_000_000));
      await test(one);
    },
    clock,
  );
}

describe.each<[string, ServerOptions]>([
  ['the rate of a user', { authenticate: slowAndOthers }],
  ['maxBytesPerSecond', { write: true, maxBytesPerSecond: 10_000 }],
])('%s', (_, options) => {
  it.each([
    ['f', CONTENT],
    ['small', SMALL],
  ])('paces RETR %s, which arrives whole', (name, content) => {
    const clock = new SleptClock();
    return withFiles(options, clock, async (one) => {
      const client = await loggedIn(one, options.authenticate ? 'slow' : 'anonymous');
      const listener = await client.announce();
      expect((await client.fetch(`RETR ${name}`, listener)).content).toEqual(content);
      // All but the burst and the last piece, of a twentieth of a second.
      expect(clock.sleptMs).toBeCloseTo(content.length / 10 - 250, 5);
      const before = clock.sleptMs;
      expect((await client.fetch('NLST', listener)).last).toMatch(/^226 /);
      expect(clock.sleptMs).toBe(before);
      await Promise.all([client.quit(), listener.close()]);
    });
  });

  it('paces STOR', () => {
    const clock = new SleptClock();
    return withFiles(options, clock, async (one) => {
      const client = await loggedIn(one, options.authenticate ? 'slow' : 'anonymous');
      const listener = await client.announce();
      for (const _ of [1, 2]) {
        client.send('STOR up\r\n');
        const socket = await listener.accepted();
        await client.reply();
        socket.resume().end(CONTENT);
        expect(await client.reply()).toMatch(/^226 /);
      }
      expect(await readFile(join(one.root, 'up'))).toEqual(CONTENT);
      // What arrives in one piece, 64 KiB at most, is paid for by what comes next.
      expect(clock.sleptMs).toBeGreaterThanOrEqual((200_000 - 65_536) / 10 - 200);
      expect(clock.sleptMs).toBeLessThanOrEqual(20_000);
      await Promise.all([client.quit(), listener.close()]);
    });
  });
});

it('a user has one rate, also with sessions from before a reload', () => {
  const clock = new SleptClock();
  const options = { authenticate: slowAndOthers };
  return withFiles(options, clock, async (one) => {
    const { server, root } = one;
    for (const name of ['f', 'small']) {
      const client = await loggedIn(one, 'slow');
      const listener = await client.announce();
      await client.fetch(`RETR ${name}`, listener);
      await listener.close();
      await server.reload({ ...options, host: one.address.address, port: 2121, root, maxSessions: 9 });
    }
    expect(clock.sleptMs).toBeCloseTo((CONTENT.length + SMALL.length) / 10 - 250, 5);
  });
});

/** Waits are over when the test says so, or by their signal. */
class HeldClock implements Clock {
  readonly nowMs = systemClock.nowMs;
  readonly #held: (() => void)[] = [];
  #open = false;
  #wake = () => {};

  async sleep(_ms: number, signal?: AbortSignal): Promise<void> {
    if (this.#open) return;
    await new Promise<void>((resolve) => {
      this.#held.push(resolve);
      signal?.addEventListener('abort', () => resolve());
      this.#wake();
    });
    signal?.throwIfAborted();
  }

  async waiting(count: number): Promise<void> {
    while (this.#held.length < count) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  release(): void {
    this.#open = true;
    for (const resolve of this.#held) resolve();
  }
}

interface Started {
  readonly client: RawClient;
  readonly socket: Socket;
}

async function started(one: Serving, name: string, command: string): Promise<Started> {
  const client = await loggedIn(one, name);
  const listener = await client.announce();
  client.send(`${command}\r\n`);
  const socket = await listener.accepted();
  expect(await client.reply()).toMatch(/^150 /);
  void listener.close(); // which waits for the connection
  return { client, socket };
}

describe('a transfer that is held back', () => {
  it('is not taken for stalled, while one of which nothing moves is', () => {
    const clock = new HeldClock();
    return withFiles({ authenticate: slowAndOthers, stallTimeoutMs: 300 }, clock, async (one) => {
      const down = await started(one, 'slow', 'RETR f');
      const content = readAll(down.socket);
      const up = await started(one, 'slow', 'STOR up');
      up.socket.resume().end(CONTENT);
      await clock.waiting(2);
      const { client, socket } = await started(one, 'quick', 'RETR large');
      expect(await client.reply()).toMatch(/^426 .*ETIMEDOUT$/); // it began later
      clock.release();
      expect(await content).toEqual(CONTENT);
      expect(await down.client.reply()).toMatch(/^226 /);
      expect(await up.client.reply()).toMatch(/^226 /);
      socket.destroy();
      for (const one of [client, down.client, up.client]) one.socket.destroy();
    });
  });

  it.each(['RETR f', 'STOR up'])('%s is ended by ABOR, and by the end of the server', (command) => {
    const clock = new HeldClock();
    return withFiles({ authenticate: slowAndOthers }, clock, async (one) => {
      const begin = async () => {
        const { client, socket } = await started(one, 'slow', command);
        if (command === 'RETR f') readAll(socket).catch(() => {});
        else socket.resume().write(CONTENT);
        return client;
      };
      const client = await begin();
      await clock.waiting(1);
      expect(await client.command('ABOR')).toMatch(/^426 /);
      expect(await client.reply()).toMatch(/^226 /);
      const other = await begin();
      await clock.waiting(2);
      await one.server.close();
      expect(await other.reply()).toMatch(/^426 /);
      expect(await other.reply()).toMatch(/^421 /);
    });
  });
});
