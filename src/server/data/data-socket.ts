// The socket of one data connection, and how many bytes have moved over it, by whichever way.
import type { Socket } from 'node:net';
import { receiveInto } from '../../net/direct.ts';
import { startReading, stopReading } from '../../net/handle.ts';
import { endedByReset, resetError } from '../../net/reset-end.ts';
import { unsentBytes } from '../../net/unsent.ts';
import type { OpenFile } from '../files/open-file.ts';

export class DataSocket {
  readonly socket: Socket;
  /** Moved by the kernel's own calls, past Node's count. */
  #asideBytes = 0;

  constructor(socket: Socket) {
    this.socket = socket;
  }

  /** A data connection carries bytes one way only. Of an aborted one, what the kernel had not taken is not counted. */
  get movedBytes(): number {
    const { bytesRead, bytesWritten, writableLength } = this.socket;
    return bytesRead + Math.max(bytesWritten - writableLength, 0) + this.#asideBytes;
  }

  /** Those that the peer has sent, or has taken. */
  get takenBytes(): number {
    const { bytesRead, bytesWritten } = this.socket;
    return bytesRead + bytesWritten + this.#asideBytes - unsentBytes(this.socket);
  }

  /** As of OpenFile. Nothing that was given to the socket may be waiting. */
  sendFrom(file: OpenFile, position: number, bytes: number): number | 'full' | undefined {
    const sent = file.sendTo(this.socket, position, bytes);
    if (typeof sent === 'number') this.#asideBytes += sent;
    return sent;
  }

  /** What has arrived and Node has not read. @returns the bytes that are in `buffer` now. @throws SystemCallError */
  receiveInto(buffer: Buffer): number {
    const received = receiveInto(this.socket, buffer);
    this.#asideBytes += received;
    return received;
  }

  /** As of net/handle.ts: at once, and with nothing told meanwhile of the peer's end. */
  stopReading(): void {
    stopReading(this.socket);
  }

  startReading(): void {
    startReading(this.socket);
  }

  /** To be asked when the stream has ended: why what came is not to be taken for all that was sent. */
  endProblem(): Error | undefined {
    return endedByReset(this.socket) ? resetError() : undefined;
  }
}
