// A session of the load generator, on either user-PI: what its reports say of transfers that fail, and of late ones.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { TransferRequest } from '../../src/client/types.ts';
import { ownAddress } from '../support/loopback.ts';
import { closeAll, deferred, rejection, responder } from './harness.ts';
import type { Script } from './responder.ts';
import {
  CONTENT,
  readByPeer,
  reportOf,
  sending,
  sessionFor,
  sessionOf,
  sha1,
  TIMEOUT_MS,
  USER_PIS,
} from './user-pis.ts';

afterEach(closeAll);

const RETR: TransferRequest = { direction: 'retr', path: 'file' };
/** More than the buffers of both ends hold. */
const MUCH = Buffer.alloc(64 * 2 ** 20);
const HALF = 'half';
const NOTHING = { bytes: 0, hash: sha1('') };

/** Sends half of the file and FIN, and the reply when the client has read both. */
function halfThen(reply: string): Script {
  return async (turn) => {
    const data = await turn.connect();
    turn.reply('150 here');
    data.resume().end(HALF);
    await once(data, 'close');
    turn.reply(reply);
  };
}

/** Sends half of the file, has the client read it, and then does what `next` says. */
function halfAnd(next: (data: Socket, control: Socket) => unknown): Script {
  return async (turn) => {
    const data = await turn.connect();
    turn.reply('150 here');
    data.write(HALF);
    await readByPeer(data);
    next(data, turn.control);
  };
}

describe.each(USER_PIS)('on %s, a transfer is refused', (_name, open) => {
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
    ['550-no\r\n such\r\n550 file', { kind: 'ftp-reply', replyCode: 550 }],
    ['450 busy', { kind: 'ftp-reply', replyCode: 450 }],
  ] as const;

  it.each(refusals)('by %j', async (text, error) => {
    const report = await reportOf(open, (turn) => turn.reply(text));
    const replyCode = Number(text.slice(0, 3));
    expect(report).toMatchObject({ error, replyCode, ...NOTHING, remote: undefined, usable: true });
  });

  it('by a 425 in two packets, whose errno is not lost', async () => {
    const report = await reportOf(open, async ({ control }) => {
      control.write("425 Can't build data connection: bind 127.0.0.1:2120: EADD");
      await readByPeer(control);
      control.write('RINUSE\r\n');
    });
    expect(report.error).toEqual({ kind: 'socket-error', phase: 'bind', code: 'EADDRINUSE' });
  });

  it.each(['retr', 'stor', 'list'] as const)('and %s runs again on the same session', async (direction) => {
    const verb = direction.toUpperCase();
    const again: Script = async (turn) => {
      const data = await turn.connect();
      turn.reply('150 now');
      data.resume().end();
      await once(data, 'close');
      turn.reply('226 done');
    };
    const scripts: Script[] = [
      (turn) => turn.reply('425 no'),
      (turn) => turn.reply('150 so', '425 no'),
      again,
    ];
    const session = await sessionFor(open, { [verb]: (turn) => scripts.shift()?.(turn) });
    const errors = [];
    for (let round = 0; round < 3; round++) {
      errors.push((await session.transfer({ direction, path: 'file' })).error);
    }
    const refused = { kind: 'ftp-reply', replyCode: 425 };
    expect(errors).toEqual([refused, refused, undefined]);
  });

  it('at its PORT', async () => {
    const session = await sessionFor(open, { PORT: (turn) => turn.reply('501 not there') });
    const report = await session.transfer(RETR);
    expect(report).toMatchObject({ error: { kind: 'ftp-reply', replyCode: 501 }, replyCode: 501 });
    expect(report.local).toEqual({ address: session.local.address, port: expect.any(Number) });
    expect(session.usable).toBe(true);
  });

  it.each(['PORT', 'RETR'])('by a 421 to its %s, which ends the session', async (verb) => {
    const session = await sessionFor(open, { [verb]: (turn) => turn.reply('421 too many of you') });
    const report = await session.transfer(RETR);
    expect(report).toMatchObject({ error: { kind: 'ftp-reply', replyCode: 421 }, replyCode: 421 });
    expect(session.usable).toBe(false);
  });

  it('by a 3xx, which asks for what is not known, and ends the session', async () => {
    const report = await reportOf(open, (turn) => turn.reply('332 which account?'));
    expect(report).toMatchObject({
      error: { kind: 'ftp-reply', replyCode: 332 },
      replyCode: 332,
      usable: false,
    });
  });

  it('and nobody listens any more', async () => {
    const { local } = await reportOf(open, (turn) => turn.reply('425 no'));
    const { address: host = '', port = 0 } = local ?? {};
    const connecting = once(connect({ host, port }), 'connect');
    expect((await rejection(connecting)).code).toBe('ECONNREFUSED');
  });
});

