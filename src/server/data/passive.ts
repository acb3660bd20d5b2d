// PASV and EPSV: a listener for one connection, from the control connection's peer and nobody else.
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { type Endpoint, unmapIPv4 } from '../../address.ts';
import { DataConnectionError, errorCodeOf } from '../../errors.ts';
import { outliveFailedAccepts } from '../control/listening.ts';
import type { Cancellation } from './cancellation.ts';
import type { DataChannel } from './channel.ts';
import type { Measurement } from './measurement.ts';
import type { OpenSockets } from './open-sockets.ts';
import type { PassivePorts } from './passive-ports.ts';

export interface PassivePlace {
  /** The control connection's own address. */
  readonly address: string;
  /** The control connection's peer. */
  readonly peerAddress: string;
  readonly ports: PassivePorts;
  readonly dataSockets: OpenSockets;
  readonly acceptTimeoutMs: number;
}

/** Listens on a free port. @throws an error with `code`, EADDRINUSE when there is none */
export async function passiveChannel(place: PassivePlace): Promise<DataChannel> {
  const server = createServer({ pauseOnConnect: true, allowHalfOpen: true });
  const local = await listenOnOneOf(server, place);
  const arrival = firstFromPeer(server, place, place.ports.take(local));
  const remote = { address: place.peerAddress, port: 0 };
  return {
    binder: 'passive',
    local,
    remote,
    open: (measured, cancellation) => accept(arrival, place, { local, remote, measured, cancellation }),
    close: () => arrival.giveUp(),
  };
}

async function listenOnOneOf(server: Server, { address, ports }: PassivePlace): Promise<Endpoint> {
  for (const wanted of ports.toTry(address)) {
    try {
      // exclusive: a cluster would hand the same "free" port to every worker and deal its connections out among them.
      server.listen({ host: address, port: wanted, exclusive: true, backlog: 1 });
      await once(server, 'listening');
      outliveFailedAccepts(server);
    } catch (error) {
      if (ports.range !== undefined && errorCodeOf(error) === 'EADDRINUSE') continue; // another process's
      throw error;
    }
    const { port } = server.address() as { port: number };
    return { address, port };
  }
  throw Object.assign(new Error('all passive ports are in use'), { code: 'EADDRINUSE' });
}

interface Arrival {
  readonly socket: Promise<Socket>;
  /** Closes the listener, and a connection that nobody took. */
  giveUp(): void;
}

/** One connection, then no more listening: a client that wants another one asks again. */
function firstFromPeer(
  server: Server,
  { peerAddress, dataSockets }: PassivePlace,
  givePortBack: () => void,
): Arrival {
  let arrived: Socket | undefined;
  const stopListening = () => {
    server.close(); // the port is free at once, also while the connection lives that came by it
    givePortBack();
  };
  const socket = new Promise<Socket>((resolve) => {
    server.on('connection', (candidate: Socket) => {
      candidate.on('error', () => {});
      // A stranger that guesses the port would get the file, or write it (RFC 2577 §2, "connection stealing").
      const fromPeer = unmapIPv4(candidate.remoteAddress ?? '') === peerAddress;
      if (!fromPeer || arrived !== undefined) return candidate.destroy();
      arrived = candidate;
      dataSockets.add(candidate);
      stopListening();
      resolve(candidate);
    });
  });
  return {
    socket,
    giveUp() {
      stopListening();
      arrived?.destroy();
    },
  };
}

interface Acceptance {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly measured: Measurement;
  readonly cancellation: Cancellation;
}

async function accept(arrival: Arrival, place: PassivePlace, acceptance: Acceptance): Promise<Socket> {
  const { measured, cancellation, local, remote } = acceptance;
  const { signal } = cancellation;
  measured.bound({ bindCalls: 1, waitedMs: 0 });
  measured.enter('connect');
  return new Promise((resolve, reject) => {
    const fail = (errorCode: string) => {
      settle();
      arrival.giveUp();
      reject(
        new DataConnectionError({ phase: 'connect', errorCode, local, remote, bindCalls: 1, waitedMs: 0 }),
      );
    };
    const onAbort = () => fail('ABORTED');
    const timer = setTimeout(() => fail('ETIMEDOUT'), place.acceptTimeoutMs);
    const settle = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    };
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    arrival.socket.then((socket) => {
      settle();
      resolve(socket);
    });
  });
}
