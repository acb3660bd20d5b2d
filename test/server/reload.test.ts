// Settings that change while a server serves: for sessions that begin afterwards, in every process, and nobody is dropped.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Endpoint } from '../../src/address.ts';
import { systemClock } from '../../src/clock.ts';
import { UsageError } from '../../src/errors.ts';
import type * as Pools from '../../src/server/operation/worker-pool.ts';
import type { ServerOptions } from '../../src/server/options.ts';
import { reloaded } from '../../src/server/reload.ts';
import type * as Server from '../../src/server/server.ts';
import { ownAddress } from '../support/loopback.ts';
import { RawClient } from './raw-client.ts';

/** Built: workers, and the thread that checks passwords, are programs. */
const { createServer }: typeof Server = await import('../../dist/server/server.js' as string);
const { startWorkers }: typeof Pools = await import('../../dist/server/operation/worker-pool.js' as string);

type Settings = Omit<ServerOptions, 'log'>;

/** bcrypt of "Blue-Harbour 7", cheap. */
const USERS = 'mo:$2b$05$abcdefghijklmnopqrstuu.C5eTYaOqCj1JOCpoXTlv.rqKj/g1Hm:::::\n';

interface Reloading {
  readonly address: Endpoint;
  /** All settings beside host and root, as at the start. */
  reload(
    settings: Settings,
  ): Promise<{ readonly changed: readonly string[]; readonly kept: readonly string[] }>;
  /** Of the workers; none when there is one process. */
  pids(): readonly number[];
}

let root: string;
let usersFile: string;
let end: () => Promise<void>;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'port20-test-'));
  await writeFile(join(root, 'f'), 'content');
  usersFile = join(root, 'users');
  await writeFile(usersFile, USERS, { mode: 0o600 });
  end = async () => {};
});

afterEach(async () => {
  await end();
  await rm(root, { recursive: true });
});

const KINDS = {
  async 'one process'(settings: Settings): Promise<Reloading> {
    const own = { host: ownAddress(), root };
    const server = createServer({ ...own, ...settings });
    end = () => server.close();
    const address = await server.listen();
    return { address, reload: (wanted) => server.reload({ ...own, ...wanted }), pids: () => [] };
  },
  async 'two processes'(settings: Settings): Promise<Reloading> {
    const own = { host: ownAddress(), root };
    const more = { workers: 2, logLevel: 'silent' };
    const pool = await startWorkers({ server: { ...own, ...settings }, ...more });
    end = () => pool.stop();
    const reload = (wanted: Settings) => pool.reload({ server: { ...own, ...wanted }, logLevel: 'silent' });
    return { address: pool.address, reload, pids: () => pool.pids() };
  },
};

/** What the server says first. */
async function greeting(address: Endpoint, localAddress?: string): Promise<string> {
  const client = await RawClient.connect(address, localAddress);
  client.socket.destroy();
  return client.greeting;
}

