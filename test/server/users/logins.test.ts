// Logins of users against a real server: in with the password, out after one fixed time with any other, and with their rights.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import type { Clock } from '../../../src/clock.ts';
import type { ServerOptions } from '../../../src/server/options.ts';
import type * as Server from '../../../src/server/server.ts';
import { EVERYTHING, everythingBut } from '../../../src/server/users/user.ts';
import { ownAddress } from '../../support/loopback.ts';
import { RawClient } from '../raw-client.ts';

/** Built: the thread that checks passwords is a program. */
const { createServer }: typeof Server = await import('../../../dist/server/server.js' as string);
const { LoginRefused } = await import('../../../dist/server/users/login.js' as string);

/** bcrypt of "Blue-Harbour 7", cheap. */
const HASH = '$2b$05$abcdefghijklmnopqrstuu.C5eTYaOqCj1JOCpoXTlv.rqKj/g1Hm';
const PASSWORD = 'PASS Blue-Harbour 7';
const DATA = fileURLToPath(new URL('./data/', import.meta.url));

let folder: string;
let server: Server.FtpServer | undefined;
/** Of the log, and why logins were refused. */
let lines: string[];
let refusals: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'port20-test-'));
  await mkdir(join(folder, 'root/mo/sub'), { recursive: true });
  await writeFile(join(folder, 'root/mo/f'), 'of mo');
  await writeFile(join(folder, 'root/f'), 'of all');
  lines = [];
  refusals = [];
});

afterEach(async () => {
  await server?.close();
  server = undefined;
  await rm(folder, { recursive: true });
});

async function listening(options: ServerOptions, clock?: Clock): Promise<Server.FtpServer> {
  const log = pino({ level: 'trace' }, { write: (line) => void lines.push(line) });
  const settings = { host: ownAddress(), port: 2121, root: join(folder, 'root'), loginDelayMs: 0, log };
  server = createServer({ ...settings, ...options }, clock);
  server.on('login', ({ outcome }) => void (outcome.kind === 'refused' && refusals.push(outcome.reason)));
  await server.listen();
  return server;
}

async function serving(users: string, options: ServerOptions = {}, clock?: Clock): Promise<Server.FtpServer> {
  const usersFile = join(folder, 'users');
  await writeFile(usersFile, users, { mode: 0o600 });
  return listening({ usersFile, ...options }, clock);
}

async function connected({ address }: Server.FtpServer): Promise<RawClient> {
  if (address === undefined) throw new Error('not listening');
  return RawClient.connect(address, ownAddress());
}

async function session(of: Server.FtpServer, user: string, pass = PASSWORD): Promise<RawClient> {
  const client = await connected(of);
  expect(await client.command(`USER ${user}`)).toMatch(/^331 /);
  expect(await client.command(pass)).toMatch(/^230 /);
  expect(await client.command('TYPE I')).toMatch(/^200 /);
  return client;
}

async function refused(of: Server.FtpServer, user: string, pass = PASSWORD): Promise<string> {
  const client = await connected(of);
  expect(await client.command(`USER ${user}`)).toMatch(/^331 /);
  const reply = await client.command(pass);
  client.socket.destroy();
  return reply;
}

