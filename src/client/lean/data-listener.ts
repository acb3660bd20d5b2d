// The lean user-PI's listening socket: opened for each data connection, on one net.Server that serves them all.
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Endpoint } from '../../address.ts';
import { type ActiveModeError, listenError } from '../active-mode-error.ts';

export interface ListenerEvents {
  readonly onListening: (local: Endpoint) => void;
  /** The socket is paused and half-open: whoever takes it must destroy it. */
  readonly onConnection: (socket: Socket) => void;
  readonly onError: (error: ActiveModeError) => void;
}

export class ReusedListener {
  // Paused, or a FIN that comes before the 150 would be told before anybody reads; half-open, so that the end of a
  // download costs one close and no shutdown before it.
  readonly #server = createServer({ pauseOnConnect: true, allowHalfOpen: true });
  #wanted: Endpoint | undefined;

  constructor({ onListening, onConnection, onError }: ListenerEvents) {
    const server = this.#server;
    server.on('listening', () => {
      const wanted = this.#wanted;
      // Closed in the same tick in which it was opened, when there was nothing to close yet.
      if (wanted === undefined) server.close();
      else
        onListening(wanted.port === 0 ? { ...wanted, port: (server.address() as AddressInfo).port } : wanted);
    });
    server.on('connection', (socket) => {
      if (this.#wanted === undefined) socket.destroy();
      else onConnection(socket);
    });
    server.on('error', (error) => {
      if (this.#wanted !== undefined) onError(listenError(this.#wanted, error));
    });
  }

  /** Listens on `wanted`, port 0 for a free one; what comes of it is told by the events. As `listenForData`. */
  open(wanted: Endpoint): void {
    this.#wanted = wanted;
    this.#server.listen({ host: wanted.address, port: wanted.port, exclusive: true });
  }

  /** Safe to call again. A connection that is accepted already stays. */
  close(): void {
    if (this.#wanted === undefined) return;
    this.#wanted = undefined;
    this.#server.close();
  }
}
