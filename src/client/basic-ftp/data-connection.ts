// Waits for the server's data connection and puts it where basic-ftp expects it.
import type { Socket } from 'node:net';
import type { FTPContext } from 'basic-ftp';
import type { Endpoint } from '../../address.ts';
import {
  type ActiveModeError,
  listenError,
  noConnectionError,
  sourcePortError,
} from '../active-mode-error.ts';
import { expectedPort, judgePeer, type PeerVerdict, remoteOf } from '../data-peer.ts';
import type { FilledActiveModeOptions } from '../options.ts';
import type { DataListener } from './data-listener.ts';
import { secureLikeControl } from './data-tls.ts';
import { Placeholder } from './placeholder.ts';
import { holdNextTransfer, type ReplyHold } from './reply-hold.ts';

/**
 * Fills `ftp.dataSocket`: with a placeholder now, with the server's connection when it comes. Takes `listener`
 * over and closes it then, or when the transfer or the client ends first. A failure closes the client with an
 * ActiveModeError, since the server's replies to come would answer nothing.
 */
export class DataConnection {
  readonly #ftp: FTPContext;
  readonly #listener: DataListener;
  readonly #options: FilledActiveModeOptions;
  readonly #sourcePort: number | undefined;
  readonly #placeholder: Placeholder;
  readonly #replies: ReplyHold;
  #refused: Endpoint | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(ftp: FTPContext, listener: DataListener, options: FilledActiveModeOptions) {
    this.#ftp = ftp;
    this.#listener = listener;
    this.#options = options;
    this.#sourcePort = expectedPort(options, ftp.socket.remotePort);
    this.#placeholder = new Placeholder(() => this.#stopWaiting());
    // This destroys what an earlier PORT without a transfer left, and takes its hold off again.
    ftp.dataSocket = this.#placeholder;
    this.#replies = holdNextTransfer(ftp, {
      onSent: () => this.#startTimer(),
      onReply: options.onReply,
      onEnd: () => this.#placeholder.destroy(),
    });
    listener.server.on('connection', (socket) => this.#onConnection(socket));
    listener.server.on('error', (error) => this.#fail(listenError(listener.local, error)));
  }

  #stopWaiting(): void {
    clearTimeout(this.#timer);
    this.#listener.server.close();
    this.#replies.disarm();
  }

  /** Until the server connects, `acceptTimeoutMs` alone counts, however short the client's own timeout is. */
  #startTimer(): void {
    if (this.#placeholder.destroyed) return;
    this.#ftp.socket.setTimeout(0);
    const { acceptTimeoutMs } = this.#options;
    if (acceptTimeoutMs > 0) this.#timer = setTimeout(() => this.#onTimeout(), acceptTimeoutMs);
  }

  #onTimeout(): void {
    this.#fail(noConnectionError(this.#listener.local, this.#options.acceptTimeoutMs, this.#refused));
  }

  #onConnection(socket: Socket): void {
    const remote = remoteOf(socket);
    const verdict = judgePeer(remote, remoteOf(this.#ftp.socket).address, this.#sourcePort);
    if (verdict === 'server') this.#accept(socket, remote);
    else this.#refuse(socket, remote, verdict);
  }

  #refuse(socket: Socket, remote: Endpoint, verdict: PeerVerdict): void {
    socket.destroy();
    // A stranger must not be able to end the transfer, so the wait goes on; the server's own mistake ends it.
    this.#refused = remote;
    if (verdict === 'wrong-port') this.#fail(sourcePortError(remote, this.#sourcePort));
  }

  #accept(socket: Socket, remote: Endpoint): void {
    // Destroys the placeholder, which closes the listener: a second connection finds nobody.
    this.#ftp.dataSocket = secureLikeControl(this.#ftp, socket);
    if (this.#replies.running) this.#ftp.socket.setTimeout(this.#ftp.timeout);
    this.#options.onConnection(this.#listener.local, remote);
    this.#replies.release();
  }

  #fail(error: ActiveModeError): void {
    this.#ftp.closeWithError(error);
  }
}
