// What one server takes on: so many sessions, so many of one address, none without a login, and no guessing of passwords.
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Endpoint } from '../../src/address.ts';
import { type Clock, systemClock } from '../../src/clock.ts';
import { fillOptions } from '../../src/server/fill-options.ts';
import type { FtpServer } from '../../src/server/server.ts';
import { ownAddress } from '../support/loopback.ts';
import { RawClient, readAll } from './raw-client.ts';
import { type Serving, serving } from './serving.ts';

const TOO_MANY = '421 Too many sessions, try again later.\r\n';
const TOO_MANY_FROM_ADDRESS = '421 Too many sessions from your address, try again later.\r\n';

describe('maxSessions', () => {
  it('one session more is greeted with 421 and closed; when one has ended there is room again', () =>
    serving({ maxSessions: 2 }, async ({ address }) => {
      const first = await RawClient.loggedIn(address);
      const second = await RawClient.connect(address);
      expect(await everythingSaid(address)).toBe(TOO_MANY);
      expect(await everythingSaid(address)).toBe(TOO_MANY);
      await first.quit();
      expect(await second.command('NOOP')).toMatch(/^200 /); // the server has read the first one's FIN by now
      const third = await RawClient.loggedIn(address);
      expect(await everythingSaid(address)).toBe(TOO_MANY);
      await Promise.all([second.quit(), third.quit()]);
    }));
});

describe('a burst beyond maxSessions', () => {
  it('of ten times as many: each is greeted or refused with a reason, and who is in is served meanwhile', () =>
    serving({ maxSessions: 20 }, async ({ address }) => {
      const inside = await RawClient.loggedIn(address);
      const burst = Array.from({ length: 200 }, () => RawClient.connect(address, ownAddress()));
      const served: string[] = [];
      for (let n = 0; n < 20; n++) served.push(await inside.command('PWD'));
      const clients = await Promise.all(burst);
      const greetings = clients.map(({ greeting }) => greeting);
      expect(greetings.filter((greeting) => greeting.startsWith('220 '))).toHaveLength(19);
      expect(greetings.filter((greeting) => greeting === TOO_MANY.trimEnd())).toHaveLength(181);
      expect(served).toEqual(new Array(20).fill('257 "/"'));
      const admitted = clients.filter(({ greeting }) => greeting.startsWith('220 '));
      for (const client of [inside, ...admitted]) {
        expect(await client.command('USER anonymous')).toMatch(/^230 /);
      }
      await Promise.all([inside, ...admitted].map((client) => client.quit()));
    }));
});

describe('idleTimeoutMs', () => {
  it('ends a session without commands, and never one with a transfer that lasts longer', () =>
    serving({ idleTimeoutMs: 1500 }, async ({ address, root }) => {
      await writeFile(join(root, 'large'), Buffer.alloc(20_000_000));
      const busy = await RawClient.loggedIn(address);
      const listener = await busy.announce();
      busy.send('RETR large\r\n');
      const socket = await listener.accepted();
      expect(await busy.reply()).toMatch(/^150 /);
      const idle = await RawClient.loggedIn(address); // later than the other's last word
      expect(await idle.reply()).toBe('421 Idle for too long.');
      await idle.ended();
      expect((await readAll(socket)).length).toBe(20_000_000);
      expect(await busy.reply()).toMatch(/^226 /);
      expect(await busy.reply()).toBe('421 Idle for too long.');
      await Promise.all([busy.ended(), listener.close()]);
    }));

  it('by default is 15 minutes', () => {
    expect(fillOptions({}).idleTimeoutMs).toBe(900_000);
  });
});

describe('banner', () => {
  it.each([
    [undefined, '220 port20 FTP server ready.'],
    ['Welcome.', '220 Welcome.'],
    ['Übel\r\n\r\n220 three\n last\n', '220-Übel\r\n\r\n 220 three\r\n220  last'],
  ])('%j is what the first 220 says, and no other', (banner, greeting) =>
    serving(banner === undefined ? {} : { banner }, async ({ address }) => {
      const client = await RawClient.connect(address);
      expect(client.greeting).toBe(greeting);
      expect(await client.command('REIN')).toBe('220 Ready for a new user.');
      expect(await client.command('USER anonymous')).toMatch(/^230 /);
      await client.quit();
    }),
  );
});

describe('maxSessionsPerAddress', () => {
  it('one session more of an address is greeted with 421 and closed, while another logs in', () =>
    serving({ maxSessionsPerAddress: 2 }, async ({ address }) => {
      const [greedy, modest] = [ownAddress(), ownAddress()];
      const first = await RawClient.loggedIn(address, greedy);
      const second = await RawClient.connect(address, greedy); // logged in or not
      expect(await everythingSaid(address, greedy)).toBe(TOO_MANY_FROM_ADDRESS);
      expect(await everythingSaid(address, greedy)).toBe(TOO_MANY_FROM_ADDRESS); // who is refused does not count
      const other = await RawClient.loggedIn(address, modest);
      expect(await other.command('PWD')).toMatch(/^257 /);
      await first.quit();
      expect(await second.command('NOOP')).toMatch(/^200 /); // the server has read the first one's FIN by now
      const third = await RawClient.loggedIn(address, greedy);
      expect(await everythingSaid(address, greedy)).toBe(TOO_MANY_FROM_ADDRESS);
      await Promise.all([second.quit(), third.quit(), other.quit()]);
    }));

  it.each([
    [1000, 250],
    [40, 10],
    [39, 10],
    [2, 10],
    [Number.MAX_SAFE_INTEGER, Math.floor(Number.MAX_SAFE_INTEGER / 4)],
  ])('of %i sessions are %i by default', (maxSessions, expected) => {
    expect(fillOptions({ maxSessions }).maxSessionsPerAddress).toBe(expected);
  });
});

