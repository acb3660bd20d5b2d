// A session on either user-PI with devices that know no EPSV, PASV or EPRT, and where the client itself cannot listen.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Endpoint } from '../../src/address.ts';
import type { TransferFailure } from '../../src/client/transfer-failure.ts';
import type { ClientSession, TransferReport, TransferRequest } from '../../src/client/types.ts';
import { ownAddress } from '../support/loopback.ts';
import { closeAll, deferred, rejection, responder } from './harness.ts';
import type { Responder, Script, Scripts, Turn } from './responder.ts';
import { type OpenSession, sending, sessionOf, sha1, storing, TIMEOUT_MS, USER_PIS } from './user-pis.ts';

afterEach(closeAll);

const RETR: TransferRequest = { direction: 'retr', path: 'file' };
const EPRT = { activeMode: { command: 'EPRT' } } as const;
const CONTENT = 'what it measured';
/** How late some of these devices connect. */
const LATE_MS = 3000;

const unknown: Script = (turn) => turn.reply(`500 '${turn.verb}': command not understood.`);

function device(scripts: Scripts): Promise<Responder> {
  return responder({ EPSV: unknown, PASV: unknown, EPRT: unknown, ...scripts });
}

/** Commands since the login, and the one port that its announcements may name as P. */
function asked({ commands }: Responder, port = 0): string[] {
  const inPort = `${port >> 8},${port & 0xff}`;
  return commands
    .slice(3)
    .map((line) => line.replace(`,${inPort}`, ',P').replace(`|${port}|`, '|P|'))
    .filter((line) => line !== 'QUIT');
}

async function expectNobodyListens(local: Endpoint | undefined): Promise<void> {
  const { address: host, port } = local ?? { address: '', port: 0 };
  expect((await rejection(once(connect({ host, port }), 'connect'))).code).toBe('ECONNREFUSED');
}

function fromDataPort({ control }: Turn): Partial<Endpoint> {
  return { port: (control.localPort ?? 0) - 1 };
}

const anywhere = (): Partial<Endpoint> => ({});

const moments: Readonly<Record<string, (from: (turn: Turn) => Partial<Endpoint>) => Script>> = {
  'before its 150': (from) => async (turn) => {
    const data = await turn.connect(from(turn));
    turn.reply('150 opening');
    data.end(CONTENT, () => turn.reply('226 done'));
  },
  'after its 150': (from) => async (turn) => {
    turn.reply('150 opening');
    const data = await turn.connect(from(turn));
    data.end(CONTENT, () => turn.reply('226 done'));
  },
  '3 s after its 150': (from) => async (turn) => {
    turn.reply('150 opening');
    await delay(LATE_MS);
    const data = await turn.connect(from(turn));
    data.end(CONTENT, () => turn.reply('226 done'));
  },
};

describe.each(USER_PIS)('on %s, a device that knows PORT alone', (_name, open) => {
  describe.each([
    ['L-1', fromDataPort],
    ['anywhere', anywhere],
  ])('connects from %s', (_where, from) => {
    it.each(Object.entries(moments))('%s', async (_when, script) => {
      const started = await device({ RETR: script(from) });
      const session = await sessionOf(open, started, EPRT);
      const report = await session.transfer(RETR);
      expect(report).toMatchObject({ error: undefined, hash: sha1(CONTENT), replyCode: 226 });
      await expectNobodyListens(report.local);
    });
  });

  it('is told the same listener by PORT, and by nothing else from then on', async () => {
    const started = await device({ RETR: sending('x') });
    const session = await sessionOf(open, started, { activeMode: { command: 'EPRT', port: 'sticky' } });
    const { local } = await session.transfer(RETR);
    await session.transfer(RETR);
    const { address = '', port } = local ?? {};
    const h = address.replaceAll('.', ',');
    expect(asked(started, port)).toEqual([
      ...[`EPRT |1|${address}|P|`, `PORT ${h},P`, 'RETR file'],
      ...[`PORT ${h},P`, 'RETR file'],
    ]);
  });

  it('is uploaded to, and sends its listing', async () => {
    const stored: Buffer[] = [];
    const session = await sessionOf(open, await device({ STOR: storing(stored), LIST: sending('x') }), EPRT);
    const upload = { direction: 'stor', path: 'file', content: Buffer.from(CONTENT) } as const;
    expect(await session.transfer(upload)).toMatchObject({ error: undefined, replyCode: 226 });
    expect(await session.transfer({ direction: 'list', path: '' })).toMatchObject({ error: undefined });
    expect(stored.map(String)).toEqual([CONTENT]);
  });

  it('may connect when it has read the PORT', async () => {
    const came = deferred();
    let data: ReturnType<Turn['connect']> | undefined;
    const started = await device({
      PORT: (turn) => {
        data = turn.connect();
        void came.promise.then(() => turn.reply('200 connected'));
      },
      RETR: async (turn) => {
        turn.reply('150 at once');
        (await data)?.end(CONTENT, () => turn.reply('226 done'));
      },
    });
    const activeMode = { command: 'EPRT', onConnection: () => came.resolve() } as const;
    const session = await sessionOf(open, started, { activeMode });
    expect(await session.transfer(RETR)).toMatchObject({ error: undefined, hash: sha1(CONTENT) });
  });

  it('gets through behind a stranger, who is refused', async () => {
    const stranger = ownAddress();
    const started = await device({
      RETR: async (turn) => {
        turn.reply('150 opening');
        const data = await turn.connect({ address: stranger });
        await once(data.resume(), 'close');
        await sending(CONTENT)(turn);
      },
    });
    const report = await (await sessionOf(open, started, EPRT)).transfer(RETR);
    expect(report).toMatchObject({ error: undefined, hash: sha1(CONTENT) });
    expect(report.remote?.address).not.toBe(stranger);
  });
});

