// A session of the load generator: what its reports say of transfers that end well, badly, or not at all.
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { LoginError } from '../../src/client/login.ts';
import { openSession } from '../../src/client/session.ts';
import type { ClientSession, SessionOptions } from '../../src/client/types.ts';
import { UsageError } from '../../src/errors.ts';
import { closedPort, openDescriptors, ownAddress } from '../support/loopback.ts';
import { closeAll, deferred, rejection, responder } from './harness.ts';
import type { Responder, Script, Scripts } from './responder.ts';

afterEach(closeAll);

/** Long enough for a login on a busy machine. */
const TIMEOUT_MS = 300;
const CONTENT = randomBytes(2 ** 20);

const retrieve: Script = async (turn) => {
  const data = await turn.connect();
  turn.reply('150 here it comes');
  data.end(CONTENT, () => turn.reply('226 done'));
};

const stored: Buffer[] = [];
const store: Script = async (turn) => {
  const data = await turn.connect();
  turn.reply('150 send it');
  stored.push(await buffer(data));
  turn.reply('226 stored');
};

function sha1(content: Buffer | string): string {
  return createHash('sha1').update(content).digest('hex');
}

function optionsFor({ endpoint }: Responder, more: Partial<SessionOptions> = {}): SessionOptions {
  const localAddress = endpoint.address === '::1' ? '::1' : ownAddress();
  return { server: endpoint, localAddress, user: 'anonymous', password: 'x', timeoutMs: 30_000, ...more };
}

async function sessionFor(scripts: Scripts, more: Partial<SessionOptions> = {}): Promise<ClientSession> {
  return openSession(optionsFor(await responder(scripts), more));
}

/** One download from a server with this script, on a session that is closed after it. */
async function reportOf(script: Script, more: Partial<SessionOptions> = {}) {
  const session = await sessionFor({ RETR: script }, more);
  const report = await session.transfer({ direction: 'retr', path: 'file' });
  const { usable } = session;
  session.close();
  return { ...report, usable };
}

describe('a transfer that ends well', () => {
  it('is reported with its bytes, their hash, both ends and the reply', async () => {
    const session = await sessionFor({ RETR: retrieve });
    const report = await session.transfer({ direction: 'retr', path: 'file' });
    expect(report).toEqual({
      command: 'RETR',
      startedAtMs: expect.any(Number),
      endedAtMs: expect.any(Number),
      bytes: CONTENT.length,
      hash: sha1(CONTENT),
      replyCode: 226,
      local: { address: session.local.address, port: expect.any(Number) },
      remote: { address: expect.stringMatching(/^127\./), port: expect.any(Number) },
      error: undefined,
    });
    expect(report.endedAtMs).toBeGreaterThan(report.startedAtMs);
    session.close();
  });

  it('may be an upload, of nothing too', async () => {
    const session = await sessionFor({ STOR: store });
    const full = await session.transfer({ direction: 'stor', path: 'file', content: CONTENT });
    const empty = await session.transfer({ direction: 'stor', path: 'file' });
    expect(full).toMatchObject({
      command: 'STOR',
      bytes: CONTENT.length,
      hash: sha1(CONTENT),
      replyCode: 226,
    });
    expect(empty).toMatchObject({ bytes: 0, hash: sha1(''), replyCode: 226 });
    expect(stored.splice(0).map((file) => sha1(file))).toEqual([sha1(CONTENT), sha1('')]);
    session.close();
  });

  it('may be a listing', async () => {
    const listing = '-rw-r--r-- 1 ftp ftp 10 Jan 01 12:00 tén\r\n';
    const session = await sessionFor({
      LIST: async (turn) => {
        const data = await turn.connect();
        turn.reply('150 listing');
        data.end(listing, () => turn.reply('226 done'));
      },
    });
    expect(await session.transfer({ direction: 'list', path: 'sub' })).toMatchObject({
      command: 'LIST',
      bytes: Buffer.byteLength(listing),
      hash: sha1(listing),
      replyCode: 226,
      error: undefined,
    });
    session.close();
  });

  it('works on IPv6', async () => {
    const session = await openSession(optionsFor(await responder({ RETR: retrieve }, { address: '::1' })));
    const report = await session.transfer({ direction: 'retr', path: 'file' });
    expect(report).toMatchObject({ error: undefined, hash: sha1(CONTENT), remote: { address: '::1' } });
    session.close();
  });

  it('sends the commands that are needed and no more', async () => {
    const started = await responder({ RETR: retrieve });
    const session = await openSession(optionsFor(started));
    await session.transfer({ direction: 'retr', path: '/sub/file' });
    await session.transfer({ direction: 'retr', path: '/sub/file' });
    expect(started.commands.map((line) => line.replace(/^PORT.*/, 'PORT'))).toEqual([
      'USER anonymous',
      'PASS x',
      'TYPE I',
      'PORT',
      'RETR /sub/file',
      'PORT',
      'RETR /sub/file',
    ]);
    session.close();
  });
});

