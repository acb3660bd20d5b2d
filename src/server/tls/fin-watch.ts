// A data connection below TLS that tells whether its peer ended TLS, or only TCP: what Node reports as the same 'end'.
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { TLSSocket, type TLSSocketOptions } from 'node:tls';
import { endedByReset, resetError } from '../../net/reset-end.ts';

/** What passes between a connection and TLS, in order: when it has ended, TLS was given all that came before the FIN. */
class Ciphertext extends Duplex {
  readonly #socket: Socket;

  /**
   * @param onLost told of a reset, and of an end of the connection without its FIN
   * @param onClosed told that nothing more comes or goes
   */
  constructor(socket: Socket, onLost: (error: Error) => void, onClosed: () => void) {
    super({ allowHalfOpen: true });
    this.#socket = socket;
    socket
      .on('data', (chunk: Buffer) => this.push(chunk) || socket.pause())
      .once('end', () => (endedByReset(socket) ? onLost(resetError()) : this.push(null)))
      .once('error', onLost)
      .once('close', onClosed);
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#socket.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }
}

/**
 * The server's end of TLS over `socket`, which is paused and half-open capable. With TLS 1.2 and 1.3 alike Node ends the
 * stream at close_notify and at a FIN: here `endedByTls` tells them apart.
 */
export class WatchedTls extends TLSSocket {
  readonly #below: Ciphertext;
  #endedByTls = false;
  #ended = false;

  constructor(socket: Socket, options: TLSSocketOptions) {
    const below = new Ciphertext(
      socket,
      (error) => this.#lost(error),
      () => this.#endedByTls || below.destroy(),
    );
    super(below, options);
    this.#below = below;
  }

  /** To be asked once it has ended: whether its peer said so by close_notify. */
  get endedByTls(): boolean {
    return this.#endedByTls;
  }

  /** Node's handle pushes null at the moment in which TLS tells of its end, whatever waits to be read before it. */
  override push(chunk: unknown, encoding?: BufferEncoding): boolean {
    if (chunk === null && !this.#ended) {
      this.#ended = true;
      this.#endedByTls = !this.#below.readableEnded;
    }
    return super.push(chunk, encoding);
  }

  /** Behind close_notify everything is here: a client that closes without reading our tickets resets the connection. */
  #lost(error: Error): void {
    if (!this.#endedByTls) this.destroy(error);
  }
}
