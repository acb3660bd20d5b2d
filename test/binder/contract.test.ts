// The contract of every binder, on real sockets, over IPv4 and IPv6. Where binders differ, the table says how.
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { createBinder, STRATEGIES } from '../../src/binder/binders.ts';
import { BINDER_NAMES, type BoundSocket, type PortHold } from '../../src/binder/types.ts';
import { DataConnectionError } from '../../src/errors.ts';
import { closedPort, destroyed, listeningPeer, openDescriptors, ownEndpoint } from '../support/loopback.ts';

/** What a second bind of the same local address meets, by what its strategy says and the state of the first. */
const SECOND_BIND: Readonly<Record<PortHold, { bound: string; connected: string; timeWait: string }>> = {
  'through-time-wait': { bound: 'EADDRINUSE', connected: 'EADDRINUSE', timeWait: 'EADDRINUSE' },
  'until-connect': { bound: 'EADDRINUSE', connected: 'ok', timeWait: 'ok' },
  never: { bound: 'ok', connected: 'ok', timeWait: 'ok' },
};

describe.each(BINDER_NAMES)('%s', (name) => {
  const binder = createBinder(name, { retry: 'none' });
  const { keepsPort, holdsPort } = STRATEGIES[name];

  describe.each([4, 6] as const)('over IPv%d', (family) => {
    it('connects from the address it was given, and hands over a working paused socket', async () => {
      const local = ownEndpoint(family);
      const peer = await listeningPeer(local.address);
      const bound = await binder.bind(local);
      expect(bound).toMatchObject({ bindCalls: 1, waitedMs: 0 });
      expect(bound.local).toEqual(keepsPort ? local : { ...local, port: 0 });

      const socket = await bound.connect(peer.endpoint);
      const accepted = await peer.accepted();
      expect(accepted.remoteAddress).toBe(local.address);
      expect(accepted.remotePort === local.port).toBe(keepsPort);
      expect(socket.isPaused()).toBe(true);

      socket.end('to the peer');
      accepted.end('from the peer');
      expect(await Promise.all([textOf(socket), textOf(accepted)])).toEqual(['from the peer', 'to the peer']);
      await destroyed(socket);
      await peer.close();
    });

    it('second bind while the first is bound', async () => {
      const local = ownEndpoint(family);
      const first = await binder.bind(local);
      expect(await secondBind(() => binder.bind(local))).toBe(SECOND_BIND[holdsPort].bound);
      first.close();
      expect(await secondBind(() => binder.bind(local))).toBe('ok');
    });

    it('second bind while the first is connected, then in TIME_WAIT', async () => {
      const local = ownEndpoint(family);
      const peer = await listeningPeer(local.address);
      const socket = await (await binder.bind(local)).connect(peer.endpoint);
      const accepted = await peer.accepted();
      expect(await secondBind(() => binder.bind(local))).toBe(SECOND_BIND[holdsPort].connected);

      // We close first, so TIME_WAIT is ours: as on RETR, where the server's FIN marks the end of the file.
      socket.resume().end();
      await once(accepted.resume(), 'end');
      accepted.end();
      await once(socket, 'close');
      expect(await secondBind(() => binder.bind(local))).toBe(SECOND_BIND[holdsPort].timeWait);
      await peer.close();
    });

    it('a refused connect is phase connect, ECONNREFUSED, with both ends', async () => {
      const local = ownEndpoint(family);
      const remote = await closedPort(local.address);
      const failure = await rejection((await binder.bind(local)).connect(remote));
      expect(failure).toMatchObject({ phase: 'connect', code: 'ECONNREFUSED', remote, bindCalls: 1 });
      expect(failure.local.address).toBe(local.address);
    });

    it('an address of another host is phase bind', async () => {
      const address = family === 4 ? '192.0.2.1' : '2001:db8::1';
      const failure = await rejection(binder.bind({ address, port: 2120 }));
      expect(failure).toMatchObject({ phase: 'bind', code: 'EADDRNOTAVAIL', bindCalls: 1 });
    });
  });

  it('an abort ends a connect that nobody answers, and closes its socket', async () => {
    const local = ownEndpoint(4);
    const peer = await listeningPeer(local.address);
    const before = openDescriptors();
    const bound = await binder.bind(local);
    const abort = new AbortController();
    const connecting = bound.connect(peer.endpoint, abort.signal);
    abort.abort();
    expect(await rejection(connecting)).toMatchObject({ phase: 'connect', code: 'ABORTED' });
    await closedDescriptors(before);
    await peer.close();
  });

  it('200 refused connects and 200 closed binds leave the descriptor count where it was', async () => {
    const local = ownEndpoint(4);
    const remote = await closedPort(local.address);
    const before = openDescriptors();
    for (let i = 0; i < 200; i++) await rejection((await binder.bind(local)).connect(remote));
    for (let i = 0; i < 200; i++) (await binder.bind(local)).close();
    await closedDescriptors(before);
  });
});

