// A session of the load generator, on either user-PI: transfers that end well, their ports, and the owner's part.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { DataPort } from '../../src/client/options.ts';
import type { TransferReport, TransferRequest } from '../../src/client/types.ts';
import { UsageError } from '../../src/errors.ts';
import { openDescriptors, ownAddress } from '../support/loopback.ts';
import { closeAll, deferred, rejection, responder } from './harness.ts';
import { DOWNLOADS, type Script } from './responder.ts';
import {
  CONTENT,
  optionsFor,
  reportOf,
  sending,
  sessionFor,
  sessionOf,
  sha1,
  storing,
  TIMEOUT_MS,
  USER_PIS,
} from './user-pis.ts';

afterEach(closeAll);

const RETR: TransferRequest = { direction: 'retr', path: 'file' };
const FILES = { 'an empty file': 0, 'ten bytes': 10, '1 MiB': 2 ** 20 } as const;
const MUCH = randomBytes(5 * 2 ** 20);

/** Sends `text` in packets as small as they get. */
async function trickle(control: Socket, text: string): Promise<void> {
  for (const character of text) {
    control.write(character);
    await nextTurn();
  }
}

describe.each(USER_PIS)('on %s, a transfer that ends well', (_name, open) => {
  it('is reported with its bytes, their hash, both ends and the reply', async () => {
    const session = await sessionFor(open, { RETR: sending(CONTENT) });
    const report = await session.transfer(RETR);
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
  });

  describe.each(Object.entries(FILES))('of %s', (_what, bytes) => {
    const content = randomBytes(bytes);
    const whole = { bytes, hash: sha1(content), replyCode: 226, error: undefined };

    it.each(Object.entries(DOWNLOADS))('is a download from a server that %s', async (_order, script) => {
      const session = await sessionFor(open, { RETR: script(content) });
      for (let round = 0; round < 3; round++) {
        expect(await session.transfer(RETR)).toMatchObject({ command: 'RETR', ...whole });
      }
    });

    it('is an upload', async () => {
      const stored: Buffer[] = [];
      const session = await sessionFor(open, { STOR: storing(stored) });
      const report = await session.transfer({ direction: 'stor', path: 'file', content });
      expect(report).toMatchObject({ command: 'STOR', ...whole });
      expect(stored.map(sha1)).toEqual([sha1(content)]);
    });
  });

  it('may be one of 5 MiB', async () => {
    const stored: Buffer[] = [];
    const session = await sessionFor(open, { RETR: sending(MUCH), STOR: storing(stored) });
    const whole = { bytes: MUCH.length, hash: sha1(MUCH), error: undefined };
    expect(await session.transfer(RETR)).toMatchObject(whole);
    expect(await session.transfer({ direction: 'stor', path: 'file', content: MUCH })).toMatchObject(whole);
    expect(stored.map(sha1)).toEqual([sha1(MUCH)]);
  });

  it('may be an upload of nothing', async () => {
    const session = await sessionFor(open, { STOR: storing([]) });
    const report = await session.transfer({ direction: 'stor', path: 'file' });
    expect(report).toMatchObject({ bytes: 0, hash: sha1(''), replyCode: 226, error: undefined });
  });

  it.each(['-rw-r--r-- 1 ftp ftp 10 Jan 01 12:00 tén\r\n', ''])('may be the listing %j', async (listing) => {
    const session = await sessionFor(open, { LIST: sending(listing) });
    expect(await session.transfer({ direction: 'list', path: 'sub' })).toMatchObject({
      command: 'LIST',
      bytes: Buffer.byteLength(listing),
      hash: sha1(listing),
      replyCode: 226,
      error: undefined,
    });
  });

  it('works on IPv6', async () => {
    const started = await responder({ RETR: sending(CONTENT) }, { address: '::1' });
    const session = await sessionOf(open, started);
    const report = await session.transfer(RETR);
    expect(report).toMatchObject({ error: undefined, hash: sha1(CONTENT), remote: { address: '::1' } });
    expect(started.commands.at(-2)).toBe(`EPRT |2|::1|${report.local?.port}|`);
  });

  it('is announced with EPRT on request', async () => {
    const started = await responder({ RETR: sending('x') });
    const session = await sessionOf(open, started, { activeMode: { command: 'EPRT' } });
    const { local } = await session.transfer(RETR);
    expect(started.commands.at(-2)).toBe(`EPRT |1|${local?.address}|${local?.port}|`);
  });

  it('sends the commands that are needed and no more', async () => {
    const started = await responder({ RETR: sending('x'), LIST: sending('x') });
    const session = await sessionOf(open, started);
    await session.transfer({ direction: 'retr', path: '/sub/tén' });
    await session.transfer({ direction: 'list', path: 'sub' });
    await session.transfer({ direction: 'list', path: '' });
    expect(started.commands.map((line) => line.replace(/^PORT.*/, 'PORT'))).toEqual([
      ...['USER anonymous', 'PASS x', 'TYPE I'],
      ...['PORT', 'RETR /sub/tén', 'PORT', 'LIST sub', 'PORT', 'LIST'],
    ]);
  });

  it('takes replies of several lines, in any packets', async () => {
    const session = await sessionFor(open, {
      PORT: ({ control }) => trickle(control, '200-as you\r\n226 wish\r\n200 go on\r\n'),
      RETR: async (turn) => {
        const data = await turn.connect();
        await trickle(turn.control, '150-here\r\n it\r\n150 comes\r\n');
        await new Promise<void>((sent) => data.end(CONTENT, sent));
        await trickle(turn.control, '226-all of\r\n425 it\r\n226 done\r\n');
      },
    });
    expect(await session.transfer(RETR)).toMatchObject({ replyCode: 226, error: undefined });
    expect(await session.transfer(RETR)).toMatchObject({ hash: sha1(CONTENT), error: undefined });
  });

  const orders: Readonly<Record<string, Script>> = {
    'its 226 comes before its 150': async (turn) => {
      const data = await turn.connect();
      turn.reply('226 done', '150 here it comes');
      data.end(CONTENT);
    },
    'its 226 comes long after its last byte': async (turn) => {
      const data = await turn.connect();
      turn.reply('150 here it comes');
      data.resume().end(CONTENT);
      await once(data, 'close');
      turn.reply('226 done');
    },
    'other 1xx come with its 150': async (turn) => {
      turn.reply('110 marker', '150 soon', '150 sooner');
      const data = await turn.connect();
      data.end(CONTENT, () => turn.reply('110 marker', '226 done'));
    },
    'a 250 ends it': async (turn) => {
      const data = await turn.connect();
      turn.reply('125 at once');
      data.end(CONTENT, () => turn.reply('250 done'));
    },
  };
  it.each(Object.entries(orders))('may be one where %s', async (_order, script) => {
    const report = await reportOf(open, script);
    expect(report).toMatchObject({ hash: sha1(CONTENT), error: undefined, usable: true });
  });

  it('may have its data connection before the transfer command', async () => {
    const came = deferred();
    let data: Promise<Socket> | undefined;
    const session = await sessionFor(
      open,
      {
        PORT: (turn) => {
          data = turn.connect();
          void came.promise.then(() => turn.reply('200 connected'));
        },
        RETR: async (turn) => {
          turn.reply('150 at once');
          (await data)?.end('early', () => turn.reply('226 done'));
        },
      },
      { activeMode: { onConnection: () => came.resolve() } },
    );
    expect(await session.transfer(RETR)).toMatchObject({ hash: sha1('early'), error: undefined });
  });

  it('has one data connection: a second finds nobody', async () => {
    const taken = deferred();
    let second: unknown;
    const report = await reportOf(
      open,
      async (turn) => {
        const data = await turn.connect();
        await taken.promise;
        second = (await rejection(turn.connect())).code;
        turn.reply('150 one is enough');
        data.end('x', () => turn.reply('226 done'));
      },
      { activeMode: { onConnection: () => taken.resolve() } },
    );
    expect(report.error).toBeUndefined();
    expect(second).toBe('ECONNREFUSED');
  });

  it('may come after any time in which there was none', async () => {
    const session = await sessionFor(open, { RETR: sending('x') }, { timeoutMs: TIMEOUT_MS });
    await session.transfer(RETR);
    await delay(2 * TIMEOUT_MS);
    expect(await session.transfer(RETR)).toMatchObject({ error: undefined });
  });
});

