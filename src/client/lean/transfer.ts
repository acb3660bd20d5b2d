// One active-mode transfer of the lean user-PI: announce, ask, wait for the connection and the replies, move the bytes.
import type { Socket } from 'node:net';
import type { Endpoint } from '../../address.ts';
import { errorCodeOf } from '../../errors.ts';
import { type ActiveModeError, noConnectionError, sourcePortError } from '../active-mode-error.ts';
import { judgePeer, remoteOf } from '../data-peer.ts';
import type { Digest } from '../digest.ts';
import type { Reply } from '../reply-reader.ts';
import {
  classifyActiveMode,
  classifyReply,
  type TransferFailure,
  type WaitPhase,
} from '../transfer-failure.ts';
import type { TransferRequest } from '../types.ts';
import { COMMANDS, SERVICE_CLOSING } from '../user-pi.ts';
import type { Exchange } from './exchange.ts';
import { receive, send } from './movement.ts';
import type { Ended, Tools } from './tools.ts';

const NO_CONTENT = Buffer.alloc(0);

export class Transfer implements Exchange {
  readonly #tools: Tools;
  readonly #request: TransferRequest;
  readonly #digest: Digest;
  readonly #ended: Ended;
  #local: Endpoint = { address: '', port: 0 };
  #refused: Endpoint | undefined;
  #socket: Socket | undefined;
  /** What has happened: PORT was sent, the transfer command was, 125 or 150 was read, all bytes moved, 2xx was read. */
  #announced = false;
  #asked = false;
  #begun = false;
  #moved = false;
  #completed = false;
  #over = false;

  constructor(tools: Tools, request: TransferRequest, digest: Digest, ended: Ended) {
    this.#tools = tools;
    this.#request = request;
    this.#digest = digest;
    this.#ended = ended;
  }

  get waitingFor(): WaitPhase {
    return this.#begun && this.#socket !== undefined && !this.#moved ? 'transfer' : 'reply';
  }

  onListening(local: Endpoint): void {
    this.#local = local;
    this.#announced = true;
    this.#tools.settings.onListening(local);
    this.#announce();
  }

  onReply({ replyCode, text }: Reply): void {
    if (this.#asked) this.#tools.settings.onReply(replyCode);
    if (replyCode >= 400) this.#onRefusal(replyCode, text);
    else if (!this.#asked) this.#ask();
    else if (replyCode === 150 || replyCode === 125) this.#begin();
    else if (replyCode >= 300) this.#end({ kind: 'ftp-reply', replyCode }, true);
    else if (replyCode >= 200) this.#complete();
  }

  onConnection(socket: Socket): void {
    const { server, sourcePort, settings } = this.#tools;
    const remote = remoteOf(socket);
    const verdict = judgePeer(remote, server, sourcePort);
    if (verdict === 'server') {
      this.#accept(socket);
      settings.onConnection(this.#local, remote);
      return;
    }
    socket.destroy();
    // A stranger must not be able to end the transfer, so the wait goes on; the server's own mistake ends it.
    this.#refused = remote;
    if (verdict === 'wrong-port') this.#fail(sourcePortError(remote, sourcePort));
  }

  onListenError(error: ActiveModeError): void {
    // Once announced, the server has something to answer.
    this.#end(classifyActiveMode(error), this.#announced);
  }

  onAcceptTimeout(): void {
    this.#fail(noConnectionError(this.#local, this.#tools.settings.acceptTimeoutMs, this.#refused));
  }

  onEnd(failure: TransferFailure): void {
    this.#end(failure, true);
  }

  #announce(): void {
    const { announcer, send, step } = this.#tools;
    send(announcer.command(this.#local));
    step.start();
  }

  /** The server may have connected already: RFC 959 §3.2 has it wait for the command, not all do. */
  #ask(): void {
    const { step, accept } = this.#tools;
    const { direction, path } = this.#request;
    this.#asked = true;
    this.#tools.send(direction === 'list' && path === '' ? COMMANDS.list : `${COMMANDS[direction]} ${path}`);
    if (this.#socket !== undefined) {
      step.start();
      return;
    }
    // Until the server connects, this one counts alone.
    step.stop();
    accept.start();
  }

  #accept(socket: Socket): void {
    const { step, accept, stopListening } = this.#tools;
    // A second connection finds nobody.
    stopListening();
    accept.stop();
    if (this.#asked) step.start();
    this.#socket = socket.on('error', (error) => this.#onBroken(error));
    if (this.#begun) this.#move(socket);
  }

  #onBroken(error: Error): void {
    this.#end({ kind: 'socket-error', phase: 'transfer', code: errorCodeOf(error) }, true);
  }

  /** Of a small file even the 226 may come before the accept: the bytes wait for both, the 150 and the connection. */
  #begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    if (this.#socket !== undefined) this.#move(this.#socket);
  }

  #move(socket: Socket): void {
    const { step } = this.#tools;
    step.start();
    const events = { onProgress: () => step.start(), onMoved: () => this.#onMoved(socket) };
    if (this.#request.direction !== 'stor') receive(socket, this.#digest, events);
    else send(socket, this.#request.content ?? NO_CONTENT, this.#digest, events);
  }

  #onMoved(socket: Socket): void {
    this.#moved = true;
    // After an upload the server may still be reading: the socket stays until it has replied.
    if (this.#request.direction !== 'stor') socket.destroy();
    this.#tools.step.start();
    this.#endIfDone();
  }

  #complete(): void {
    this.#completed = true;
    this.#endIfDone();
  }

  #endIfDone(): void {
    if (this.#completed && this.#moved) this.#end(undefined, false);
  }

  #onRefusal(replyCode: number, text: string): void {
    // On the same listener: the server has not been told of it in words that it knows.
    if (!this.#asked && this.#tools.announcer.fallsBack(this.#local, replyCode)) {
      this.#announce();
      return;
    }
    this.#tools.observation.onReply(replyCode);
    this.#end(classifyReply(replyCode, text), replyCode === SERVICE_CLOSING);
  }

  #fail(error: ActiveModeError): void {
    if (error.remote !== undefined) this.#tools.observation.onRemote(error.remote);
    this.#end(classifyActiveMode(error), true);
  }

  #end(failure: TransferFailure | undefined, lost: boolean): void {
    if (this.#over) return;
    this.#over = true;
    this.#tools.stopListening();
    this.#tools.step.stop();
    this.#tools.accept.stop();
    this.#socket?.destroy();
    this.#ended(failure, lost);
  }
}
