// Raw sockets: each state of a connection on demand, errors by name, and nothing left open.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { Endpoint } from '../../src/address.ts';
import { RawSocket } from '../../src/net/raw-socket.ts';
import { readSocketsAt } from '../../src/net/socket-table.ts';
import { openDescriptors, ownEndpoint } from '../support/loopback.ts';

interface Pair {
  readonly local: Endpoint;
  readonly listener: RawSocket;
  readonly dialler: RawSocket;
  readonly accepted: RawSocket;
}

function connected(family: 4 | 6): Pair {
  const local = ownEndpoint(family);
  const listener = RawSocket.open({ family });
  listener.bind({ address: local.address, port: 0 });
  listener.listen(1);
  const dialler = RawSocket.open({ family });
  dialler.bind(local);
  dialler.connect(listener.localEndpoint());
  return { local, listener, dialler, accepted: listener.accept() };
}

function statesAt(local: Endpoint): string[] {
  return readSocketsAt(local).map(({ state }) => state);
}

/** The kernel does its part after the call has returned: at once, or when the peer's ACK or its own turn comes. */
function statesAfter(local: Endpoint, before: string): string[] {
  while (statesAt(local)[0] === before);
  return statesAt(local);
}

describe.each([4, 6] as const)('over IPv%d', (family) => {
  it('connects, half closes and stays in TIME_WAIT as the calls say', () => {
    const { local, listener, dialler, accepted } = connected(family);
    expect(dialler.localEndpoint()).toEqual(local);
    expect(statesAt(local)).toEqual(['ESTABLISHED']);
    dialler.send(Buffer.from('bytes'));
    expect(accepted.receive(16).toString()).toBe('bytes');
    dialler.shutdownWrite();
    expect(statesAfter(local, 'FIN_WAIT1')).toEqual(['FIN_WAIT2']);
    dialler.close();
    accepted.close();
    expect(statesAfter(local, 'FIN_WAIT2')).toEqual(['TIME_WAIT']);
    listener.close();
  });

  it('a reset leaves no TIME_WAIT', () => {
    const { local, listener, dialler, accepted } = connected(family);
    dialler.reset();
    dialler.reset();
    expect(statesAt(local)).toEqual([]);
    accepted.close();
    listener.close();
  });

  it('a connect that does not wait is EINPROGRESS, and SYN_SENT before a full backlog', () => {
    const local = ownEndpoint(family);
    const listener = RawSocket.open({ family });
    listener.bind({ address: local.address, port: 0 });
    listener.listen(0);
    const filler = RawSocket.open({ family });
    filler.connect(listener.localEndpoint());
    while (!statesAt(listener.localEndpoint()).includes('ESTABLISHED')); // the listener's end: it is in the queue
    const waiting = RawSocket.open({ family, nonBlocking: true });
    waiting.bind(local);
    expect(() => waiting.connect(listener.localEndpoint())).toThrow('connect: EINPROGRESS');
    expect(statesAt(local)).toEqual(['SYN_SENT']);
    for (const socket of [waiting, filler, listener]) socket.reset();
  });
});

it('an accept that nobody answers ends by itself', () => {
  const listener = RawSocket.open({ family: 4, longestCallMs: 20 });
  listener.bind({ ...ownEndpoint(4), port: 0 });
  listener.listen(1);
  expect(() => listener.accept()).toThrow('accept: EAGAIN');
  listener.close();
});

it('an option that is set after bind counts for the next bind', () => {
  const local = ownEndpoint(4);
  const [holder, next] = [RawSocket.open({ family: 4 }), RawSocket.open({ family: 4 })];
  holder.bind(local);
  next.setReuse('reuseAddr', true);
  expect(() => next.bind(local)).toThrow('bind: EADDRINUSE');
  holder.setReuse('reuseAddr', true);
  next.bind(local);
  holder.close();
  next.close();
});

it('no descriptor is left open or passed on to a program that is started', () => {
  RawSocket.open({ family: 4 }).close(); // loads the library, which opens files of its own
  const before = openDescriptors();
  for (let i = 0; i < 50; i++) {
    const { listener, dialler, accepted } = connected(4);
    if (i === 0) expect(inheritedSockets()).toBe(0);
    for (const socket of [dialler, accepted, listener]) socket.reset();
  }
  expect(openDescriptors()).toBe(before);
});

/** Sockets of this process without close-on-exec (O_CLOEXEC in proc_pid_fdinfo(5)) above the standard ones. */
function inheritedSockets(): number {
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      if (Number(fd) <= 2 || !readlinkSync(`/proc/self/fd/${fd}`).startsWith('socket:')) return false;
      const flags = /^flags:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1] ?? '0';
      return (Number.parseInt(flags, 8) & 0o2000000) === 0;
    } catch {
      return false; // the descriptor of the listing itself
    }
  }).length;
}