describe('a transfer that fails', () => {
  const refusals = [
    [
      "425 Can't build data connection: bind 127.0.0.1:2120: EADDRINUSE after 11 tries (55 s)",
      { kind: 'socket-error', phase: 'bind', code: 'EADDRINUSE' },
    ],
    [
      "425 Can't build data connection: connect 127.0.0.1:2120 -> 127.0.0.2:4000: ECONNREFUSED",
      { kind: 'socket-error', phase: 'connect', code: 'ECONNREFUSED' },
    ],
    ["425 Can't build data connection: address in use.", { kind: 'ftp-reply', replyCode: 425 }],
    ['550 no such file', { kind: 'ftp-reply', replyCode: 550 }],
    ['450 busy', { kind: 'ftp-reply', replyCode: 450 }],
  ] as const;

  it.each(refusals)('by %s', async (text, error) => {
    const report = await reportOf((turn) => turn.reply(text));
    const replyCode = Number(text.slice(0, 3));
    expect(report).toMatchObject({ error, replyCode, bytes: 0, remote: undefined, usable: true });
  });

  it('by a 425 runs again on the same session', async () => {
    const scripts: Script[] = [(turn) => turn.reply('425 no'), retrieve];
    const session = await sessionFor({ RETR: (turn) => scripts.shift()?.(turn) });
    expect((await session.transfer({ direction: 'retr', path: 'file' })).error).toBeDefined();
    expect((await session.transfer({ direction: 'retr', path: 'file' })).error).toBeUndefined();
    session.close();
  });

  it('by a refused PORT', async () => {
    const session = await sessionFor({ PORT: (turn) => turn.reply('501 not there') });
    const report = await session.transfer({ direction: 'retr', path: 'file' });
    expect(report).toMatchObject({ error: { kind: 'ftp-reply', replyCode: 501 }, replyCode: 501 });
    session.close();
  });

  it('by a 421, which ends the session', async () => {
    const report = await reportOf((turn) => turn.reply('421 too many of you'));
    expect(report).toMatchObject({ error: { kind: 'ftp-reply', replyCode: 421 }, usable: false });
  });

  it('by a 426 halfway', async () => {
    const report = await reportOf(async (turn) => {
      const data = await turn.connect();
      turn.reply('150 here');
      data.end('half', () =>
        turn.reply('426 Data connection lost: transfer 127.0.0.1:20 -> 127.0.0.2:4000: EIO'),
      );
    });
    expect(report).toMatchObject({
      error: { kind: 'socket-error', phase: 'transfer', code: 'EIO' },
      replyCode: 426,
      usable: true,
    });
  });

  it('by a data connection that is reset', async () => {
    const started = deferred();
    const report = await reportOf(
      async (turn) => {
        const data = await turn.connect();
        turn.reply('150 here');
        await started.promise;
        // libuv reads a reset that comes together with bytes as their end: so these come without any.
        data.resetAndDestroy();
      },
      { activeMode: { onReply: () => started.resolve() } },
    );
    const error = { kind: 'socket-error', phase: 'transfer', code: 'ECONNRESET' };
    expect(report).toMatchObject({ error, replyCode: undefined, usable: false });
  });

  const controlEnds: readonly (readonly [string, (control: Socket) => unknown, string])[] = [
    ['closed', (control) => control.end(), 'EOF'],
    ['reset', (control) => control.resetAndDestroy(), 'ECONNRESET'],
  ];
  it.each(controlEnds)('by a control connection that is %s', async (_how, end, code) => {
    const report = await reportOf(({ control }) => void end(control));
    expect(report).toMatchObject({ error: { kind: 'socket-error', phase: 'control', code }, usable: false });
  });

  it('because the session has ended before it', async () => {
    const session = await sessionFor({ RETR: ({ control }) => void control.end() });
    await session.transfer({ direction: 'retr', path: 'file' });
    const { error } = await session.transfer({ direction: 'retr', path: 'file' });
    expect(error).toEqual({ kind: 'socket-error', phase: 'control', code: 'ENOTCONN' });
    session.close();
  });
});

describe('a transfer that takes too long', () => {
  const slow: readonly (readonly [string, Script, string])[] = [
    ['to connect', () => {}, 'connect'],
    ['to connect after its 150', (turn) => turn.reply('150 soon'), 'connect'],
    ['to reply 150', async (turn) => void (await turn.connect()), 'reply'],
    [
      'to send its bytes',
      async (turn) => {
        (await turn.connect()).write('some');
        turn.reply('150 here');
      },
      'transfer',
    ],
    [
      'to reply 226',
      async (turn) => {
        (await turn.connect()).end('all');
        turn.reply('150 here');
      },
      'reply',
    ],
  ];
  it.each(slow)('%s is told by its phase', async (_what, script, phase) => {
    const report = await reportOf(script, { timeoutMs: TIMEOUT_MS });
    expect(report).toMatchObject({ error: { kind: 'timed-out', phase }, usable: false });
  });

  it('to answer the PORT waits for a reply', async () => {
    const session = await sessionFor({ PORT: () => {} }, { timeoutMs: TIMEOUT_MS });
    const { error } = await session.transfer({ direction: 'retr', path: 'file' });
    expect(error).toEqual({ kind: 'timed-out', phase: 'reply' });
    session.close();
  });
});

