// Timed calls on real sockets: they do what bind(2) and connect(2) do, and leave nothing behind.
import { describe, expect, it } from '@jest/globals';
import { LoopbackListener, socketAddress, TimedSocket } from '../../src/net/bind-cost.ts';
import { readSocketsAt } from '../../src/net/socket-table.ts';
import { openDescriptors, ownAddress, ownEndpoint } from '../support/loopback.ts';

const RESETTING = { resetOnClose: true };

describe('TimedSocket', () => {
  it('tells the time of a bind, and its errno', () => {
    const before = openDescriptors();
    const local = ownEndpoint(4);
    const sockaddr = socketAddress(local.address, local.port);
    const holder = TimedSocket.open({}, RESETTING);
    expect(holder.bind(sockaddr)).toBeGreaterThan(0);
    const second = TimedSocket.open({ reuseAddr: true, reusePort: true }, RESETTING);
    expect(() => second.bind(sockaddr)).toThrow('bind: EADDRINUSE');
    second.close();
    holder.close();
    expect(openDescriptors()).toBe(before);
  });

  it('connects over loopback to any of its addresses, and a reset leaves no TIME_WAIT', () => {
    const before = openDescriptors();
    const listener = LoopbackListener.open(8);
    const local = ownEndpoint(4);
    for (const remote of [ownAddress(), ownAddress()]) {
      const socket = TimedSocket.open({ reusePort: true }, RESETTING);
      socket.bind(socketAddress(local.address, local.port));
      expect(socket.connect(socketAddress(remote, listener.port))).toBeGreaterThan(0);
      socket.close();
      expect(listener.closeOne()).toBe(true);
      expect(listener.closeOne()).toBe(false);
    }
    expect(readSocketsAt(local)).toEqual([]);
    listener.close();
    expect(openDescriptors()).toBe(before);
  });

  it('names the errno of a connect', () => {
    const socket = TimedSocket.open({}, RESETTING);
    socket.bind(socketAddress(ownAddress(), 0));
    expect(() => socket.connect(socketAddress('255.255.255.255', 9))).toThrow(/^connect: E[A-Z]+$/);
    socket.close();
  });
});
