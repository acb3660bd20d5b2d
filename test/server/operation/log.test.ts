// The log of a server, by kinds: every verb that names a file, every login, every 425, every session; never a password.
import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { findVerb } from '../../../src/server/control/verbs/index.ts';
import { logRecords } from '../../../src/server/operation/log-records.ts';
import type { ServerOptions } from '../../../src/server/options.ts';
import { EVERYTHING } from '../../../src/server/users/user.ts';
import { closedPort, ownAddress, ownPort } from '../../support/loopback.ts';
import { RawClient, readAll } from '../raw-client.ts';
import { type Logging, type LogLine, logging } from './logging.ts';

/** What was sent with a name of each kind: spaces, UTF-8, a backslash; and the same as a log tells it. */
const NAME = 'a b\\naïve';
const SHOWN = '/folder/a b\\\\naïve';

interface Folder extends Logging {
  readonly client: RawClient;
  /** The one line about `command` that names a file. */
  lineOf(command: string): LogLine | undefined;
}

/** A client in /folder, which holds one file and one folder. */
function inFolder(options: ServerOptions, test: (folder: Folder) => Promise<void>): Promise<void> {
  return logging({ write: true, ...options }, async (one) => {
    const folder = join(one.root, 'folder');
    await mkdir(join(folder, 'sub'), { recursive: true });
    await writeFile(join(folder, NAME), 'content');
    await utimes(join(folder, NAME), 1, 1);
    const client = await RawClient.loggedIn(one.address);
    expect(await client.command('CWD folder')).toMatch(/^250 /);
    const lineOf = (command: string) => {
      const about = one.lines().filter((line) => line.command === command);
      expect([command, about.length]).toEqual([command, 1]);
      return about[0];
    };
    await test({ ...one, client, lineOf });
    await client.quit();
  });
}

/** Both replies to a transfer whose bytes do not matter. */
async function transfer(client: RawClient, command: string, content?: string): Promise<string> {
  const listener = await client.announce();
  client.send(`${command}\r\n`);
  const socket = await listener.accepted();
  if (content === undefined) await readAll(socket);
  else socket.resume().end(content);
  const replies = `${await client.reply()}\n${await client.reply()}`;
  await listener.close();
  return replies;
}

