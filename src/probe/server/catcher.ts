// Where the probe waits for the server to dial back, and what arrived there.
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { type Endpoint, sameEndpoint, unmapIPv4 } from '../../address.ts';
import { systemClock } from '../../clock.ts';
import { errorCodeOf, PreflightError } from '../../errors.ts';
import { readSocketsAt, socketTableAvailable } from '../../net/socket-table.ts';
import type { TcpState } from '../../net/tcp-states.ts';
import type { Scope } from './scope.ts';

/** A data connection that arrived; nothing of it is read until `drain`. */
export class Arrival {
  readonly from: Endpoint;
  readonly atMs = systemClock.nowMs();
  readonly #socket: Socket;
  readonly #local: Endpoint;
  #ended = false;

  constructor(socket: Socket, local: Endpoint, onChange: () => void) {
    this.#socket = socket;
    this.#local = local;
    this.from = { address: unmapIPv4(socket.remoteAddress ?? ''), port: socket.remotePort ?? 0 };
    const ended = () => {
      this.#ended = true;
      onChange();
    };
    socket
      .on('error', () => {})
      .on('end', ended)
      .on('close', ended);
  }

  /** The server's FIN (or reset) has been read. */
  get ended(): boolean {
    return this.#ended;
  }

  /** The state of our end in the kernel's table; undefined where it has none. */
  state(): TcpState | undefined {
    if (!socketTableAvailable()) return undefined;
    return readSocketsAt(this.#local).find(({ remote }) => sameEndpoint(remote, this.from))?.state;
  }

  drain(): void {
    this.#socket.resume();
  }

  /** Sends our FIN: the side that was first, the server on RETR and LIST, keeps the TIME_WAIT. */
  finish(): void {
    this.#socket.end();
  }

  /** Sends a reset: it ends the server's socket too, so that no TIME_WAIT stays behind to disturb the next experiment. */
  reset(): void {
    this.#socket.resetAndDestroy();
  }

  close(): void {
    if (!this.#socket.destroyed) this.reset();
  }
}

export class Catcher {
  readonly local: Endpoint;
  readonly arrivals: Arrival[] = [];
  readonly #server: Server;

  private constructor(server: Server, local: Endpoint, onChange: () => void) {
    this.#server = server;
    this.local = local;
    server.on('connection', (socket: Socket) => {
      this.arrivals.push(new Arrival(socket, local, onChange));
      onChange();
    });
  }

  /** Listens on a free port of `address` until `scope` ends. @throws PreflightError */
  static listen(address: string, scope: Scope): Promise<Catcher> {
    const server = createServer({ pauseOnConnect: true, allowHalfOpen: true, noDelay: true });
    return new Promise((resolve, reject) => {
      server.once('error', (cause) => {
        reject(new PreflightError(`can't listen on ${address}: ${errorCodeOf(cause)}`, { cause }));
      });
      server.listen({ host: address, port: 0, exclusive: true }, () => {
        const { port } = server.address() as AddressInfo;
        resolve(scope.owns(new Catcher(server, { address, port }, scope.changed)));
      });
    });
  }

  close(): void {
    this.#server.close();
    for (const arrival of this.arrivals) arrival.close();
  }
}