describe('a user of the users file', () => {
  it('logs in with the password, to a root of its own, and to no other', async () => {
    const of = await serving(`mo:${HASH}::::mo:\njo:${HASH}:::::\nka:${HASH}::::mo/./sub:\n`);
    const mo = await session(of, 'mo');
    expect(await mo.command('SIZE f')).toBe('213 5');
    expect(await mo.command('CWD ..')).toMatch(/^250 /);
    expect(await mo.command('SIZE /../f')).toBe('213 5');
    expect(await mo.command('PWD')).toBe('257 "/"');
    const jo = await session(of, 'jo');
    expect(await jo.command('SIZE f')).toBe('213 6');
    const ka = await session(of, 'ka');
    expect(await ka.command('PWD')).toBe('257 "/sub"');
    expect(await ka.command('SIZE ../f')).toBe('213 5');
    await Promise.all([mo.quit(), jo.quit(), ka.quit()]);
  });

  it('is refused in the same words for whatever reason, which the log has, and the password is nowhere', async () => {
    const pure = (clients: string) => `:1:1::/::::::::::${clients}::`;
    const users = [`mo:${HASH}:::::`, `lo:!${HASH}:::::`, `no:*:::::`, `ka:${HASH}${pure('10.0.0.0/8')}`];
    const of = await serving(`${users.join('\n')}\n`);
    const replies = [
      await refused(of, 'mo', 'PASS s3cr3t'),
      await refused(of, 'mo', 'PASS'),
      await refused(of, 'Mo'),
      await refused(of, 'nobody', 'PASS s3cr3t'),
      await refused(of, 'lo'),
      await refused(of, 'no'),
      await refused(of, 'ka'),
      await refused(of, 'anonymous', 'PASS s3cr3t'),
      await refused(of, 'ftp', 'PASS s3cr3t'),
    ];
    expect(new Set(replies)).toEqual(new Set(['530 Login incorrect.']));
    const nobody = 'no such user';
    expect(refusals).toEqual([
      ...['wrong password', 'wrong password', nobody, nobody, 'the user is locked', 'the user is locked'],
      ...[expect.stringMatching(/^may not log in from 127\./), nobody, nobody],
    ]);
    expect(lines.join('')).not.toMatch(/s3cr3t|Blue-Harbour|\$2b\$/);
  });

  it('whose folder is not there is refused, and the log says why', async () => {
    const of = await serving(`mo:${HASH}::::gone:\n`);
    expect(await refused(of, 'mo')).toBe('530 Your folder cannot be opened, the operator has to see to it.');
    expect(refusals).toEqual([`folder '${join(folder, 'root/gone')}' cannot be opened: ENOENT`]);
    await mkdir(join(folder, 'root/gone'));
    await (await session(of, 'mo')).quit();
  });
});

describe('anonymous users beside a users file', () => {
  it('may log in where the server says so, and write where it says that', async () => {
    const of = await serving(`mo:${HASH}::::mo:\n`, { anonymous: true, write: true });
    const client = await connected(of);
    expect(await client.command('USER anonymous')).toMatch(/^230 /);
    expect(await client.command('MKD made')).toMatch(/^257 /);
    await client.quit();
  });

  it.each([
    [{ usersFile: 'u', write: true }, /^write is about anonymous users/],
    [{ usersFile: 'u', authenticate: (): undefined => undefined }, /leave out usersFile/],
    [{ anonymous: true, authenticate: (): undefined => undefined }, /leave out anonymous/],
    [{ anonymous: false }, /nobody could log in/],
  ])('%#: a setting without effect is refused', (options, reason) => {
    expect(() => createServer(options)).toThrow(reason);
  });
});