describe('a command that names a file', () => {
  it.each([
    ['RETR', { path: SHOWN, direction: 'out', bytes: 7, type: 'I' }],
    ['LIST', { path: SHOWN, direction: 'out' }],
    ['NLST', { path: SHOWN, direction: 'out' }],
  ])('%s has a line with its name, the user and both ends', (command, fields) =>
    inFolder({}, async ({ client, lineOf, address }) => {
      expect(await transfer(client, `${command} ${NAME}`)).toMatch(/^226 /m);
      const local = `${address.address}:2120`;
      const rest = { level: 30, user: 'anonymous', peer: client.local.address, local, binder: 'reuse-port' };
      expect(lineOf(command)).toMatchObject({ ...fields, ...rest, bindCalls: 1, restartBytes: 0 });
      expect(lineOf(command)?.outcome).toEqual({ kind: 'completed' });
    }),
  );

  it('MLSD names the folder, LIST and NLST the pattern', () =>
    inFolder({}, async ({ client, lineOf }) => {
      for (const line of ['MLSD sub', 'LIST s*', 'NLST -la *b']) {
        const reply = await transfer(client, line).catch(() => '');
        expect([line, reply.includes('226')]).toEqual([line, true]);
      }
      expect([lineOf('MLSD')?.path, lineOf('LIST')?.path]).toEqual(['/folder/sub', '/folder/s*']);
      expect(lineOf('NLST')?.path).toBe('/folder/*b');
    }));

  it('an upload says whether its file is new, in place of another, or longer', () =>
    inFolder({}, async ({ client, lines }) => {
      for (const line of ['STOR new', `STOR ${NAME}`, 'APPE new', 'APPE newer']) {
        expect(await transfer(client, line, 'more')).toMatch(/^226 /m);
      }
      expect(await client.command('REST 2')).toMatch(/^350 /);
      expect(await transfer(client, 'STOR new', 'more')).toMatch(/^226 /m);
      const uploads = lines().filter(({ direction }) => direction === 'in');
      expect(uploads.map(({ command, path, change, bytes }) => [command, path, change, bytes])).toEqual([
        ['STOR', '/folder/new', 'created', 4],
        ['STOR', SHOWN, 'replaced', 4],
        ['APPE', '/folder/new', 'appended', 4],
        ['APPE', '/folder/newer', 'created', 4],
        ['STOR', '/folder/new', 'appended', 4],
      ]);
      expect(uploads.at(-1)).toMatchObject({ restartBytes: 2 });
      expect(lines().filter(({ msg }) => msg?.endsWith(' done'))).toEqual([]); // a line for each, not two
    }));

  it('STOU has the name that the server gave', () =>
    inFolder({}, async ({ client, lineOf }) => {
      const [, name = ''] = /FILE: (\S+)/.exec(await transfer(client, 'STOU', 'x')) ?? [];
      expect(lineOf('STOU')).toMatchObject({ path: `/folder/${name}`, change: 'created' });
    }));

  it('each change has a line, with both names of a rename', () =>
    inFolder({}, async ({ client, lines }) => {
      for (const line of [
        'MKD made',
        'XMKD made/too',
        'XRMD made/too',
        'RMD made',
        `MFMT 20200101000000 ${NAME}`,
        `SITE CHMOD 600 ${NAME}`,
        `RNFR ${NAME}`,
        'RNTO sub/../../other',
        'DELE ../other',
      ]) {
        expect(await client.command(line)).toMatch(/^[23]\d\d /);
      }
      const changes = lines().filter(({ msg }) => msg?.endsWith(' done'));
      expect(changes.map(({ level, user, command, path, to }) => [level, user, command, path, to])).toEqual(
        [
          ['MKD', '/folder/made'],
          ['MKD', '/folder/made/too'],
          ['RMD', '/folder/made/too'],
          ['RMD', '/folder/made'],
          ['MFMT', SHOWN],
          ['SITE CHMOD', SHOWN],
          ['RNTO', SHOWN, '/other'],
          ['DELE', '/other'],
        ].map(([command, path, to]) => [30, 'anonymous', command, path, to]),
      );
    }));

  it.each([
    ...[
      'RETR',
      'STOR',
      'APPE',
      'LIST',
      'NLST',
      'MLSD',
      'DELE',
      'MKD',
      'RMD',
      'RNTO',
      'MFMT',
      'SITE CHMOD',
    ].map((command) => [command, 30] as const),
    ...['CWD', 'XCWD', 'SIZE', 'MDTM', 'MLST', 'STAT', 'RNFR'].map((command) => [command, 20] as const),
  ])('%s that is refused has a line with its name and the reason', (command, level) =>
    inFolder({ write: command !== 'RNTO' }, async ({ client, lines }) => {
      const before = lines().length;
      await client.command('PASV');
      if (command === 'RNTO') await client.command(`RNFR ${NAME}`);
      const argument = { MFMT: '20200101000000 ', 'SITE CHMOD': '600 ' }[command] ?? '';
      const place = command === 'MKD' ? NAME : `none/${NAME}`;
      const reply = await client.command(`${command} ${argument}${place}`);
      expect(reply).toMatch(/^550 /);
      const about = lines()
        .slice(before)
        .filter((line) => line.replyCode !== undefined);
      const path = command === 'MKD' || command === 'RNTO' ? SHOWN : SHOWN.replace('/folder', '/folder/none');
      const names = { command, path, ...(command === 'RNTO' && { to: `/folder/none/${SHOWN.slice(8)}` }) };
      expect(about).toMatchObject([
        { level, ...names, user: 'anonymous', replyCode: 550, reason: reply.slice(4) },
      ]);
    }),
  );

  it.each(['USER mo', 'REIN'])("is told as nobody's behind %s, whoever was logged in before", (leave) =>
    inFolder({ loginDelayMs: 0 }, async ({ client, lines }) => {
      await client.command(leave);
      expect(await client.command('DELE other')).toMatch(/^530 /);
      await client.command('USER mo');
      expect(await client.command('PASS x')).toMatch(/^530 /);
      expect(await client.command('RETR other')).toMatch(/^530 /);
      const told = lines().filter(({ replyCode }) => replyCode === 530);
      expect(told.map(({ user, command, path }) => [user, command, path])).toEqual([
        ['', 'DELE', 'other'],
        ['', 'RETR', 'other'],
      ]);
    }),
  );

  const EMPTY_PART = `.port20-${'0'.repeat(16)}-0.part`;

  it.each([
    ['I', true],
    ['A', true],
    ['I', false],
    ['A', false],
  ])('STOR behind REST is refused as a change, in TYPE %s, writable %s', (type, write) =>
    logging({ write }, async ({ address, root, server, said }) => {
      await mkdir(join(root, 'folder'));
      await writeFile(join(root, 'f'), 'content');
      const events: (readonly [string, string])[] = [];
      for (const name of ['refusal', 'fileChange'] as const) {
        server.on(name, ({ command }) => void events.push([name, command]));
      }
      const client = await RawClient.loggedIn(address);
      await client.command(`TYPE ${type}`);
      const replies: string[] = [];
      for (const name of ['none', 'folder', 'none/f', EMPTY_PART, ...(write ? [] : ['f'])]) {
        await client.command('EPSV');
        await client.command('REST 5');
        replies.push(await client.command(`STOR ${name}`));
      }
      for (const reply of replies) expect(reply).toMatch(/^55[04] /);
      // It does not tell what is there to whoever may not write.
      if (!write)
        expect(new Set(replies)).toEqual(new Set(['550 Permission denied: this server is read-only.']));
      const reasons = said('STOR refused').map(({ reason }) => reason);
      expect(reasons).toEqual(replies.map((reply) => reply.slice(4)));
      expect(events).toEqual(replies.map(() => ['fileChange', 'STOR']));
      await client.quit();
    }),
  );

  it('STOU, too, where nothing may be written', () =>
    inFolder({ write: false }, async ({ client, lineOf }) => {
      await client.command('PASV');
      expect(await client.command('STOU')).toMatch(/^550 /);
      expect(lineOf('STOU')).toMatchObject({ level: 30, replyCode: 550 });
    }));

  it('is every one that there is', async () => {
    const tested = `RETR STOR APPE LIST NLST MLSD DELE MKD XMKD RMD XRMD RNTO CWD XCWD SIZE MDTM MLST STAT RNFR`;
    const verbs: string[] = [];
    await logging({}, async ({ address }) => {
      const client = await RawClient.connect(address);
      verbs.push(...((await client.command('HELP')).match(/\b[A-Z]{3,4}\b/g) ?? []));
      await client.quit();
    });
    expect(verbs.length).toBeGreaterThan(40);
    const naming = [...new Set(verbs)].filter((verb) => findVerb(verb)?.namesFile === true);
    expect(naming.sort()).toEqual(tested.split(' ').sort());
    const withPath = [...new Set(verbs)].filter((verb) => findVerb(verb)?.syntax?.includes('<path>'));
    expect(withPath.filter((verb) => !naming.includes(verb)).sort()).toEqual(['MFMT', 'SITE']); // their own way
  });

  it('breaks no line, whatever the name is', () =>
    inFolder({}, async ({ client, text, lines }) => {
      client.send(Buffer.from('RETR \x1b[2J\xe9\xff{"level":60}\r\n', 'latin1'));
      expect(await client.reply()).toMatch(/^(?:550|503) /);
      const line = lines().find(({ command }) => command === 'RETR');
      expect(line?.path).toBe('/folder/\\x1B[2J\\xE9\\xFF{"level":60}');
      expect(text().replaceAll('\n', '')).not.toMatch(/[\x00-\x1f]/);
    }));
});

