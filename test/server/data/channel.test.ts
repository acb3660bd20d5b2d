// The active data channel by itself: where exactly an abort or a time limit meets it, and that nothing stays bound.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { Endpoint } from '../../../src/address.ts';
import { createBinder } from '../../../src/binder/binders.ts';
import type { Binder } from '../../../src/binder/types.ts';
import { systemClock } from '../../../src/clock.ts';
import { Cancellation } from '../../../src/server/data/cancellation.ts';
import { activeChannel } from '../../../src/server/data/channel.ts';
import { Measurement } from '../../../src/server/data/measurement.ts';
import { OpenSockets } from '../../../src/server/data/open-sockets.ts';
import { passiveChannel } from '../../../src/server/data/passive.ts';
import { PassivePorts } from '../../../src/server/data/passive-ports.ts';
import { closedPort, destroyed, openDescriptors, ownAddress, ownEndpoint } from '../../support/loopback.ts';
import { ASKED } from '../asked.ts';

function open(place: {
  binder: Binder;
  local: Endpoint;
  remote: Endpoint;
  holdMs?: number;
  timeoutMs?: number;
}) {
  const { binder, local, remote, holdMs: bindToConnectMs = 0, timeoutMs: connectTimeoutMs = 30_000 } = place;
  const clock = systemClock;
  const cancellation = new Cancellation();
  const measured = new Measurement({
    clock,
    binder: binder.name,
    asked: ASKED,
    local,
    remote,
  });
  const times = { bindToConnectMs, connectTimeoutMs, connectWaits: [] };
  const channel = activeChannel({ binder, clock, local, remote, ...times });
  return { cancellation, measured, socket: channel.open(measured, cancellation) };
}

const nobody: Endpoint = { address: '127.0.0.1', port: 2222 };

describe('an abort', () => {
  it('during the wait for the port: phase bind, one bind', async () => {
    const local = ownEndpoint(4);
    const binder = createBinder('legacy', { retry: [3600] });
    const held = await binder.bind(local);
    const before = openDescriptors();
    const { cancellation, socket } = open({ binder, local, remote: nobody });
    await turn();
    cancellation.cancel();
    await expect(socket).rejects.toMatchObject({ phase: 'bind', code: 'ABORTED', bindCalls: 1 });
    expect(openDescriptors()).toBe(before);
    held.close();
  });

  it('between bind and connect: phase connect, and the port is free again', async () => {
    const local = ownEndpoint(4);
    const binder = createBinder('legacy', { retry: 'none' });
    const { cancellation, socket, measured } = open({ binder, local, remote: nobody, holdMs: 3_600_000 });
    await turn();
    expect(measured.phase).toBe('connect');
    await expect(binder.bind(local)).rejects.toMatchObject({ code: 'EADDRINUSE' });
    cancellation.cancel();
    await expect(socket).rejects.toMatchObject({ phase: 'connect', code: 'ABORTED', remote: nobody });
    (await binder.bind(local)).close();
  });

  it('before anything was done: no bind at all', async () => {
    const binder = createBinder('reuse-port');
    const { cancellation, socket } = open({ binder, local: ownEndpoint(4), remote: nobody });
    cancellation.cancel();
    await expect(socket).rejects.toMatchObject({ code: 'ABORTED' });
  });
});

describe('a client that does not take the connection', () => {
  it('costs its time limit and no more: ETIMEDOUT in phase connect, and the port is free again', () =>
    withDeafListener(async (remote) => {
      const local = ownEndpoint(4);
      const binder = createBinder('legacy', { retry: 'none' });
      const { socket } = open({ binder, local, remote, timeoutMs: 50 });
      await expect(socket).rejects.toMatchObject({ phase: 'connect', code: 'ETIMEDOUT', remote });
      (await binder.bind(local)).close();
    }));

  it('is an abort when somebody ends it first', () =>
    withDeafListener(async (remote) => {
      const { socket, cancellation } = open({
        binder: createBinder('reuse-port'),
        local: ownEndpoint(4),
        remote,
      });
      await turn();
      cancellation.cancel();
      await expect(socket).rejects.toMatchObject({ phase: 'connect', code: 'ABORTED' });
    }));

  it('in passive mode: ETIMEDOUT, and the listener is closed', async () => {
    const address = ownAddress();
    const dataSockets = new OpenSockets();
    const before = openDescriptors();
    const channel = await passiveChannel({
      ...{ address, peerAddress: address, dataSockets, acceptTimeoutMs: 10 },
      ports: new PassivePorts(undefined),
    });
    const { local, remote } = channel;
    const transfer = {
      clock: systemClock,
      binder: 'passive',
      asked: ASKED,
      local,
      remote,
    } as const;
    const socket = channel.open(new Measurement(transfer), new Cancellation());
    await expect(socket).rejects.toMatchObject({ phase: 'connect', code: 'ETIMEDOUT' });
    await turn();
    expect(openDescriptors()).toBe(before);
  });
});

it('a refused connect leaves the port free under the legacy rule', async () => {
  const local = ownEndpoint(4);
  const binder = createBinder('legacy', { retry: 'none' });
  const remote = await closedPort(ownAddress());
  await expect(open({ binder, local, remote }).socket).rejects.toMatchObject({
    code: 'ECONNREFUSED',
    remote,
  });
  (await binder.bind(local)).close();
});

it('a binder whose connect throws leaves the port free, and its guard', async () => {
  const local = ownEndpoint(4);
  for (const name of ['legacy', 'legacy-bsd'] as const) {
    const real = createBinder(name, { retry: 'none' });
    const before = openDescriptors();
    const bind: Binder['bind'] = async (...args) => ({
      ...(await real.bind(...args)),
      connect() {
        throw new TypeError('thrown, not rejected');
      },
    });
    const { socket } = open({ binder: { ...real, bind }, local, remote: nobody });
    await expect(socket).rejects.toThrow('thrown, not rejected');
    expect(openDescriptors()).toBe(before);
    (await real.bind(local)).close();
  }
});

/** A process that listens and is stopped; its queue is full (Linux lets one more in), so every further SYN is dropped. */
async function withDeafListener(test: (endpoint: Endpoint) => Promise<void>): Promise<void> {
  const address = ownAddress();
  const script = `require('net').createServer().listen({ host: '${address}', port: 0, backlog: 1 }, function () {
    console.log(this.address().port);
  })`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(createInterface(child.stdout), 'line');
  child.kill('SIGSTOP');
  const fillers = [1, 2].map(() => connect({ host: address, port: Number(line) }));
  try {
    await Promise.all(fillers.map((filler) => once(filler, 'connect')));
    await test({ address, port: Number(line) });
  } finally {
    await Promise.all(fillers.map(destroyed));
    child.kill('SIGKILL');
    await once(child, 'close');
  }
}