describe('the rights of a user', () => {
  const MISSING = {
    upload: '550 Permission denied: no right to upload.',
    delete: '550 Permission denied: no right to delete.',
    rename: '550 Permission denied: no right to rename.',
    mkdir: '550 Permission denied: no right to make folders.',
  } as const;
  const NEEDS = {
    upload: ['STOR new', 'APPE f', 'STOU', 'MFMT 20260101000000 f', 'SITE CHMOD 600 f'],
    delete: ['DELE f', 'RMD sub', 'XRMD sub'],
    mkdir: ['MKD made', 'XMKD made'],
  } as const;

  it.each(Object.keys(MISSING) as (keyof typeof MISSING)[])(
    'without %s: its verbs are refused and say so, the others are not',
    async (right) => {
      const of = await serving(`mo:${HASH}::::mo::deny=${right}\n`);
      const client = await session(of, 'mo');
      for (const [need, commands] of Object.entries(NEEDS)) {
        for (const command of commands) {
          const listener = await client.announce();
          const reply = await client.command(command);
          if (need === right) expect([command, reply]).toEqual([command, MISSING[right]]);
          else expect([command, reply.slice(0, 3)]).not.toEqual([command, '550']);
          if (reply.startsWith('150')) (await listener.accepted()).resume().end();
          if (reply.startsWith('150')) expect(await client.reply()).toMatch(/^226 /);
          await listener.close();
          await rm(join(folder, 'root/mo/made'), { recursive: true, force: true });
          await mkdir(join(folder, 'root/mo/sub'), { recursive: true });
          await writeFile(join(folder, 'root/mo/f'), 'of mo');
        }
      }
      expect(await client.command('RNFR f')).toMatch(/^350 /);
      const renamed = await client.command('RNTO g');
      if (right === 'rename') expect(renamed).toBe(MISSING.rename);
      else expect(renamed).toMatch(/^250 /);
      expect((await client.command('FEAT')).includes(' MFMT')).toBe(right !== 'upload');
      await client.quit();
    },
  );

  it('none: all of them are refused, and reading is not', async () => {
    const of = await serving(`mo:${HASH}::::mo::read-only\n`);
    const client = await session(of, 'mo');
    for (const command of Object.values(NEEDS).flat()) {
      const listener = await client.announce();
      expect([command, await client.command(command)]).toEqual([
        command,
        '550 Permission denied: this server is read-only.',
      ]);
      await listener.close();
    }
    const listener = await client.announce();
    expect((await client.fetch('RETR f', listener)).content.toString()).toBe('of mo');
    await listener.close();
    await client.quit();
  });

  it('without delete take nothing away: no upload over a file or into it, no rename onto one; behind it is allowed', async () => {
    const of = await serving(`mo:${HASH}::::mo::deny=delete\n`);
    const client = await session(of, 'mo');
    const no = '550 Permission denied: no right to replace what is there (delete).';
    const listener = await client.announce();
    const upload = async (command: string, bytes: string) => {
      client.send(`${command}\r\n`);
      (await listener.accepted()).resume().end(bytes);
      expect(await client.reply()).toMatch(/^150 /);
      return client.reply();
    };
    expect(await client.command('STOR f')).toBe(no);
    expect(await client.command('REST 2')).toMatch(/^350 /);
    expect(await client.command('STOR f')).toBe(no);
    expect(await upload('STOR new', 'new')).toMatch(/^226 /);
    expect(await client.command('STOR new')).toBe(no);
    expect(await client.command('RNFR new')).toMatch(/^350 /);
    expect(await client.command('RNTO f')).toBe(no);
    expect(await upload('APPE f', '+more')).toMatch(/^226 /);
    expect(await client.command('REST 10')).toMatch(/^350 /);
    expect(await upload('STOR f', '!')).toMatch(/^226 /);
    expect(await readFile(join(folder, 'root/mo/f'), 'utf8')).toBe('of mo+more!');
    await listener.close();
    await client.quit();
  });

  it('without delete an upload does not replace what has come to be while it ran', async () => {
    const of = await serving(`mo:${HASH}::::mo::deny=delete\n`);
    const client = await session(of, 'mo');
    const listener = await client.announce();
    client.send('STOR late\r\n');
    const socket = await listener.accepted();
    expect(await client.reply()).toMatch(/^150 /);
    await writeFile(join(folder, 'root/mo/late'), 'first');
    socket.resume().end('second');
    expect(await client.reply()).toMatch(/^451 /);
    expect(await readFile(join(folder, 'root/mo/late'), 'utf8')).toBe('first');
    await listener.close();
    await client.quit();
  });
});

/** Time stands still; what would be waited for is written down. */
class StillClock implements Clock {
  readonly sleptMs: number[] = [];
  nowMs(): number {
    return 5000;
  }
  async sleep(ms: number): Promise<void> {
    this.sleptMs.push(ms);
  }
}

