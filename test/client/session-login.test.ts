// A session of the load generator, on either user-PI: how a login goes, and how it can fail.
import { afterEach, describe, expect, it } from '@jest/globals';
import type { LoginError } from '../../src/client/login.ts';
import type { SessionOptions } from '../../src/client/types.ts';
import { UsageError } from '../../src/errors.ts';
import { closedPort, openDescriptors, ownAddress } from '../support/loopback.ts';
import { closeAll, rejection, responder } from './harness.ts';
import type { Script } from './responder.ts';
import { optionsFor, sessionOf, TIMEOUT_MS, USER_PIS } from './user-pis.ts';

afterEach(closeAll);

describe.each(USER_PIS)('a login on %s', (_name, open) => {
  it('comes from the address that was asked for, and is in binary mode', async () => {
    const started = await responder({});
    const localAddress = ownAddress();
    const session = await sessionOf(open, started, { localAddress });
    expect(session.local).toEqual({ address: localAddress, port: expect.any(Number) });
    expect(session.usable).toBe(true);
    expect(started.commands).toEqual(['USER anonymous', 'PASS x', 'TYPE I']);
  });

  it('needs no password where none is asked for', async () => {
    const started = await responder({ USER: (turn) => turn.reply('230 come in') });
    await sessionOf(open, started);
    expect(started.commands).toEqual(['USER anonymous', 'TYPE I']);
  });

  it('may be greeted with many lines', async () => {
    const started = await responder({}, { welcome: '220-welcome\r\n530 rules\r\n220 ready' });
    expect((await sessionOf(open, started)).usable).toBe(true);
  });
});

describe.each(USER_PIS)('a login on %s fails when it', (_name, open) => {
  async function failureOf(options: SessionOptions): Promise<LoginError> {
    const error = (await rejection(open(options))) as LoginError;
    expect(error).toMatchObject({ name: 'LoginError', code: 'ERR_LOGIN' });
    return error;
  }

  it.each(['USER', 'PASS', 'TYPE'])('is refused at its %s', async (verb) => {
    const started = await responder({ [verb]: (turn) => turn.reply('530 nicht für dich') });
    const options = optionsFor(started);
    const { address, port } = started.endpoint;
    expect(await failureOf(options)).toMatchObject({
      failure: { kind: 'ftp-reply', replyCode: 530 },
      message: `can't log in to ${address}:${port} from ${options.localAddress}: 530 nicht für dich`,
    });
    expect(started.commands.at(-1)).toMatch(new RegExp(`^(QUIT|${verb} .*)$`));
  });

  it.each(['421 too many', '120 in a minute', '530-not\r\n530 you'])(
    'is turned away with %j',
    async (welcome) => {
      const { failure } = await failureOf(optionsFor(await responder({}, { welcome })));
      expect(failure).toEqual({ kind: 'ftp-reply', replyCode: Number(welcome.slice(0, 3)) });
    },
  );

  it.each(['USER', 'PASS'])('is asked for an account at its %s', async (verb) => {
    const started = await responder({ [verb]: (turn) => turn.reply('332 which account?') });
    const { failure } = await failureOf(optionsFor(started));
    expect(failure).toEqual({ kind: 'ftp-reply', replyCode: 332 });
  });

  it('finds nobody', async () => {
    const server = await closedPort(ownAddress());
    const { failure } = await failureOf({ ...optionsFor(await responder({})), server });
    expect(failure).toEqual({ kind: 'socket-error', phase: 'control', code: 'ECONNREFUSED' });
  });

  it('has no such address to come from', async () => {
    const options = optionsFor(await responder({}), { localAddress: '192.0.2.1' });
    const { failure } = await failureOf(options);
    expect(failure).toEqual({ kind: 'socket-error', phase: 'control', code: 'EADDRNOTAVAIL' });
  });

  it.each([
    [{ localAddress: 'localhost' }, 'ERR_INVALID_IP_ADDRESS'],
    [{ server: { address: '127.0.0.1', port: 70_000 } }, 'ERR_SOCKET_BAD_PORT'],
  ])('has an address that is none: %j', async (wrong, code) => {
    const { failure, message } = await failureOf(optionsFor(await responder({}), wrong));
    expect(failure).toEqual({ kind: 'socket-error', phase: 'control', code });
    expect(message).toMatch(/^can't log in to /);
  });

  it('gets no answer to its USER, its PASS or its TYPE', async () => {
    const failures = ['USER', 'PASS', 'TYPE'].map(async (verb) => {
      const started = await responder({ [verb]: () => {} });
      return (await failureOf(optionsFor(started, { timeoutMs: TIMEOUT_MS }))).failure;
    });
    expect(await Promise.all(failures)).toEqual(Array(3).fill({ kind: 'timed-out', phase: 'login' }));
  });

  it('gets no greeting', async () => {
    const started = await responder({}, { welcome: '220-wait' });
    const { failure } = await failureOf(optionsFor(started, { timeoutMs: TIMEOUT_MS }));
    expect(failure).toEqual({ kind: 'timed-out', phase: 'login' });
  });

  const ends: readonly (readonly [string, Script, string])[] = [
    ['closed', ({ control }) => void control.end(), 'EOF'],
    ['reset', ({ control }) => void control.resetAndDestroy(), 'ECONNRESET'],
  ];
  it.each(ends)('has its connection %s', async (_how, script, code) => {
    for (const verb of ['USER', 'PASS', 'TYPE']) {
      const { failure } = await failureOf(optionsFor(await responder({ [verb]: script })));
      expect(failure).toEqual({ kind: 'socket-error', phase: 'control', code });
    }
  });

  it('is aborted: rejects with the reason of the signal', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const started = await responder({ USER: () => controller.abort(reason) });
    expect(await rejection(open(optionsFor(started, { signal: controller.signal })))).toBe(reason);
    expect(await rejection(open(optionsFor(started, { signal: controller.signal })))).toBe(reason);
  });

  it('has a name of two lines: a mistake of the caller', async () => {
    const started = await responder({});
    const error = await rejection(open(optionsFor(started, { user: 'me\r\nDELE file' })));
    expect(error).toBeInstanceOf(UsageError);
    expect(started.commands).toEqual([]);
  });

  it('leaves no descriptor', async () => {
    const started = await responder({ PASS: ({ control }) => void control.end('530 no\r\n') });
    await failureOf(optionsFor(started));
    await started.close();
    const before = openDescriptors();
    const again = await responder({ PASS: ({ control }) => void control.end('530 no\r\n') });
    for (let round = 0; round < 50; round++) await failureOf(optionsFor(again));
    await again.close();
    expect(openDescriptors()).toBe(before);
  });
});
