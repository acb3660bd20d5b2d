// Loopback for tests: an address that no other test uses, a peer that listens, and a count of descriptors.
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Endpoint } from '../../src/address.ts';
import { readSocketsAt } from '../../src/net/socket-table.ts';

/** One of 16 million, so that what an earlier test or run left in TIME_WAIT is elsewhere. */
export function ownAddress(): string {
  return `127.${randomInt(1, 255)}.${randomInt(0, 256)}.${randomInt(1, 255)}`;
}

/** Ports below the ephemeral range and below those that the probe draws from, a slice for each of Jest's processes. */
const FIRST_PORT = 2_000;
const PORTS_EACH = 1_000;
const SLICES = 8;

/**
 * A port that nothing uses, nor its neighbours, of which a control and a data port are made: on ::1, where there is only
 * one address, they are a test's own. What an earlier test left in TIME_WAIT counts as use.
 */
export function ownPort(): number {
  const rows = ['::1', '::'].flatMap((address) => readSocketsAt({ address, port: 0 }));
  const taken = new Set(rows.map(({ local }) => local.port));
  const first = FIRST_PORT + (Number(process.env.JEST_WORKER_ID ?? 1) % SLICES) * PORTS_EACH;
  for (;;) {
    const port = randomInt(first + 1, first + PORTS_EACH);
    if (![port - 1, port, port + 1].some((near) => taken.has(near))) return port;
  }
}

/** An endpoint of the test's own for either family. */
export function ownEndpoint(family: 4 | 6): Endpoint {
  return family === 4 ? { address: ownAddress(), port: 2120 } : { address: '::1', port: ownPort() };
}

export interface Peer {
  readonly endpoint: Endpoint;
  /** The next connection that was not taken yet. */
  accepted(): Promise<Socket>;
  close(): Promise<void>;
}

/** A listener on a port of its own; connections wait, paused, until they are asked for. */
export async function listeningPeer(address: string): Promise<Peer> {
  const sockets: Socket[] = [];
  const waiting: ((socket: Socket) => void)[] = [];
  const all = new Set<Socket>();
  const server: Server = createServer({ pauseOnConnect: true }, (socket) => {
    all.add(socket);
    socket.on('error', () => {});
    const next = waiting.shift();
    if (next) next(socket);
    else sockets.push(socket);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, address, resolve);
  });
  const { port } = server.address() as { port: number };
  return {
    endpoint: { address, port },
    accepted: () => {
      const socket = sockets.shift();
      return socket ? Promise.resolve(socket) : new Promise((resolve) => waiting.push(resolve));
    },
    close: () => {
      for (const socket of all) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** A port on `address` that nobody listens on: taken by the kernel's choice, then given back. */
export async function closedPort(address: string): Promise<Endpoint> {
  const peer = await listeningPeer(address);
  await peer.close();
  return peer.endpoint;
}

export interface Silent extends Endpoint {
  end(): Promise<void>;
}

/** A listener whose queue is full and stays so: Linux drops the SYN of whoever comes next, as a firewall does. */
export async function silentListener(address: string): Promise<Silent> {
  const program = `const server = require('node:net').createServer().listen({ port: 0, host: '${address}', backlog: 1 }, () => {
    require('node:fs').writeSync(1, String(server.address().port)); // and from now on it accepts nothing
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  })`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [port] = await once(child.stdout, 'data');
  const queued = [1, 2].map(() => connect({ host: address, port: Number(port) }));
  await Promise.all(queued.map((socket) => once(socket, 'connect')));
  const end = async () => {
    const closed = once(child, 'close');
    for (const socket of queued) socket.on('error', () => {}).destroy();
    child.kill('SIGKILL');
    await closed;
  };
  return { address, port: Number(port), end };
}

export function openDescriptors(): number {
  return readdirSync('/proc/self/fd').length;
}

/** Ends a socket for good and waits until its descriptor is closed. */
export function destroyed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once('close', () => resolve()).destroy();
  });
}