describe.each(USER_PIS)('on %s, EPRT is refused', (_name, open) => {
  async function refusedBy(reply: string): Promise<{ report: TransferReport; verbs: string[] }> {
    const started = await device({ EPRT: (turn) => turn.reply(reply), RETR: sending('x') });
    const report = await (await sessionOf(open, started, EPRT)).transfer(RETR);
    return { report, verbs: asked(started).map((line) => line.replace(/ .*/, '')) };
  }

  it.each([
    ['500 what?'],
    ['501 a number, please'],
    ['502 not here'],
    ['504 not that one'],
    ['522 not supported, use (2)'],
  ])('by %s: PORT is tried', async (reply) => {
    const { report, verbs } = await refusedBy(reply);
    expect(report).toMatchObject({ error: undefined, replyCode: 226 });
    expect(verbs).toEqual(['EPRT', 'PORT', 'RETR']);
  });

  it.each([
    ['421 too many of you', 421],
    ['425 not now', 425],
    ['451 local error', 451],
    ['530 not logged in', 530],
    ['550 no', 550],
  ])('by %s: PORT would be, too', async (reply, replyCode) => {
    const { report, verbs } = await refusedBy(reply);
    expect(report).toMatchObject({ error: { kind: 'ftp-reply', replyCode }, replyCode });
    expect(verbs).toEqual(['EPRT']);
    await expectNobodyListens(report.local);
  });

  it('for an IPv6 address: PORT has no room for it', async () => {
    const started = await responder({ EPRT: unknown }, { address: '::1' });
    const session = await sessionOf(open, started);
    expect(await session.transfer(RETR)).toMatchObject({ error: { kind: 'ftp-reply', replyCode: 500 } });
    expect(asked(started).map((line) => line.replace(/ .*/, ''))).toEqual(['EPRT']);
    expect(session.usable).toBe(true);
  });
});