describe.each(USER_PIS)('on %s, a data connection ends early', (_name, open) => {
  const half = { bytes: HALF.length, hash: sha1(HALF) };

  it.each([
    ['226 done', undefined, 226],
    ['426 aborted', { kind: 'ftp-reply', replyCode: 426 }, 426],
    ['551 read error', { kind: 'ftp-reply', replyCode: 551 }, 551],
    [
      '426 Data connection lost: transfer 127.0.0.1:20 -> 127.0.0.2:4000: EIO',
      { kind: 'socket-error', phase: 'transfer', code: 'EIO' },
      426,
    ],
  ] as const)('with FIN and %s', async (reply, error, replyCode) => {
    const report = await reportOf(open, halfThen(reply));
    expect(report).toMatchObject({ ...half, error, replyCode, usable: true });
  });

  it('with 426 before its FIN', async () => {
    const report = await reportOf(
      open,
      halfAnd((_data, control) => control.write('426 aborted\r\n')),
    );
    expect(report).toMatchObject({ ...half, error: { kind: 'ftp-reply', replyCode: 426 }, usable: true });
  });

  it('with a reset', async () => {
    const report = await reportOf(
      open,
      halfAnd((data) => data.resetAndDestroy()),
    );
    const error = { kind: 'socket-error', phase: 'transfer', code: 'ECONNRESET' };
    expect(report).toMatchObject({ ...half, error, replyCode: undefined, usable: false });
  });

  it('with a reset before any byte', async () => {
    const begun = deferred();
    const script: Script = async (turn) => {
      const data = await turn.connect();
      turn.reply('150 here');
      await begun.promise;
      data.resetAndDestroy();
    };
    const report = await reportOf(open, script, { activeMode: { onReply: () => begun.resolve() } });
    const error = { kind: 'socket-error', phase: 'transfer', code: 'ECONNRESET' };
    expect(report).toMatchObject({ ...NOTHING, error, replyCode: undefined, usable: false });
  });

  it('and the server refuses although it had connected', async () => {
    const report = await reportOf(open, async (turn) => {
      (await turn.connect()).destroy();
      turn.reply('425 gone again');
    });
    expect(report).toMatchObject({ error: { kind: 'ftp-reply', replyCode: 425 }, usable: true });
  });

  it('with a reset on an upload', async () => {
    const session = await sessionFor(open, {
      STOR: async (turn) => {
        const data = await turn.connect();
        turn.reply('150 send it');
        data.once('data', () => data.resetAndDestroy());
      },
    });
    const { error } = await session.transfer({ direction: 'stor', path: 'file', content: MUCH });
    expect(error).toEqual({
      kind: 'socket-error',
      phase: 'transfer',
      code: expect.stringMatching(/^(ECONNRESET|EPIPE)$/),
    });
    expect(session.usable).toBe(false);
  });

  it('with 552 on an upload', async () => {
    const session = await sessionFor(open, {
      STOR: async (turn) => {
        const data = await turn.connect();
        turn.reply('150 send it');
        data.once('data', () => turn.reply('552 disk full'));
      },
    });
    const report = await session.transfer({ direction: 'stor', path: 'file', content: MUCH });
    expect(report).toMatchObject({ error: { kind: 'ftp-reply', replyCode: 552 }, replyCode: 552 });
    expect(report.bytes).toBeLessThan(MUCH.length);
    expect(session.usable).toBe(true);
  });
});