describe('a refusal', () => {
  it('comes after the same time, whatever it is that is refused', async () => {
    const clock = new StillClock();
    const users = `mo:${HASH}::::mo::max-sessions=1\nlo:!${HASH}:::::\nno:${HASH}::::gone:\n`;
    const of = await serving(users, { loginDelayMs: 1234 }, clock);
    const inside = await session(of, 'mo');
    for (const [user, pass] of [
      ...[
        ['mo', 'PASS wrong'],
        ['mo', 'PASS'],
        ['mo', PASSWORD],
        ['lo', PASSWORD],
        ['no', PASSWORD],
      ],
      ...[
        ['nobody', PASSWORD],
        ['anonymous', 'PASS x'],
        ['m'.repeat(4000), 'PASS x'],
      ],
    ]) {
      await refused(of, user ?? '', pass);
    }
    expect(clock.sleptMs).toEqual(Array.from({ length: 8 }, () => 1234));
    await inside.quit();
  });

  it('takes longer than the slowest hash of the file, and the operator is told', async () => {
    const clock = new StillClock();
    const slow = `$6$rounds=400000$saltsalt$${'a'.repeat(86)}`;
    const of = await serving(`mo:${HASH}:::::\nslow:${slow}:::::\n`, { loginDelayMs: 1 }, clock);
    await refused(of, 'nobody');
    const told = lines.map((line) => JSON.parse(line)).find(({ level }) => level === 40);
    expect(told.msg).toMatch(
      /users: the password of 'slow' takes .* to check here, so a refused login is answered/,
    );
    expect(clock.sleptMs[0]).toBeGreaterThan(100);
  });
});

describe('sessions of one user', () => {
  const TOO_MANY = '421 Too many sessions of this user (1), try again later.';
  const USERS = `mo:${HASH}::::mo::max-sessions=1\njo:${HASH}:::::\n`;

  it('are no more than it may have, which is told to nobody without the password', async () => {
    const of = await serving(USERS);
    const first = await session(of, 'mo');
    expect(await refused(of, 'mo', 'PASS wrong')).toBe('530 Login incorrect.');
    expect(await refused(of, 'mo')).toBe(TOO_MANY);
    await (await session(of, 'jo')).quit();
    await first.quit();
    await (await session(of, 'mo')).quit();
    expect(refusals).toEqual(['wrong password', 'has 1 sessions already']);
  });

  it.each([
    ['REIN', /^220 /],
    ['USER jo', /^331 /],
  ])('are fewer after %s', async (command, reply) => {
    const of = await serving(USERS);
    const first = await session(of, 'mo');
    expect(await refused(of, 'mo')).toBe(TOO_MANY);
    expect(await first.command(command)).toMatch(reply);
    const second = await session(of, 'mo');
    expect(await first.command('USER mo')).toMatch(/^331 /);
    expect(await first.command(PASSWORD)).toBe(TOO_MANY);
    await second.quit();
  });

  it('are the same when it logs in again in its own', async () => {
    const of = await serving(USERS);
    const client = await session(of, 'mo');
    expect(await client.command(PASSWORD)).toMatch(/^202 /);
    expect(await client.command('USER mo')).toMatch(/^331 /);
    expect(await client.command(PASSWORD)).toMatch(/^230 /);
    await client.quit();
  });

  it('are none when the client is gone while its password is checked', async () => {
    const of = await serving(USERS);
    for (let n = 0; n < 5; n++) {
      const client = await connected(of);
      client.send(`USER mo\r\n${PASSWORD}\r\n`);
      client.socket.destroy();
      await client.ended();
    }
    await (await session(of, 'mo')).quit();
  });
});