describe.each(USER_PIS)('on %s, nobody listens any more after a PORT in place of EPRT', (_name, open) => {
  interface Way {
    readonly scripts: Scripts;
    readonly error: TransferFailure;
    readonly usable: boolean;
  }
  const ways: Readonly<Record<string, Way>> = {
    'that is refused, too': {
      scripts: { PORT: unknown },
      error: { kind: 'ftp-reply', replyCode: 500 },
      usable: true,
    },
    'that ends the session with 421': {
      scripts: { PORT: (turn) => turn.reply('421 enough') },
      error: { kind: 'ftp-reply', replyCode: 421 },
      usable: false,
    },
    'on which the control connection is closed': {
      scripts: { PORT: ({ control }) => void control.end() },
      error: { kind: 'socket-error', phase: 'control', code: 'EOF' },
      usable: false,
    },
    'that is never answered': {
      scripts: { PORT: () => {} },
      error: { kind: 'timed-out', phase: 'reply' },
      usable: false,
    },
    'and a 425': {
      scripts: { RETR: (turn) => turn.reply('150 opening', '425 no') },
      error: { kind: 'ftp-reply', replyCode: 425 },
      usable: true,
    },
    'and no connection': {
      scripts: { RETR: (turn) => turn.reply('150 opening') },
      error: { kind: 'timed-out', phase: 'connect' },
      usable: false,
    },
    'and a reset in the middle': {
      scripts: {
        RETR: async (turn) => {
          const data = await turn.connect();
          turn.reply('150 opening');
          data.resetAndDestroy();
        },
      },
      error: { kind: 'socket-error', phase: 'transfer', code: 'ECONNRESET' },
      usable: false,
    },
  };

  it.each(Object.entries(ways))('%s', async (_way, { scripts, error, usable }) => {
    const session = await sessionOf(open, await device(scripts), { ...EPRT, timeoutMs: TIMEOUT_MS });
    const report = await session.transfer(RETR);
    expect({ error: report.error, usable: session.usable }).toEqual({ error, usable });
    await expectNobodyListens(report.local);
  });

  it('of a session that is closed meanwhile', async () => {
    const read = deferred();
    const session = await sessionOf(open, await device({ PORT: () => read.resolve() }), EPRT);
    const transferred = session.transfer(RETR);
    await read.promise;
    session.close();
    const { error, local } = await transferred;
    expect(error).toEqual({ kind: 'cancelled' });
    await expectNobodyListens(local);
  });
});

describe.each(USER_PIS)('on %s, a client that cannot listen', (_name, open) => {
  const announced = (started: Responder) => asked(started).filter((line) => /^(EPRT|PORT|RETR)/.test(line));

  it.each([undefined, 'PORT', 'EPRT'] as const)(
    'for its port is taken says nothing (%s), and goes on when it is free',
    async (command) => {
      const started = await responder({ RETR: sending(CONTENT) });
      const activeMode = { port: 2122, ...(command !== undefined && { command }) };
      const session = await sessionOf(open, started, { activeMode });
      const holder = createServer().listen(2122, session.local.address);
      await once(holder, 'listening');
      const error = { kind: 'socket-error', phase: 'listen', code: 'EADDRINUSE' };
      expect(await session.transfer(RETR)).toMatchObject({ error, local: undefined, replyCode: undefined });
      expect({ announced: announced(started), usable: session.usable }).toEqual({
        announced: [],
        usable: true,
      });
      await once(holder.close(), 'close');
      expect(await session.transfer(RETR)).toMatchObject({ error: undefined, local: { port: 2122 } });
    },
  );

  it('for the address is not here says nothing, and keeps its session', async () => {
    const started = await responder({ RETR: sending(CONTENT) });
    // TEST-NET-1 (RFC 5737): nobody's.
    const session = await sessionOf(open, started, { activeMode: { address: '192.0.2.1' } });
    const error = { kind: 'socket-error', phase: 'listen', code: 'EADDRNOTAVAIL' };
    for (let round = 0; round < 2; round++) {
      expect(await session.transfer(RETR)).toMatchObject({ error, replyCode: undefined });
    }
    expect({ announced: announced(started), usable: session.usable }).toEqual({
      announced: [],
      usable: true,
    });
    await expectQuit(session, started);
  });
});

/** The control connection works to its end. */
async function expectQuit(session: ClientSession, started: Responder): Promise<void> {
  session.close();
  while (!started.commands.includes('QUIT')) await delay(5);
}

/** Both are the same to a server, line by line. */
it('says the same on both user-PIs to a device that knows PORT alone', async () => {
  const dialogueOf = async (open: OpenSession) => {
    const started = await device({ RETR: sending('x'), STOR: storing([]), LIST: sending('x') });
    const session = await sessionOf(open, started, EPRT);
    for (const direction of ['retr', 'stor', 'list'] as const) {
      await session.transfer({ direction, path: 'file', content: Buffer.from(CONTENT) });
    }
    return started.commands.map((line) => line.replace(/^(PORT|EPRT) .*/, '$1'));
  };
  const [basic, lean] = await Promise.all(USER_PIS.map(([, open]) => dialogueOf(open)));
  expect(basic).toEqual(lean);
  expect(basic).toEqual([
    ...['USER anonymous', 'PASS x', 'TYPE I'],
    ...['EPRT', 'PORT', 'RETR file', 'PORT', 'STOR file', 'PORT', 'LIST file'],
  ]);
});