describe.each(['legacy', 'legacy-bsd'] as const)('%s under contention', (name) => {
  it('200 EADDRINUSE leave the descriptor count where it was', async () => {
    const local = ownEndpoint(4);
    const binder = createBinder(name, { retry: 'none' });
    const holder = await binder.bind(local);
    const before = openDescriptors();
    for (let i = 0; i < 200; i++) expect(await secondBind(() => binder.bind(local))).toBe('EADDRINUSE');
    expect(openDescriptors()).toBe(before);
    holder.close();
  });

  it('200 aborted waits end at once and leave the descriptor count where it was', async () => {
    const local = ownEndpoint(4);
    const binder = createBinder(name, { retry: [3600] });
    const holder = await binder.bind(local);
    const before = openDescriptors();
    const abort = new AbortController();
    const waits = Array.from({ length: 200 }, () => rejection(binder.bind(local, abort.signal)));
    abort.abort(); // an hour before the second try
    for (const failure of await Promise.all(waits)) {
      expect(failure).toMatchObject({ phase: 'bind', code: 'ABORTED', bindCalls: 1 });
    }
    expect(openDescriptors()).toBe(before);
    holder.close();
  });

  it('waits while the port is taken and gets it when it is free', async () => {
    const local = ownEndpoint(4);
    const holder = await createBinder(name).bind(local);
    const waiting = createBinder(name, { retry: new Array(500).fill(1), timeUnitMs: 2 }).bind(local);
    setImmediate(() => holder.close()); // after the waiter's first try, which is made synchronously
    const bound = await waiting;
    expect(bound.bindCalls).toBeGreaterThan(1);
    expect(bound.waitedMs).toBeGreaterThan(0);
    bound.close();
  });

  it('gives up after the eleven binds of the BSD schedule', async () => {
    const local = ownEndpoint(4);
    const holder = await createBinder(name).bind(local);
    const failure = await rejection(createBinder(name, { timeUnitMs: 1 }).bind(local));
    expect(failure).toMatchObject({ phase: 'bind', code: 'EADDRINUSE', bindCalls: 11 });
    expect(failure.message).toMatch(/^bind 127\.[\d.]+:2120: EADDRINUSE after 11 tries \(0\.\d+ s\)$/);
    holder.close();
  });
});

it('kinds do not mix: reuse-port cannot join a reuse-addr port nor the other way round, reuse-both joins either', async () => {
  for (const holderName of ['reuse-addr', 'reuse-port'] as const) {
    const local = ownEndpoint(4);
    const other = holderName === 'reuse-addr' ? 'reuse-port' : 'reuse-addr';
    const holder = await createBinder(holderName).bind(local);
    expect(await secondBind(() => createBinder(other).bind(local))).toBe('EADDRINUSE');
    expect(await secondBind(() => createBinder('reuse-both').bind(local))).toBe('ok');
    holder.close();
  }
});

it('legacy-bsd leaves no guard behind when the bind itself fails', async () => {
  const local = ownEndpoint(4);
  const stranger = await createBinder('legacy').bind(local); // no option: nobody may join
  const binder = createBinder('legacy-bsd', { retry: 'none' });
  expect(await secondBind(() => binder.bind(local))).toBe('EADDRINUSE');
  stranger.close();
  expect(await secondBind(() => binder.bind(local))).toBe('ok');
});

async function secondBind(bind: () => Promise<BoundSocket>): Promise<string> {
  try {
    (await bind()).close();
    return 'ok';
  } catch (error) {
    return (error as DataConnectionError).code;
  }
}

async function rejection(promise: Promise<unknown>): Promise<DataConnectionError> {
  try {
    await promise;
  } catch (error) {
    expect(error).toBeInstanceOf(DataConnectionError);
    return error as DataConnectionError;
  }
  throw new Error('expected a rejection');
}

/** Closing is libuv's next turn: waits for it without a clock, and fails if the count does not come down. */
async function closedDescriptors(expected: number): Promise<void> {
  for (let turn = 0; turn < 100 && openDescriptors() > expected; turn++) await new Promise(setImmediate);
  expect(openDescriptors()).toBe(expected);
}

async function textOf(socket: Socket): Promise<string> {
  let text = '';
  for await (const chunk of socket.setEncoding('latin1')) text += chunk;
  return text;
}
