// The control connection of the lean user-PI: lines out, whole replies in, its end, and nothing in between.
import { connect, type Socket } from 'node:net';
import { type Endpoint, unmapIPv4 } from '../../address.ts';
import { errorCodeOf } from '../../errors.ts';
import { remoteOf } from '../data-peer.ts';
import { type Reply, ReplyReader } from '../reply-reader.ts';
import type { SessionOptions } from '../types.ts';
import { OVERLONG_REPLY } from '../whole-replies.ts';

export interface ControlEvents {
  readonly onReply: (reply: Reply) => void;
  /** Told once, unless `close` came first; `EOF` when the server ended it. */
  readonly onLost: (code: string) => void;
}

/** A reply is some 50 bytes; a longer one is read in parts. */
const READ_BYTES = 2048;

export class ControlSocket {
  readonly #socket: Socket;
  readonly #events: ControlEvents;
  readonly #reader = new ReplyReader();
  #over = false;

  /** Connects; the greeting is the first reply. */
  constructor({ server, localAddress }: SessionOptions, events: ControlEvents) {
    this.#events = events;
    this.#socket = connect({
      ...{ host: server.address, port: server.port, localAddress, noDelay: true, keepAlive: true },
      // One buffer, read in place: no stream, no decoder and no allocation between the kernel and the reader.
      onread: {
        buffer: Buffer.allocUnsafeSlow(READ_BYTES),
        callback: (bytes, buffer) => this.#read(bytes, buffer),
      },
    });
    this.#socket.on('end', () => this.#lost('EOF'));
    this.#socket.on('error', (error) => this.#lost(errorCodeOf(error)));
    this.#socket.on('close', () => this.#lost('EOF'));
  }

  /** Both ends, once connected. */
  ends(): { readonly local: Endpoint; readonly remote: Endpoint } {
    const { localAddress = '', localPort = 0 } = this.#socket;
    return { local: { address: unmapIPv4(localAddress), port: localPort }, remote: remoteOf(this.#socket) };
  }

  send(line: string): void {
    this.#socket.write(`${line}\r\n`);
  }

  /** Sends QUIT and closes without waiting for the answer. Safe to call again. */
  close(): void {
    if (!this.#over && !this.#socket.connecting) this.send('QUIT');
    this.#over = true;
    this.#socket.destroy();
  }

  #read(bytes: number, buffer: Uint8Array): boolean {
    // One byte, one character: a reply may be cut within a character of UTF-8. See `decoded`.
    const text = (buffer as Buffer).toString('latin1', 0, bytes);
    for (const reply of this.#reader.read(text)) {
      if (!this.#over) this.#events.onReply(reply);
    }
    if (this.#reader.overlong) this.#lost(OVERLONG_REPLY);
    return true;
  }

  #lost(code: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#socket.destroy();
    this.#events.onLost(code);
  }
}

/** The text of a reply for people to read. */
export function decoded({ text }: Reply): string {
  return Buffer.from(text, 'latin1').toString();
}
