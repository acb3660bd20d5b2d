// A data connection under TLS: what of the kernel's own ways it must not use, and how its end is judged.
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { streamBytes, unsentBytes } from '../../net/unsent.ts';
import { DataSocket } from '../data/data-socket.ts';
import { WatchedTls } from './fin-watch.ts';
import { serverOptions, shaken } from './handshake.ts';
import { SealError } from './seal-error.ts';
import type { TlsSessions } from './sessions.ts';
import type { BareFin, TlsFacts, TlsReuse } from './types.ts';

/** How the data connections of one session are sealed. */
export interface Seal {
  readonly sessions: TlsSessions;
  readonly reuse: TlsReuse;
  readonly bareFin: BareFin;
  /** How long the handshake may take. */
  readonly limitMs: number;
}

export class SealedSocket extends DataSocket {
  readonly #below: Socket;
  readonly #tls: TLSSocket;
  readonly #seal: Seal;

  private constructor(below: Socket, tls: TLSSocket, seal: Seal) {
    super(tls);
    this.#below = below;
    this.#tls = tls;
    this.#seal = seal;
  }

  /**
   * Owns `socket` from now on, whatever comes of it.
   * @param sends whether it is the server that sends: a FIN of its reader cuts nothing short. @throws SealError; ABORTED
   */
  static async over(socket: Socket, seal: Seal, sends: boolean, signal: AbortSignal): Promise<SealedSocket> {
    const options = serverOptions(seal.sessions);
    const tls = sends ? new TLSSocket(socket, options) : new WatchedTls(socket, options);
    await shaken(tls, seal.limitMs, signal);
    tls.on('error', () => {}); // as of every data socket: nobody may be waiting
    return new SealedSocket(socket, tls, seal);
  }

  get facts(): TlsFacts {
    const { standardName } = this.#tls.getCipher();
    const protocol = this.#tls.getProtocol() ?? 'unknown';
    const resumed = this.#seal.reuse === 'off' ? {} : { resumed: this.#tls.isSessionReused() };
    return { protocol, cipher: standardName, ...resumed };
  }

  /** To be asked when the client knows that the connection is up. @throws SealError */
  requireResumed(): void {
    if (this.#seal.reuse !== 'require' || this.#tls.isSessionReused()) return;
    throw new SealError(
      'TLS_NOT_RESUMED',
      'TLS session reuse required: the data connection must resume the TLS session of this control connection.',
    );
  }

  /** Ciphertext: what the peer has taken is known to the kernel alone. */
  override get takenBytes(): number {
    return streamBytes(this.#below) - unsentBytes(this.#below);
  }

  /** The kernel would send plaintext. */
  override sendFrom(): undefined {
    return undefined;
  }

  /** The kernel has ciphertext alone. */
  override receiveInto(): number {
    return 0;
  }

  /** Below TLS there is no reading to be stopped that it would not miss. */
  override stopReading(): void {
    this.#tls.pause();
  }

  override startReading(): void {
    this.#tls.resume();
  }

  override endProblem(): Error | undefined {
    const tls = this.#tls;
    if (!(tls instanceof WatchedTls) || tls.endedByTls || this.#seal.bareFin === 'accept') return undefined;
    return new SealError(
      'TLS_TRUNCATED',
      'Data connection ended without close_notify of TLS: the file may be cut short.',
    );
  }
}