it('a mistake of the caller is no failed transfer', async () => {
  const options = optionsFor(await responder({}, { address: '::1' }));
  const session = await openSession({ ...options, activeMode: { command: 'PORT' } });
  const error = await rejection(session.transfer({ direction: 'retr', path: 'file' }));
  expect(error).toBeInstanceOf(UsageError);
  expect(session.usable).toBe(true);
  session.close();
});

describe('the owner', () => {
  it('ends everything at once by the signal', async () => {
    const controller = new AbortController();
    const report = await reportOf(() => controller.abort(), { signal: controller.signal });
    expect(report).toMatchObject({ error: { kind: 'cancelled' }, usable: false });
  });

  it('closes with QUIT; what runs is cancelled', async () => {
    const sent = deferred<Socket>();
    const started = await responder({ RETR: ({ control }) => sent.resolve(control) });
    const session = await openSession(optionsFor(started));
    const running = session.transfer({ direction: 'retr', path: 'file' });
    const control = await sent.promise;
    session.close();
    expect((await running).error).toEqual({ kind: 'cancelled' });
    await once(control, 'close');
    expect(started.commands.at(-1)).toBe('QUIT');
    expect(session.usable).toBe(false);
  });

  it('hears what active mode tells, too', async () => {
    const told: unknown[] = [];
    const session = await sessionFor(
      { RETR: retrieve },
      {
        activeMode: {
          onListening: () => told.push('listening'),
          onConnection: () => told.push('connection'),
          onReply: (replyCode) => told.push(replyCode),
        },
      },
    );
    await session.transfer({ direction: 'retr', path: 'file' });
    expect(told).toEqual(expect.arrayContaining(['listening', 'connection', 150, 226]));
    session.close();
  });

  it('may give one signal to many sessions', async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => warnings.push(warning);
    process.on('warning', onWarning);
    const { signal } = new AbortController();
    const started = await responder({});
    const sessions = await Promise.all(
      Array.from({ length: 40 }, () => openSession(optionsFor(started, { signal }))),
    );
    for (const session of sessions) session.close();
    process.off('warning', onWarning);
    expect(warnings).toEqual([]);
  });
});

describe('a login that fails', () => {
  async function failureOf(options: SessionOptions): Promise<LoginError> {
    return (await rejection(openSession(options))) as LoginError;
  }

  it('is refused by the server', async () => {
    const started = await responder({ PASS: (turn) => turn.reply('530 not you') });
    const options = optionsFor(started);
    const error = await failureOf(options);
    const { address, port } = started.endpoint;
    expect(error).toMatchObject({
      name: 'LoginError',
      code: 'ERR_LOGIN',
      failure: { kind: 'ftp-reply', replyCode: 530 },
      message: `can't log in to ${address}:${port} from ${options.localAddress}: 530 not you`,
    });
  });

  it.each(['421 too many', '120 in a minute'])('is turned away with %s', async (welcome) => {
    const { failure } = await failureOf(optionsFor(await responder({}, { welcome })));
    expect(failure).toEqual({ kind: 'ftp-reply', replyCode: Number(welcome.slice(0, 3)) });
  });

  it('finds nobody', async () => {
    const server = await closedPort(ownAddress());
    const started = await responder({});
    const { failure } = await failureOf({ ...optionsFor(started), server });
    expect(failure).toEqual({ kind: 'socket-error', phase: 'control', code: 'ECONNREFUSED' });
  });

  it('gets no answer', async () => {
    const started = await responder({ USER: () => {} });
    const { failure } = await failureOf(optionsFor(started, { timeoutMs: TIMEOUT_MS }));
    expect(failure).toEqual({ kind: 'timed-out', phase: 'login' });
  });

  it('is aborted: rejects with the reason of the signal', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const started = await responder({ USER: () => controller.abort(reason) });
    expect(await rejection(openSession(optionsFor(started, { signal: controller.signal })))).toBe(reason);
    expect(await rejection(openSession(optionsFor(started, { signal: controller.signal })))).toBe(reason);
  });
});

it('leaves no descriptor after 200 sessions', async () => {
  const controls: Socket[] = [];
  const started = await responder({
    RETR: retrieve,
    LIST: (turn) => {
      controls.push(turn.control);
      turn.reply('450 not now');
    },
  });
  const run = async (): Promise<void> => {
    const session = await openSession(optionsFor(started));
    await session.transfer({ direction: 'retr', path: '' });
    await session.transfer({ direction: 'list', path: '' });
    const [control] = controls.splice(0);
    session.close();
    if (control) await once(control, 'close');
  };
  await run();
  const before = openDescriptors();
  for (let round = 0; round < 200; round++) await run();
  expect(openDescriptors()).toBe(before);
});