describe.each(USER_PIS)('on %s, the port', (_name, open) => {
  async function localsOf(port: DataPort, address = ownAddress()) {
    const stored: Buffer[] = [];
    const scripts = { RETR: sending('x'), STOR: storing(stored) };
    const session = await sessionOf(open, await responder(scripts, { address }), { activeMode: { port } });
    const reports: TransferReport[] = [];
    for (const direction of ['retr', 'stor', 'retr', 'stor', 'retr'] as const) {
      reports.push(await session.transfer({ direction, path: 'file', content: CONTENT }));
    }
    expect(reports.map(({ error }) => error)).toEqual(Array(5).fill(undefined));
    expect(stored.map(sha1)).toEqual([sha1(CONTENT), sha1(CONTENT)]);
    return { control: session.local, locals: reports.map(({ local }) => local) };
  }

  it('is another one each time when fresh', async () => {
    const { control, locals } = await localsOf('fresh');
    expect(new Set(locals.map((local) => local?.port)).size).toBeGreaterThan(1);
    expect(locals.map((local) => local?.port)).not.toContain(control.port);
  });

  it('stays the same when sticky', async () => {
    const { control, locals } = await localsOf('sticky');
    expect(new Set(locals.map((local) => local?.port)).size).toBe(1);
    expect(locals[0]?.port).not.toBe(control.port);
  });

  it.each([ownAddress(), '::1'])("is the control connection's own by default, at %s", async (address) => {
    const { control, locals } = await localsOf('default', address);
    expect(locals).toEqual(Array(5).fill(control));
  });

  it('is the one that was asked for', async () => {
    const { locals } = await localsOf(2122);
    expect(locals.map((local) => local?.port)).toEqual(Array(5).fill(2122));
  });

  it('of every transfer may end in one and the same 4-tuple', async () => {
    const started = await responder({
      RETR: async (turn) => {
        const data = await turn.connect({ port: started.endpoint.port - 1 });
        turn.reply('150 from L-1 to U');
        data.end('x');
        await once(data, 'close');
        turn.reply('226 done');
      },
    });
    const activeMode = { port: 'default', expectSourcePort: 'default' } as const;
    const session = await sessionOf(open, started, { activeMode });
    const { address, port } = started.endpoint;
    for (let round = 0; round < 3; round++) {
      expect(await session.transfer(RETR)).toMatchObject({
        local: session.local,
        remote: { address, port: port - 1 },
        error: undefined,
      });
    }
  });
});