describe('loginTimeoutMs', () => {
  it('ends a session that does not log in, whatever else it says, and no other', () =>
    serving({ loginTimeoutMs: 500, loginDelayMs: 0 }, async ({ address }) => {
      const loggedIn = await RawClient.loggedIn(address);
      const changing = await RawClient.loggedIn(address);
      expect(await changing.command('USER root')).toMatch(/^331 /);
      const idle = await RawClient.connect(address);
      expect(await idle.command('USER root')).toMatch(/^331 /);
      expect(await idle.command('PASS secret')).toMatch(/^530 /);
      expect(await idle.reply()).toBe('421 No login for too long.');
      await idle.ended();
      expect(await loggedIn.command('PWD')).toMatch(/^257 /); // older than the one that was ended
      expect(await changing.command('USER anonymous')).toMatch(/^230 /);
      await Promise.all([loggedIn.quit(), changing.quit()]);
    }));
});

interface Held {
  /** Ends the wait. */
  readonly release: () => void;
  /** Resolves when its signal ends it. */
  readonly aborted: Promise<void>;
}

/** Waits of a server that are over when the test says so, or by their signal. */
class HeldClock implements Clock {
  readonly nowMs = systemClock.nowMs;
  #held: Held[] = [];
  #wake = () => {};

  async sleep(_ms: number, signal?: AbortSignal): Promise<void> {
    const aborted = new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()));
    const released = new Promise<void>((release) => this.#held.push({ release, aborted }));
    this.#wake();
    await Promise.race([released, aborted]);
    signal?.throwIfAborted();
  }

  /** Resolves when something waits. */
  async waiting(): Promise<Held> {
    for (;;) {
      const held = this.#held.shift();
      if (held !== undefined) return held;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

describe('a refused login', () => {
  it('is answered after a delay, as is what was sent behind it; other sessions are not kept waiting', () => {
    const clock = new HeldClock();
    const test = async ({ address }: Serving) => {
      const guesser = await RawClient.connect(address);
      expect(await guesser.command('USER root')).toMatch(/^331 /);
      guesser.send('PASS secret\r\nSYST\r\nUSER anonymous\r\n');
      const order: string[] = [];
      const refused = guesser.reply().then((reply) => order.push(reply));
      const { release } = await clock.waiting();
      const other = await RawClient.loggedIn(address);
      order.push(await other.command('PWD'));
      await other.quit();
      release();
      await refused;
      expect(order).toEqual(['257 "/"', '530 Login incorrect.']);
      expect(await guesser.reply()).toMatch(/^215 /);
      expect(await guesser.reply()).toMatch(/^230 /);
      await guesser.quit();
    };
    return serving({}, test, clock);
  });

  it('by default is answered after a second', () => {
    expect(fillOptions({}).loginDelayMs).toBe(1000);
  });

  it.each([
    ['the client', (client: RawClient) => void client.socket.destroy()],
    ['the server', (_: RawClient, server: FtpServer) => void server.close()],
  ])('is waited for no longer when %s ends the session', (_, end) => {
    const clock = new HeldClock();
    const test = async ({ address, server }: Serving) => {
      const client = await RawClient.connect(address);
      client.send('USER root\r\nPASS secret\r\n');
      const { aborted } = await clock.waiting();
      end(client, server);
      await Promise.all([aborted, client.ended()]);
      await server.close();
    };
    return serving({}, test, clock);
  });

  it('ends the session when it is the third, whatever came between, and nothing behind it is answered', () =>
    serving({ loginDelayMs: 0 }, async ({ address }) => {
      const client = await RawClient.connect(address);
      expect(await client.command('USER root')).toMatch(/^331 /);
      expect(await client.command('PASS one')).toMatch(/^530 /);
      expect(await client.command('USER anonymous')).toMatch(/^230 /);
      expect(await client.command('REIN')).toMatch(/^220 /);
      expect(await client.command('PWD')).toMatch(/^530 /); // no login
      expect(await client.command('USER toor')).toMatch(/^331 /);
      expect(await client.command('PASS two')).toMatch(/^530 /);
      client.send('PASS three\r\nPASS four\r\nUSER anonymous\r\n');
      expect(await client.reply()).toBe('421 Too many failed logins.');
      await expect(client.reply()).rejects.toThrow('session ended with "" unread');
    }));

  it('ends the session at once where one attempt is all there is', () =>
    serving({ loginDelayMs: 0, maxLoginAttempts: 1 }, async ({ address }) => {
      const client = await RawClient.connect(address);
      expect(await client.command('USER root')).toMatch(/^331 /);
      expect(await client.command('PASS one')).toBe('421 Too many failed logins.');
      await client.ended();
    }));
});

async function everythingSaid({ address, port }: Endpoint, localAddress?: string): Promise<string> {
  const from = localAddress === undefined ? {} : { localAddress };
  return (await readAll(connect({ host: address, port, ...from }))).toString();
}