describe('guessing', () => {
  it('ends the session after some, and from an address that has failed often nothing is looked at any more', async () => {
    const clock = new StillClock();
    const of = await serving(`mo:${HASH}:::::\n`, { maxLoginAttempts: 1000 }, clock);
    const from = ownAddress();
    if (of.address === undefined) throw new Error('not listening');
    const client = await RawClient.connect(of.address, from);
    const replies = [];
    for (let n = 0; n < 30; n++) {
      await client.command(`USER mo${n}`);
      replies.push(await client.command('PASS wrong'));
      if (replies.at(-1)?.startsWith('421')) break;
    }
    expect(replies.at(-1)).toBe('421 Too many failed logins from your address, try again later.');
    expect(replies).toHaveLength(27);
    expect(clock.sleptMs.filter((ms) => ms >= 2000)).toEqual(
      Array.from({ length: 15 }, (_, n) => 2000 * (n + 1)),
    );
    const again = await RawClient.connect(of.address, from);
    await again.command('USER mo');
    expect(await again.command(PASSWORD)).toMatch(/^421 Too many failed logins from your address/);
    await (await session(of, 'mo')).quit(); // from elsewhere
  });
});

describe('authenticate', () => {
  it('is asked with what the client said and from where, and decides on root, rights and sessions', async () => {
    const asked: unknown[] = [];
    const of = await listening({
      authenticate: async ({ signal, ...request }) => {
        asked.push({ ...request, aborted: signal.aborted });
        if (request.username !== 'mo') return undefined;
        return { name: 'mo', root: join(folder, 'root/mo'), may: everythingBut(['mkdir']), maxSessions: 1 };
      },
    });
    const client = await session(of, 'mo', 'PASS any thing');
    expect(await client.command('SIZE f')).toBe('213 5');
    expect(await client.command('MKD x')).toBe('550 Permission denied: no right to make folders.');
    expect(await refused(of, 'mo')).toMatch(/^421 Too many sessions of this user/);
    expect(await refused(of, 'anonymous')).toBe('530 Login incorrect.');
    const ends = { address: client.local.address, localAddress: of.address?.address, aborted: false };
    expect(asked[0]).toEqual({ username: 'mo', password: 'any thing', ...ends });
    await client.quit();
  });

  it('that throws refuses, and its words are for the log alone', async () => {
    const of = await listening({
      authenticate: ({ username }) => {
        throw username === 'known' ? new LoginRefused('has not paid') : new Error('database is down');
      },
    });
    expect(await refused(of, 'known')).toBe('530 Login incorrect.');
    expect(await refused(of, 'other')).toBe('530 Login incorrect.');
    expect(refusals).toEqual(['has not paid', 'could not be checked']);
    expect(lines.join('')).toContain('database is down');
  });

  it('that never answers keeps neither the client nor the server from ending', async () => {
    let asked = () => {};
    const waits = new Promise<void>((resolve) => {
      asked = resolve;
    });
    let aborted: AbortSignal | undefined;
    const of = await listening({
      authenticate: ({ signal }) => {
        aborted = signal;
        asked();
        return new Promise(() => {});
      },
    });
    const client = await connected(of);
    client.send('USER mo\r\nPASS x\r\n');
    await waits;
    await of.close();
    expect(aborted?.aborted).toBe(true);
    await client.ended();
  });

  it('may let somebody in whose name is anonymous, by the password it sent', async () => {
    const of = await listening({
      authenticate: ({ username, password }) =>
        password === 'me@' ? { name: username, may: EVERYTHING } : undefined,
    });
    await (await session(of, 'anonymous', 'PASS me@')).quit();
    expect(await refused(of, 'anonymous', 'PASS you@')).toBe('530 Login incorrect.');
  });
});

describe("ftpasswd's file", () => {
  it('lets its users in, by both of its hashes, but not the locked one', async () => {
    const text = await readFile(`${DATA}ftpd.passwd`, 'latin1');
    await mkdir(join(folder, 'root/jo'));
    const of = await serving(text.replaceAll('/tmp/ftp', join(folder, 'root')));
    for (const name of ['mo', 'jo']) await (await session(of, name)).quit();
    expect(await refused(of, 'mo', 'PASS Blue-Harbour 8')).toBe('530 Login incorrect.');
    expect(await refused(of, 'lo')).toBe('530 Login incorrect.');
  });
});