describe.each(USER_PIS)('on %s, the control connection', (_name, open) => {
  const ends: readonly (readonly [string, (control: Socket) => unknown, string])[] = [
    ['closed', (control) => control.end(), 'EOF'],
    ['reset', (control) => control.resetAndDestroy(), 'ECONNRESET'],
  ];
  it.each(ends)('is %s: the transfer has failed and so has the session', async (_how, end, code) => {
    const error = { kind: 'socket-error', phase: 'control', code };
    const atOnce = await reportOf(open, ({ control }) => void end(control));
    expect(atOnce).toMatchObject({ error, ...NOTHING, usable: false });
    const midway = await reportOf(
      open,
      halfAnd((_data, control) => end(control)),
    );
    expect(midway).toMatchObject({ error, bytes: HALF.length, replyCode: undefined, usable: false });
  });

  it.each(ends)('is %s while the PORT is answered', async (_how, end, code) => {
    const session = await sessionFor(open, { PORT: ({ control }) => void end(control) });
    const { error } = await session.transfer(RETR);
    expect(error).toEqual({ kind: 'socket-error', phase: 'control', code });
  });

  it('is closed behind the 226: the transfer was complete', async () => {
    const report = await reportOf(open, async (turn) => {
      const data = await turn.connect();
      turn.reply('150 here');
      data.resume().end('all');
      await once(data, 'close');
      turn.control.end('226 done\r\n');
    });
    expect(report).toMatchObject({ error: undefined, hash: sha1('all') });
  });

  it('has ended before the transfer', async () => {
    const session = await sessionFor(open, { RETR: ({ control }) => void control.end() });
    await session.transfer(RETR);
    const report = await session.transfer(RETR);
    expect(report.error).toEqual({ kind: 'socket-error', phase: 'control', code: 'ENOTCONN' });
    expect(report.local).toBeUndefined();
  });

  it('has a reply that never ends', async () => {
    const report = await reportOf(open, ({ control }) => void control.write(`550-${'x'.repeat(300_000)}`));
    expect(report).toMatchObject({
      error: { kind: 'socket-error', phase: 'control', code: 'EMSGSIZE' },
      usable: false,
    });
  });
});

describe.each(USER_PIS)('on %s, a data connection from a wrong source', (_name, open) => {
  it('is told by its port', async () => {
    const started = await responder({
      RETR: async (turn) => {
        turn.reply('150 here');
        (await turn.connect({ port: started.endpoint.port - 2 })).end('from L-2');
      },
    });
    const { address } = started.endpoint;
    const port = started.endpoint.port - 2;
    const session = await sessionOf(open, started, { activeMode: { expectSourcePort: 'default' } });
    expect(await session.transfer(RETR)).toMatchObject({
      error: { kind: 'wrong-source', port },
      remote: { address, port },
      ...NOTHING,
    });
    expect(session.usable).toBe(false);
  });

  it('or by the port of a stranger, when nobody else came', async () => {
    const address = ownAddress();
    let port = 0;
    const script: Script = async (turn) => {
      turn.reply('150 watch out');
      port = (await turn.connect({ address })).localPort ?? 0;
    };
    const report = await reportOf(open, script, { timeoutMs: TIMEOUT_MS });
    expect(report).toMatchObject({
      error: { kind: 'wrong-source', port },
      remote: { address, port },
      usable: false,
    });
  });

  it('is refused, and the server still gets through', async () => {
    const stranger = ownAddress();
    const report = await reportOf(open, async (turn) => {
      turn.reply('150 watch out');
      const data = await turn.connect({ address: stranger });
      await once(data.resume(), 'close');
      (await turn.connect()).end(CONTENT, () => turn.reply('226 done'));
    });
    expect(report).toMatchObject({ error: undefined, hash: sha1(CONTENT) });
    expect(report.remote?.address).not.toBe(stranger);
  });

  it('is none from the port that was expected', async () => {
    const started = await responder({
      RETR: async (turn) => {
        const data = await turn.connect({ port: started.endpoint.port - 1 });
        turn.reply('150 from L-1');
        data.end('ok', () => turn.reply('226 done'));
      },
    });
    const { port } = started.endpoint;
    for (const expectSourcePort of ['default', port - 1] as const) {
      const session = await sessionOf(open, started, { activeMode: { expectSourcePort } });
      expect(await session.transfer(RETR)).toMatchObject({ error: undefined, remote: { port: port - 1 } });
    }
  });
});

