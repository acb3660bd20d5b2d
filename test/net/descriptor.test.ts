// The hand-over of a bound descriptor to Node: undocumented, so every property that we lean on is tested here.
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { Descriptor, SystemCallError } from '../../src/net/descriptor.ts';
import { destroyed, listeningPeer, openDescriptors, ownAddress, ownEndpoint } from '../support/loopback.ts';

const FAMILIES = [4, 6] as const;

describe.each(FAMILIES)('a descriptor bound over IPv%d', (family) => {
  it('keeps its source port through net.Socket.connect', async () => {
    const local = ownEndpoint(family);
    const peer = await listeningPeer(local.address);
    const descriptor = Descriptor.bound(local);
    expect(descriptor.localEndpoint()).toEqual(local);

    const socket = descriptor.intoSocket().connect({ host: peer.endpoint.address, port: peer.endpoint.port });
    await once(socket, 'connect');
    const accepted = await peer.accepted();
    expect({ address: accepted.remoteAddress, port: accepted.remotePort }).toEqual(local);
    expect(socket.localPort).toBe(local.port);

    accepted.resume().end('bytes');
    let text = '';
    for await (const chunk of socket.setEncoding('latin1')) text += chunk;
    expect(text).toBe('bytes');
    await destroyed(socket);
    await peer.close();
  });

  it('connect(2) has been issued in a tick queued behind .connect(), not when .connect() returns', async () => {
    const local = ownEndpoint(family);
    const peer = await listeningPeer(local.address);
    const socket = Descriptor.bound(local).intoSocket();
    socket.connect({ host: peer.endpoint.address, port: peer.endpoint.port });
    expect(hasPeer(socket)).toBe(false);
    await new Promise<void>((resolve) => {
      process.nextTick(resolve);
    });
    expect(hasPeer(socket)).toBe(true);
    await destroyed(socket);
    await peer.close();
  });
});

/** getpeername(2), which libuv's handle asks the kernel for each time. */
function hasPeer(socket: Socket): boolean {
  const handle = (socket as unknown as { _handle: { getpeername(out: object): number } })._handle;
  return handle.getpeername({}) === 0;
}

describe('errors', () => {
  it('an address in use is EADDRINUSE of bind, by name', () => {
    const local = { address: ownAddress(), port: 2120 };
    const holder = Descriptor.bound(local);
    try {
      expect(thrownBy(() => Descriptor.bound(local))).toMatchObject({ code: 'EADDRINUSE', syscall: 'bind' });
    } finally {
      holder.close();
    }
  });

  it('an address of another host is EADDRNOTAVAIL of bind', () => {
    const foreign = { address: '192.0.2.1', port: 2120 }; // TEST-NET-1, RFC 5737
    expect(thrownBy(() => Descriptor.bound(foreign))).toMatchObject({
      code: 'EADDRNOTAVAIL',
      syscall: 'bind',
    });
  });

  it('an abstract name has one holder at a time', () => {
    const name = `port20-test/${ownAddress()}`;
    const holder = Descriptor.holdingName(name);
    expect(thrownBy(() => Descriptor.holdingName(name))).toMatchObject({
      code: 'EADDRINUSE',
      syscall: 'bind',
    });
    holder.close();
    Descriptor.holdingName(name).close();
  });
});

describe('ownership', () => {
  it('200 closed, 200 failed and 200 handed-over descriptors leave the count where it was', async () => {
    const local = { address: ownAddress(), port: 2120 };
    Descriptor.bound(local).close(); // loads the library, which opens files of its own
    const before = openDescriptors();
    for (let i = 0; i < 200; i++) Descriptor.bound(local).close();
    const holder = Descriptor.bound(local);
    for (let i = 0; i < 200; i++) thrownBy(() => Descriptor.bound(local));
    holder.close();
    holder.close();
    for (let i = 0; i < 200; i++) await destroyed(Descriptor.bound(local).intoSocket());
    expect(openDescriptors()).toBe(before);
  });

  it('close leaves a descriptor alone that was handed over', async () => {
    const local = { address: ownAddress(), port: 2120 };
    const peer = await listeningPeer(local.address);
    const descriptor = Descriptor.bound(local);
    const socket = descriptor.intoSocket();
    descriptor.close();
    socket.connect({ host: peer.endpoint.address, port: peer.endpoint.port });
    await once(socket, 'connect');
    expect(socket.localPort).toBe(2120);
    await destroyed(socket);
    await peer.close();
  });
});

function thrownBy(call: () => Descriptor): unknown {
  try {
    call().close();
  } catch (error) {
    expect(error).toBeInstanceOf(SystemCallError);
    return error;
  }
  throw new Error('expected a SystemCallError');
}