describe.each(USER_PIS)('on %s, the owner', (_name, open) => {
  it('ends everything at once by the signal', async () => {
    const controller = new AbortController();
    const report = await reportOf(open, () => controller.abort(), { signal: controller.signal });
    expect(report).toMatchObject({ error: { kind: 'cancelled' }, usable: false });
  });

  const moments: Readonly<Record<string, (reached: () => void) => Readonly<Record<string, Script>>>> = {
    'the reply to PORT': (reached) => ({ PORT: reached }),
    'the data connection': (reached) => ({ RETR: reached, STOR: reached }),
    'the 150': (reached) => {
      const connect: Script = async (turn) => {
        await turn.connect();
        reached();
      };
      return { RETR: connect, STOR: connect };
    },
    'the next byte': (reached) => {
      const halfway: Script = async (turn) => {
        const data = await turn.connect();
        turn.reply('150 go');
        data.write('half', () => reached());
      };
      return { RETR: halfway, STOR: halfway };
    },
  };
  describe.each(Object.entries(moments))('closes while %s is awaited', (_what, scripts) => {
    it.each(['retr', 'stor'] as const)('of a %s: it is cancelled', async (direction) => {
      const reached = deferred();
      const session = await sessionFor(open, scripts(reached.resolve));
      const content = Buffer.alloc(64 * 2 ** 20);
      const running = session.transfer({ direction, path: 'file', content });
      await reached.promise;
      session.close();
      expect(await running).toMatchObject({ error: { kind: 'cancelled' } });
      expect(session.usable).toBe(false);
      expect((await session.transfer(RETR)).error).toEqual({ kind: 'cancelled' });
    });
  });

  it('may close in the moment in which it starts', async () => {
    const session = await sessionFor(open, {});
    const running = session.transfer(RETR);
    session.close();
    expect((await running).error).toEqual({ kind: 'cancelled' });
  });

  it('closes with QUIT', async () => {
    const sent = deferred<Socket>();
    const started = await responder({ RETR: ({ control }) => sent.resolve(control) });
    const session = await sessionOf(open, started);
    const running = session.transfer(RETR);
    const control = await sent.promise;
    session.close();
    await running;
    await once(control, 'close');
    expect(started.commands.at(-1)).toBe('QUIT');
  });

  it('hears what active mode tells, too', async () => {
    const told: unknown[] = [];
    const activeMode = {
      onListening: () => told.push('listening'),
      onConnection: () => told.push('connection'),
      onReply: (replyCode: number) => told.push(replyCode),
    };
    const session = await sessionFor(open, { RETR: sending(CONTENT) }, { activeMode });
    await session.transfer(RETR);
    expect(told.slice(0, 1)).toEqual(['listening']);
    expect(told.slice(1, 3)).toEqual(expect.arrayContaining(['connection', 150]));
    expect(told.slice(3)).toEqual([226]);
  });

  it('may give one signal to many sessions', async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => warnings.push(warning);
    process.on('warning', onWarning);
    const { signal } = new AbortController();
    const started = await responder({});
    const sessions = await Promise.all(
      Array.from({ length: 40 }, () => open(optionsFor(started, { signal }))),
    );
    for (const session of sessions) session.close();
    process.off('warning', onWarning);
    expect(warnings).toEqual([]);
  });

  it.each([
    ['a path of two lines', { ...RETR, path: 'file\r\nDELE file' }],
    ['PORT on IPv6', RETR],
  ])('is told of a mistake that is no failed transfer: %s', async (_mistake, request) => {
    const started = await responder({}, { address: '::1' });
    const session = await sessionOf(open, started, { activeMode: { command: 'PORT' } });
    expect(await rejection(session.transfer(request))).toBeInstanceOf(UsageError);
    expect(session.usable).toBe(true);
  });

  it('cannot run two transfers at once', async () => {
    const session = await sessionFor(open, { RETR: sending('x') });
    const first = session.transfer(RETR);
    expect(await rejection(session.transfer(RETR))).toEqual(
      new UsageError('a session runs one transfer at a time'),
    );
    expect(await first).toMatchObject({ error: undefined });
  });

  it('is told of an option out of range when the session is opened', async () => {
    const options = optionsFor(await responder({}), { activeMode: { port: 70_000 } });
    expect(await rejection(open(options))).toBeInstanceOf(UsageError);
  });

  it('leaves no descriptor after 200 sessions', async () => {
    const controls: Socket[] = [];
    const started = await responder({
      RETR: sending(CONTENT),
      LIST: (turn) => {
        controls.push(turn.control);
        turn.reply('450 not now');
      },
    });
    const run = async (): Promise<void> => {
      const session = await open(optionsFor(started));
      await session.transfer(RETR);
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
});