describe.each(Object.keys(KINDS) as (keyof typeof KINDS)[])('%s', (kind) => {
  it('gives new rights to sessions that begin, and leaves those that there are alone', async () => {
    const { address, reload } = await KINDS[kind]({});
    const before = [await RawClient.loggedIn(address), await RawClient.loggedIn(address)];
    const refusal = await before[0]?.command('MKD new');
    expect(refusal).toMatch(/^550 /);
    expect(await reload({ write: true })).toEqual({ changed: ['write'], kept: [] });
    const after = [await RawClient.loggedIn(address), await RawClient.loggedIn(address)];
    for (const [at, client] of after.entries()) expect(await client.command(`MKD ${at}`)).toMatch(/^257 /);
    for (const client of before) expect(await client.command('MKD new')).toBe(refusal);
    await reload({});
    const last = await RawClient.loggedIn(address);
    expect(await last.command('MKD new')).toBe(refusal);
    for (const client of [...before, ...after, last]) await client.quit();
  });

  it('counts sessions by new limits, and sends nobody away', async () => {
    const { address, reload } = await KINDS[kind]({});
    const [from, other] = [ownAddress(), ownAddress()];
    const there = [await RawClient.loggedIn(address, from), await RawClient.loggedIn(address, from)];
    expect((await reload({ maxSessionsPerAddress: 2 })).changed).toEqual(['maxSessionsPerAddress']);
    expect(await greeting(address, from)).toMatch(/^421 Too many sessions from your address/);
    expect(await greeting(address, other)).toMatch(/^220 /);
    await reload({ maxSessionsPerAddress: 3 });
    expect(await greeting(address, from)).toMatch(/^220 /);
    for (const client of there) expect(await client.command('NOOP')).toMatch(/^200 /);
    await reload({ maxSessions: 1 });
    expect(await greeting(address, other)).toMatch(/^421 Too many sessions, try/);
    for (const client of there) expect(await client.command('NOOP')).toMatch(/^200 /);
    for (const client of there) await client.quit();
  });

  it('keeps what cannot change, says so, and changes the rest', async () => {
    const { address, reload } = await KINDS[kind]({});
    const wanted = { host: ownAddress(), port: 21, root: '/', binder: 'legacy', links: 'follow' } as const;
    const { changed, kept } = await reload({ ...wanted, dataPort: 20, write: true });
    expect([changed, kept.toSorted()]).toEqual([
      ['write'],
      ['binder', 'dataPort', 'links', 'listen', 'retry', 'root'], // the schedule of `legacy`
    ]);
    const client = await RawClient.loggedIn(address);
    expect(await client.command('SIZE f')).toBe('213 7');
    const listener = await client.announce();
    expect((await client.fetch('RETR f', listener)).from.port).toBe(address.port - 1);
    expect(await client.command('MKD new')).toMatch(/^257 /);
    await client.quit();
    await listener.close();
  });

  it('that is asked for in the middle of another comes behind it, however long that takes', async () => {
    const { address, reload } = await KINDS[kind]({});
    const [first, second] = await Promise.all([reload({ usersFile }), reload({ write: true })]);
    expect(first.changed).toEqual(['usersFile', 'anonymous']);
    expect(second.changed).toEqual(['usersFile', 'anonymous', 'write']);
    const clients = [await RawClient.loggedIn(address), await RawClient.loggedIn(address)];
    for (const [at, client] of clients.entries()) {
      expect(await client.command(`MKD ${at}`)).toMatch(/^257 /);
      await client.quit();
    }
  });

  it('changes nothing when something is wrong', async () => {
    const { address, reload } = await KINDS[kind]({});
    await expect(reload({ write: true, stallTimeoutMs: 0 })).rejects.toThrow(
      "stallTimeoutMs must be more than 0 and at most 2147483647, not '0'",
    );
    const late = [1, 2_147_483];
    await expect(reload({ write: true, retry: late })).rejects.toThrow(/waits longer than 2147483647 ms/);
    await expect(reload({ write: true, connectRetry: late })).rejects.toThrow(
      /waits longer than 2147483647 ms/,
    );
    const clients = [await RawClient.loggedIn(address), await RawClient.loggedIn(address)];
    for (const client of clients) {
      expect(await client.command('MKD new')).toMatch(/^550 /);
      await client.quit();
    }
  });
});

describe('a reload', () => {
  it('in the middle of a start is of what has started', async () => {
    for (let turns = 0; turns < 20; turns++) {
      const own = { host: ownAddress(), root, loginDelayMs: 0 };
      const server = createServer({ ...own, usersFile });
      end = () => server.close();
      const listening = server.listen();
      for (let n = 0; n < turns; n++) await turn();
      await server.reload(own);
      const client = await RawClient.connect(await listening);
      await client.command('USER mo');
      expect(await client.command('PASS Blue-Harbour 7')).toMatch(/^530 /); // a user no more
      await client.quit();
      await end();
    }
  });
});

describe('workers', () => {
  it('that come later have the new settings, and the old root', async () => {
    const { address, reload, pids } = await KINDS['two processes']({});
    await reload({ write: true, root: '/' });
    const old = pids();
    for (const pid of old) process.kill(pid, 'SIGKILL');
    while (pids().length < 2 || pids().some((pid) => old.includes(pid))) await systemClock.sleep(5);
    const clients = [await RawClient.loggedIn(address), await RawClient.loggedIn(address)];
    for (const [at, client] of clients.entries()) {
      expect(await client.command('SIZE f')).toBe('213 7');
      expect(await client.command(`MKD ${at}`)).toMatch(/^257 /);
      await client.quit();
    }
  });

  it('that are sent SIGHUP themselves serve on: the first process alone decides', async () => {
    const { address, pids } = await KINDS['two processes']({});
    const clients = [await RawClient.loggedIn(address), await RawClient.loggedIn(address)];
    const old = [...pids()];
    for (let n = 0; n < 100; n++) for (const pid of old) process.kill(pid, 'SIGHUP');
    for (const client of clients) expect(await client.command('NOOP')).toMatch(/^200 /);
    expect(pids()).toEqual(old);
    for (const client of clients) await client.quit();
  });
});

describe('settings that are compared', () => {
  it('are equal by value, and by their defaults', () => {
    const retry = [1, 2];
    expect(reloaded({ retry, maxSessions: 1000 }, { retry: [...retry] })).toMatchObject({
      changed: [],
      kept: [],
    });
    expect(reloaded({ binder: 'legacy' }, { binder: 'legacy', retry: 'bsd' }).changed).toEqual([]);
  });

  it('keep the schedule of the binder that is kept', () => {
    const { options } = reloaded({}, { binder: 'legacy' });
    expect(options).toEqual({});
  });

  it('must go with what is kept', () => {
    expect(() => reloaded({ port: 1, dataPort: 20 }, { port: 21, lingerMs: -1 })).toThrow(UsageError);
  });
});