describe('a login', () => {
  it('that is refused has one line: who, from where and why', () => {
    const authenticate: ServerOptions['authenticate'] = ({ username }) => {
      if (username === 'broken') throw new Error('The user database is away.');
      return username === 'bob' ? { name: 'bob', may: EVERYTHING } : undefined;
    };
    const options = { authenticate, loginDelayMs: 0, maxLoginAttempts: 10 };
    return logging(options, async ({ address, said }) => {
      const from = ownAddress();
      const client = await RawClient.connect(address, from);
      const names = ['root', 'broken', 'ré\x1b[31m\u202ed', 'r'.repeat(100), '\u{1f600}'.repeat(100)];
      for (const name of names) {
        expect(await client.command(`USER ${name}`)).toMatch(/^331 /);
        expect(await client.command('PASS s3cr3t')).toMatch(/^530 /);
      }
      expect(await client.command('USER anonymous')).toMatch(/^331 /);
      expect(await client.command('PASS s3cr3t')).toMatch(/^530 /);
      expect(await client.command('USER bob')).toMatch(/^331 /);
      expect(await client.command('PASS s3cr3t')).toMatch(/^230 /);
      const users = ['root', 'broken', 'ré?[31m?d', 'r'.repeat(64), '\u{1f600}'.repeat(64), 'anonymous'];
      const refused = said('login refused');
      expect(refused).toMatchObject(users.map((user) => ({ level: 40, session: 1, user, peer: from })));
      const reasons = refused.map(({ reason }) => reason);
      expect(new Set(reasons)).toEqual(new Set(['not known', 'could not be checked']));
      expect(said('login accepted')).toMatchObject([{ level: 30, session: 1, user: 'bob', peer: from }]);
      await client.quit();
    });
  });

  it('the last of a session has its line, too', () =>
    logging({ loginDelayMs: 0, maxLoginAttempts: 1 }, async ({ address, said }) => {
      const client = await RawClient.connect(address);
      await client.command('USER root');
      expect(await client.command('PASS one')).toMatch(/^421 /);
      expect(said('login refused')).toMatchObject([{ user: 'root' }]);
    }));

  const SECRET = 's3cr3t-Ünlikely';
  it.each([
    ['in its place', ['USER bob', `PASS ${SECRET}`]],
    ['before USER', [`PASS ${SECRET}`, 'USER bob']],
    ['twice', ['USER bob', `PASS ${SECRET}`, `PASS ${SECRET}`]],
    ['after the login', ['USER anonymous', `PASS ${SECRET}`]],
    ['in lower case', ['user bob', `pass ${SECRET}`]],
    ['behind a tab', ['USER bob', `PASS\t${SECRET}`]],
    ['without a space', ['USER bob', `PASS${SECRET}`]],
    ['with a NUL or a CR in it', ['USER bob', `PASS ${SECRET}\0x`, `PASS x\r${SECRET}`]],
    ['that is too long a line', ['USER bob', `PASS ${SECRET}${'x'.repeat(5000)}`]],
    ['as an account', ['USER bob', `ACCT ${SECRET}`]],
    ['to SITE', ['USER anonymous', `SITE PASSWD ${SECRET}`, `SITE ${SECRET}`]],
    ['to what is no command', [SECRET, `USR ${SECRET}`, `AUTH ${SECRET}`, `OPTS ${SECRET}`]],
    [
      'where a path is wanted',
      ['USER anonymous', `SITE CHMOD ${SECRET}`, `MFMT ${SECRET}`, `TYPE ${SECRET}`],
    ],
  ])('a password %s is in no line of any level', (_, said) =>
    logging({ loginDelayMs: 0, maxLoginAttempts: 10 }, async ({ address, text, until }) => {
      const client = await RawClient.connect(address);
      for (const line of said) expect(await client.command(line)).toMatch(/^\d{3}/);
      await client.quit();
      await until('session ended');
      expect(text().toLowerCase()).not.toContain('s3cr3t');
    }),
  );
});

