// Where the probe waits for the server to dial back, and what arrived there.
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { connect as connectTls, TLSSocket } from 'node:tls';
import { type Endpoint, sameEndpoint, unmapIPv4 } from '../../address.ts';
import { systemClock } from '../../clock.ts';
import { errorCodeOf, PreflightError } from '../../errors.ts';
import { readSocketsAt, socketTableAvailable } from '../../net/socket-table.ts';
import type { TcpState } from '../../net/tcp-states.ts';
import type { Scope } from './scope.ts';

/** More than any file of a run, and any listing: what a server sends without end is counted, and not kept. */
const MOST_KEPT_BYTES = 64 * 1024 * 1024;

/** A data connection that arrived; nothing of it is read until `drain` or `read`. */
export class Arrival {
  readonly from: Endpoint;
  readonly atMs = systemClock.nowMs();
  #socket: Socket;
  readonly #local: Endpoint;
  readonly #onChange: () => void;
  readonly #chunks: Buffer[] = [];
  #bytes = 0;
  #ended = false;
  #broken: string | undefined;

  constructor(socket: Socket, local: Endpoint, onChange: () => void) {
    this.#socket = socket;
    this.#local = local;
    this.from = { address: unmapIPv4(socket.remoteAddress ?? ''), port: socket.remotePort ?? 0 };
    this.#onChange = onChange;
    this.#attach();
  }

  #attach(): void {
    const ended = () => {
      this.#ended = true;
      this.#onChange();
    };
    this.#socket
      .on('error', (error) => {
        this.#broken ??= errorCodeOf(error);
      })
      .on('end', ended)
      .on('close', ended);
  }

  /** What has been read so far; of more than 64 MiB the beginning. */
  get content(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  /** How many bytes have been read. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The errno name of what ended it otherwise than by a FIN, such as a reset. */
  get broken(): string | undefined {
    return this.#broken;
  }

  /** Reads it all, and keeps it as `content`. */
  read(): void {
    this.#socket
      .on('data', (chunk: Buffer) => {
        if (this.#bytes < MOST_KEPT_BYTES) this.#chunks.push(chunk);
        this.#bytes += chunk.length;
        this.#onChange();
      })
      .resume();
  }

  write(bytes: Buffer): void {
    if (!this.#socket.destroyed) this.#socket.write(bytes);
  }

  /** Goes on over TLS, the session of `control` resumed if there is one. Rejects where the handshake fails. */
  async secure(control: TLSSocket | undefined): Promise<void> {
    const session = control?.getSession();
    const raw = this.#socket;
    const resumed = session === undefined ? {} : { session };
    const secured = connectTls({ socket: raw, rejectUnauthorized: false, ...resumed });
    this.#socket = secured;
    this.#attach();
    await once(secured, 'secureConnect');
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
    // Behind our own FIN libuv refuses a reset (EINVAL), and Node then never closes the descriptor.
    const socket = this.#socket;
    // A connection that is being made Node would reset only once it is up, which may be never.
    if (socket.writableEnded || socket.connecting || socket instanceof TLSSocket) socket.destroy();
    else socket.resetAndDestroy();
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

  /** Listens on a free port of `address`, or on the one given, until `scope` ends. @throws PreflightError */
  static listen(address: string, scope: Scope, wanted = 0): Promise<Catcher> {
    const server = createServer({ pauseOnConnect: true, allowHalfOpen: true, noDelay: true });
    return new Promise((resolve, reject) => {
      server.once('error', (cause) => {
        reject(new PreflightError(`can't listen on ${address}: ${errorCodeOf(cause)}`, { cause }));
      });
      server.listen({ host: address, port: wanted, exclusive: true }, () => {
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