describe.each(USER_PIS)('on %s, a server takes too long', (_name, open) => {
  const slow: readonly (readonly [string, Script, string])[] = [
    ['to connect', () => {}, 'connect'],
    ['to connect after its 150', (turn) => turn.reply('150 soon'), 'connect'],
    ['to connect after its 226', (turn) => turn.reply('150 soon', '226 done'), 'connect'],
    ['to reply 150', async (turn) => void (await turn.connect()), 'reply'],
    [
      'to reply 150, although it said 226',
      async (turn) => {
        (await turn.connect()).end('all');
        turn.reply('226 done');
      },
      'reply',
    ],
    [
      'to send its bytes',
      async (turn) => {
        (await turn.connect()).write('some');
        turn.reply('150 here');
      },
      'transfer',
    ],
    [
      'to send its bytes, although it said 226',
      async (turn) => {
        (await turn.connect()).write('some');
        turn.reply('150 here', '226 done');
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
  const slowUploads: typeof slow = [
    [
      'to take the bytes of an upload',
      async (turn) => {
        (await turn.connect()).pause();
        turn.reply('150 send it');
      },
      'transfer',
    ],
    [
      'to reply 226 to an upload',
      async (turn) => {
        (await turn.connect()).resume();
        turn.reply('150 send it');
      },
      'reply',
    ],
  ];

  /** All at once: each takes the whole timeout. */
  it('is told by the phase', async () => {
    const timeout = { timeoutMs: TIMEOUT_MS };
    const upload = { direction: 'stor', path: 'file', content: MUCH } as const;
    const errors = [
      ...slow.map(async ([what, script]) => [what, (await reportOf(open, script, timeout)).error]),
      ...slowUploads.map(async ([what, script]) => {
        const session = await sessionFor(open, { STOR: script }, timeout);
        return [what, (await session.transfer(upload)).error];
      }),
    ];
    const expected = [...slow, ...slowUploads].map(([what, , phase]) => [what, { kind: 'timed-out', phase }]);
    expect(await Promise.all(errors)).toEqual(expected);
  });

  it('and cannot be used again', async () => {
    const session = await sessionFor(open, { PORT: () => {} }, { timeoutMs: TIMEOUT_MS });
    const { error } = await session.transfer(RETR);
    expect({ error, usable: session.usable }).toEqual({
      error: { kind: 'timed-out', phase: 'reply' }, // to its PORT
      usable: false,
    });
  });

  it('to connect has a limit of its own, shorter than the others', async () => {
    const { error } = await reportOf(open, () => {}, { activeMode: { acceptTimeoutMs: TIMEOUT_MS } });
    expect(error).toEqual({ kind: 'timed-out', phase: 'connect' });
  });

  it('to connect may have a longer limit, or none at all', async () => {
    const script: Script = async (turn) => {
      await delay(2 * TIMEOUT_MS);
      await sending('at last')(turn);
    };
    const reports = [3_600_000, 0].map((acceptTimeoutMs) =>
      reportOf(open, script, { timeoutMs: TIMEOUT_MS, activeMode: { acceptTimeoutMs } }),
    );
    expect((await Promise.all(reports)).map(({ error }) => error)).toEqual([undefined, undefined]);
  });

  it('but each byte is a new start', async () => {
    const BYTES = 12;
    const script: Script = async (turn) => {
      const data = await turn.connect();
      turn.reply('150 slowly');
      for (let byte = 0; byte < BYTES; byte++) {
        await delay(TIMEOUT_MS / 10); // far less than the limit, even on a busy machine; all of them are more
        data.write('x');
      }
      data.end(() => turn.reply('226 done'));
    };
    const report = await reportOf(open, script, { timeoutMs: TIMEOUT_MS });
    expect(report).toMatchObject({ error: undefined, bytes: BYTES });
  });
});
