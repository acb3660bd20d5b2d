// A control connection without a mind of its own: lines out, whole replies in, each with the time it arrived.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { type Endpoint, formatEndpoint, unmapIPv4 } from '../address.ts';
import { systemClock } from '../clock.ts';
import { errorCodeOf, PreflightError } from '../errors.ts';
import { type Reply, ReplyReader } from './reply-reader.ts';

export interface ControlReply extends Reply {
  /** `Clock.nowMs()` when its last byte was read. */
  readonly atMs: number;
}

export interface ControlOptions {
  readonly localAddress?: string;
  /** Ends the attempt to connect; the connection itself is closed by its owner. */
  readonly signal?: AbortSignal;
  readonly connectTimeoutMs?: number;
  /** Told when a reply came and when the connection ended. */
  readonly onChange?: () => void;
}

const CONNECT_TIMEOUT_MS = 10_000;
const HANDSHAKE_TIMEOUT_MS = 10_000;

export interface SecureOptions {
  /** Ends the wait for the handshake. */
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number;
}

export class ControlConnection {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  #socket: Socket;
  readonly #onChange: () => void;
  readonly #reader = new ReplyReader();
  readonly #replies: ControlReply[] = [];
  #endedAtMs: number | undefined;

  private constructor(socket: Socket, onChange: () => void) {
    this.#socket = socket;
    this.#onChange = onChange;
    this.local = { address: unmapIPv4(socket.localAddress ?? ''), port: socket.localPort ?? 0 };
    this.remote = { address: unmapIPv4(socket.remoteAddress ?? ''), port: socket.remotePort ?? 0 };
    this.#attach();
  }

  #attach(): void {
    const socket = this.#socket;
    socket.setEncoding('latin1').on('data', (text: string) => this.#read(text));
    socket.on('error', () => {}); // 'close' follows
    socket.on('close', () => this.#ended()).on('end', () => this.#ended());
    socket.resume(); // one that others made may have been paused
  }

  /** Over a connection that somebody else has made; it is this one's to close. */
  static over(socket: Socket, { onChange = () => {} }: Pick<ControlOptions, 'onChange'>): ControlConnection {
    return new ControlConnection(socket, onChange);
  }

  /** Connects; the greeting is the first reply. @throws PreflightError when nobody answers there */
  static async open(server: Endpoint, options: ControlOptions = {}): Promise<ControlConnection> {
    const { localAddress, signal, connectTimeoutMs = CONNECT_TIMEOUT_MS, onChange = () => {} } = options;
    const place = { host: server.address, port: server.port, noDelay: true };
    const socket = connect({ ...place, ...(localAddress !== undefined && { localAddress }) });
    const timer = setTimeout(() => {
      socket.destroy(Object.assign(new Error('connect timed out'), { code: 'ETIMEDOUT' }));
    }, connectTimeoutMs);
    try {
      await once(socket, 'connect', signal === undefined ? {} : { signal });
    } catch (cause) {
      socket.on('error', () => {}).destroy();
      signal?.throwIfAborted();
      const message = `can't connect to ${formatEndpoint(server)}: ${errorCodeOf(cause)}`;
      throw new PreflightError(message, { cause });
    } finally {
      clearTimeout(timer);
    }
    return new ControlConnection(socket, onChange);
  }

  /** Every reply so far, in order. */
  get replies(): readonly ControlReply[] {
    return this.#replies;
  }

  /** When the server ended the connection; undefined while it is up. */
  get endedAtMs(): number | undefined {
    return this.#endedAtMs;
  }

  /** Sends one command line. */
  send(line: string): void {
    this.sendBytes(`${line}\r\n`);
  }

  /** Sends what it is given, in one packet if it has room there; of a text its UTF-8. */
  sendBytes(bytes: Buffer | string): void {
    if (!this.#socket.destroyed) this.#socket.write(bytes);
  }

  /** The socket below, for what only the kernel can do with it. */
  get socket(): Socket {
    return this.#socket;
  }

  /**
   * Goes on over TLS, whatever certificate the server has: behind the 234 to AUTH (RFC 4217 §4). Resolves with the
   * connection, which has the session that data connections may have to resume; rejects where the handshake fails or
   * is not answered, and with the reason of `signal`.
   */
  async secure({ signal, timeoutMs = HANDSHAKE_TIMEOUT_MS }: SecureOptions = {}): Promise<TLSSocket> {
    const raw = this.#socket;
    const secured = connectTls({ socket: raw, rejectUnauthorized: false });
    const timer = setTimeout(() => {
      secured.destroy(Object.assign(new Error('the handshake timed out'), { code: 'ETIMEDOUT' }));
    }, timeoutMs);
    try {
      await once(secured, 'secureConnect', signal === undefined ? {} : { signal });
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    } finally {
      clearTimeout(timer);
      this.#socket = secured;
      this.#attach();
    }
    return secured;
  }

  /** Closes without a word; safe to call again. */
  close(): void {
    this.#socket.destroy();
  }

  #read(text: string): void {
    const atMs = systemClock.nowMs();
    for (const reply of this.#reader.read(text)) this.#replies.push({ ...reply, atMs });
    if (this.#reader.overlong) this.#socket.destroy();
    this.#onChange();
  }

  #ended(): void {
    this.#endedAtMs ??= systemClock.nowMs();
    this.#onChange();
  }
}