describe('a 425', () => {
  const warnings = (lines: readonly LogLine[]) => lines.filter(({ level }) => level === 40);

  it('for a port in use has advice that names the port and the way out', () =>
    logging({ binder: 'legacy', retry: 'none' }, async ({ address, root, lines }) => {
      await writeFile(join(root, 'f'), 'content');
      const client = await RawClient.loggedIn(address);
      await transfer(client, 'RETR f');
      await client.announce().then((listener) => listener.close());
      expect(await client.command('RETR f')).toMatch(/^425 /);
      expect(warnings(lines())).toMatchObject([
        {
          ...{ command: 'RETR', path: '/f', binder: 'legacy', bindCalls: 1 },
          outcome: { kind: 'failed', phase: 'bind', code: 'EADDRINUSE' },
          advice: expect.stringMatching(/--binder reuse-port.*2120/),
        },
      ]);
      await client.quit();
    }));

  it('for a client that does not listen', () =>
    logging({}, async ({ address, root, lines }) => {
      await writeFile(join(root, 'f'), 'content');
      const client = await RawClient.loggedIn(address);
      const { port } = await closedPort(client.local.address);
      const numbers = [...client.local.address.split('.'), port >> 8, port & 255].join(',');
      await client.command(`PORT ${numbers}`);
      expect(await client.command('RETR f')).toMatch(/^425 .*ECONNREFUSED/);
      expect(warnings(lines())).toMatchObject([
        { outcome: { code: 'ECONNREFUSED' }, advice: expect.stringContaining('NAT') },
      ]);
      await client.quit();
    }));

  it('for one that does not come', () =>
    logging({ acceptTimeoutMs: 20 }, async ({ address, root, lines }) => {
      await writeFile(join(root, 'f'), 'content');
      const client = await RawClient.loggedIn(address);
      await client.command('EPSV');
      expect(await client.command('RETR f')).toMatch(/^425 .*ETIMEDOUT/);
      expect(warnings(lines())).toMatchObject([
        {
          binder: 'passive',
          outcome: { code: 'ETIMEDOUT' },
          advice: expect.stringMatching(/passive port \d+: open the passive ports in the firewall/),
        },
      ]);
      await client.quit();
    }));

  it('for a client whose last connection is not over', () =>
    logging({}, async ({ address, root, lines }) => {
      await writeFile(join(root, 'large'), Buffer.alloc(20_000_000));
      const first = await RawClient.loggedIn(address);
      const second = await RawClient.loggedIn(address, first.local.address);
      const listener = await first.announce();
      const { address: host, port } = listener.endpoint;
      first.send('RETR large\r\n');
      const socket = await listener.accepted(); // and does not read
      expect(await first.reply()).toMatch(/^150 /);
      expect(await second.command(`EPRT |1|${host}|${port}|`)).toMatch(/^200 /);
      expect(await second.command('RETR large')).toMatch(/^425 .*EADDRNOTAVAIL/);
      expect(warnings(lines())).toMatchObject([{ advice: expect.stringContaining('--connect-retry') }]);
      socket.destroy();
      await Promise.all([first.quit(), second.quit()]);
      await listener.close();
    }));

  it.each(['PASV', 'EPSV'])(
    'to %s, for which no port is left, is one line, which names the setting',
    (command) =>
      logging({ passivePorts: { low: 50_000, high: 50_000 } }, async ({ address, lines }) => {
        const [first, second] = [await RawClient.loggedIn(address), await RawClient.loggedIn(address)];
        await first.command('EPSV');
        const reply = await second.command(command);
        expect(reply).toMatch(/^425 /);
        expect(warnings(lines())).toEqual([
          expect.objectContaining({
            ...{ msg: `${command} refused`, replyCode: 425, code: 'EADDRINUSE', reason: reply.slice(4) },
            advice: expect.stringContaining('--passive-ports'),
          }),
        ]);
        await Promise.all([first.quit(), second.quit()]);
      }),
  );

  it('to PASV, for which no data connection is tried, has its line, too', () =>
    logging({ host: '::1', port: ownPort() }, async ({ address, lines }) => {
      const client = await RawClient.loggedIn(address);
      expect(await client.command('PASV')).toMatch(/^425 /);
      expect(warnings(lines())).toMatchObject([
        { command: 'PASV', replyCode: 425, advice: expect.stringContaining('EPSV') },
      ]);
      await client.quit();
    }));
});

describe('a session', () => {
  it('has a line as it begins and one as it ends, at debug: what it moved and why it ended', () =>
    logging({ write: true }, async ({ address, said, until }) => {
      const client = await RawClient.loggedIn(address);
      await transfer(client, 'STOR f', 'content');
      await transfer(client, 'RETR f');
      await transfer(client, 'RETR f');
      await client.quit();
      expect(said('session begun')).toMatchObject([{ level: 20, session: 1 }]);
      const totals = { transfers: 3, bytesIn: 7, bytesOut: 14, user: 'anonymous', reason: 'QUIT' };
      expect(await until('session ended')).toMatchObject({ level: 20, session: 1, ...totals });
    }));

  it.each([
    ['closed by the client', (client: RawClient) => void client.socket.end()],
    ['ECONNRESET', (client: RawClient) => void client.socket.resetAndDestroy()],
    ['Too many commands at once.', (client: RawClient) => client.send('NOOP\r\n'.repeat(300))],
  ])('says that it ended by: %s', (reason, end) =>
    logging({}, async ({ address, until }) => {
      const client = await RawClient.loggedIn(address);
      end(client);
      expect(await until('session ended')).toMatchObject({ reason });
    }),
  );

  it('says that the server ended it', () =>
    logging({}, async ({ address, said, server }) => {
      const client = await RawClient.loggedIn(address);
      await server.close();
      await client.ended();
      expect(said('session ended')).toMatchObject([{ reason: 'The server is closing.' }]);
    }));

  it('that is turned away with 421 has one, too', () =>
    logging({ maxSessions: 1 }, async ({ address, said }) => {
      const client = await RawClient.connect(address);
      await readAll(connect({ host: address.address, port: address.port }));
      expect(said('session refused')).toMatchObject([
        { level: 30, peer: '127.0.0.1', reason: 'Too many sessions, try again later.' },
      ]);
      await client.quit();
    }));
});

describe('a level that is off', () => {
  it('costs nothing: nobody listens to what it would tell', async () => {
    const { hasSubscribers } = await import('node:diagnostics_channel');
    const channels = ['login', 'data-connection', 'file-change', 'session', 'refusal'].map(
      (name) => `port20:${name}`,
    );
    const listenedTo = (level: string) => {
      const stop = logRecords(pino({ level }));
      const listened = channels.filter((channel) => hasSubscribers(channel));
      stop();
      return listened;
    };
    expect(listenedTo('silent')).toEqual([]);
    expect(listenedTo('info')).toEqual(channels);
  });
});
