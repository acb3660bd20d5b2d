// One regular file that is open for a transfer; a failure of the disk is told apart from one of the network.
import {
  close,
  closeSync,
  constants,
  fstat,
  fstatSync,
  fsync,
  ftruncate,
  read,
  writeSync,
  writev,
} from 'node:fs';
import type { Socket } from 'node:net';
import { promisify } from 'node:util';
import { errorCodeOf } from '../../errors.ts';
import { isCached, readAtOnce } from '../../net/cached-read.ts';
import { sendFromFile } from '../../net/direct.ts';
import { answersAtOnce, atOnce, type FileCallsSetting, type Place } from '../../net/disk-patience.ts';
import type { FileTree, TreePath } from '../../net/tree/types.ts';
import { fileErrorText } from './file-error.ts';

const call = {
  close: promisify(close),
  stat: promisify(fstat),
  sync: promisify(fsync),
  truncate: promisify(ftruncate),
};

/** The file itself failed in the middle of a transfer: ENOSPC, EIO, … */
export class LocalFileError extends Error {
  override readonly name = 'LocalFileError';
  readonly code: string;
  constructor(cause: unknown, text = fileErrorText(cause)) {
    super(text, { cause });
    this.code = errorCodeOf(cause);
  }
}

class NotAFile extends Error {
  override readonly name = 'NotAFile';
}

// O_NONBLOCK: opening a FIFO would otherwise block until somebody opens its other end.
const { O_RDONLY, O_NONBLOCK } = constants;

export interface WriteMode {
  /** Every write goes to the end, wherever another session has moved it. */
  readonly append?: boolean;
  /** `pool` unless set. */
  readonly fileCalls?: FileCallsSetting;
}

/** Written at once: a copy in memory that takes less than a thread's round trip. */
const MOST_AT_ONCE_BYTES = 128 * 1024;

/** What sendfile(2) says of the socket; all else it says of the file. */
const OF_THE_NETWORK = new Set([
  ...['EPIPE', 'ECONNRESET', 'ECONNABORTED', 'ENOTCONN', 'ETIMEDOUT', 'EBADF', 'ENOBUFS', 'ENOMEM'],
  ...['EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN', 'EHOSTDOWN', 'EACCES', 'EPERM'],
]);

export class OpenFile {
  /** When it was opened. */
  readonly sizeBytes: number;
  /** Permission bits, then. */
  readonly mode: number;
  readonly inode: number;
  readonly #fd: number;
  readonly #device: number;
  readonly #append: boolean;
  readonly #fileCalls: FileCallsSetting;
  #writtenBytes = 0;

  /** Owns `fd`, also when it throws NotAFile. */
  constructor(fd: number, { append = false, fileCalls = 'pool' }: WriteMode = {}) {
    // The inode was read by open(2): this is a copy in memory, and not worth a thread's round trip.
    const stat = fstatSync(fd);
    if (!stat.isFile()) {
      closeSync(fd);
      throw new NotAFile(stat.isDirectory() ? 'is a directory' : 'not a regular file');
    }
    this.sizeBytes = stat.size;
    this.mode = stat.mode & 0o777;
    this.inode = stat.ino;
    this.#fd = fd;
    this.#device = stat.dev;
    this.#append = append;
    this.#fileCalls = fileCalls;
  }

  /** @throws an error with `code`, NotAFile */
  static forReading(tree: FileTree, path: TreePath): OpenFile {
    return new OpenFile(tree.open(path, O_RDONLY | O_NONBLOCK));
  }

  /** By this descriptor. */
  get writtenBytes(): number {
    return this.#writtenBytes;
  }

  /** As `read`, and at once where nobody has to wait for the disk. */
  readSoon(buffer: Buffer, position: number): number | Promise<number> {
    return this.#readAtOnce(buffer, position) ?? this.read(buffer, position);
  }

  /** Undefined where that may have to wait for the disk. */
  #readAtOnce(buffer: Buffer, position: number): number | undefined {
    return this.#local(() => readAtOnce(this.#fd, this.#device, buffer, position));
  }

  /** Bytes read into `buffer` from `position` on; 0 at the end of the file. @throws LocalFileError */
  read(buffer: Buffer, position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      read(this.#fd, buffer, 0, buffer.length, position, (error, bytes) => {
        if (error) reject(new LocalFileError(error));
        else resolve(bytes);
      });
    });
  }

  /**
   * Sends of it by sendfile(2), without a wait for the disk. @returns bytes sent, 0 at the end of the file; `full` while the
   * socket takes no more; undefined where it must be read. @throws LocalFileError, SystemCallError of the network
   */
  sendTo(socket: Socket, position: number, bytes: number): number | 'full' | undefined {
    const there = Math.min(bytes, this.sizeBytes - position);
    if (there > 0 && !isCached(this.#fd, this.#device, position, there)) return undefined;
    try {
      return sendFromFile(socket, this.#fd, position, bytes);
    } catch (error) {
      throw OF_THE_NETWORK.has(errorCodeOf(error)) ? error : new LocalFileError(error);
    }
  }

  /** Whether what changes the file, or its name, is done at once: no thread is asked. */
  get changesAtOnce(): boolean {
    return this.#fileCalls === 'auto' && answersAtOnce(this.#place);
  }

  /** Does at once what `changesAtOnce` allows. */
  atOnce<T>(change: () => T): T {
    return atOnce(this.#place, change);
  }

  get #place(): Place {
    return { fd: this.#fd, device: this.#device };
  }

  /** Writes all of the pieces, one behind the other, at `position`, or at the end when appending. @throws LocalFileError */
  async write(pieces: readonly Buffer[], position: number): Promise<void> {
    let rest = pieces;
    let at = position;
    while (rest.length > 0) {
      const bytes = await this.#writeOnce(rest, this.#append ? null : at);
      this.#writtenBytes += bytes;
      at += bytes;
      rest = without(rest, bytes);
    }
  }

  #writeOnce(pieces: readonly Buffer[], at: number | null): number | Promise<number> {
    const [first] = pieces;
    if (
      pieces.length === 1 &&
      first !== undefined &&
      first.length <= MOST_AT_ONCE_BYTES &&
      this.changesAtOnce
    ) {
      return this.#local(() => this.atOnce(() => writeSync(this.#fd, first, 0, first.length, at)));
    }
    return new Promise((resolve, reject) => {
      writev(this.#fd, pieces, at, (error, bytes) =>
        error ? reject(new LocalFileError(error)) : resolve(bytes),
      );
    });
  }

  #local<T>(call: () => T): T {
    try {
      return call();
    } catch (error) {
      throw new LocalFileError(error);
    }
  }

  /** @throws LocalFileError */
  async truncate(bytes: number): Promise<void> {
    await call.truncate(this.#fd, bytes).catch(rethrowAsLocal);
  }

  /** How long it is now. @throws LocalFileError */
  async currentBytes(): Promise<number> {
    return (await call.stat(this.#fd).catch(rethrowAsLocal)).size;
  }

  /** On the disk when it resolves. @throws LocalFileError */
  async sync(): Promise<void> {
    await call.sync(this.#fd).catch(rethrowAsLocal);
  }

  /** For a file of which nothing can be lost any more: it was read, or lies on a disk that has said all. */
  closeNow(): void {
    closeSync(this.#fd);
  }

  /** For a file that was written: some file systems report only now that there was no space. @throws LocalFileError */
  async close(): Promise<void> {
    await call.close(this.#fd).catch(rethrowAsLocal);
  }
}

/** What is left of the pieces behind their first `bytes`. */
function without(pieces: readonly Buffer[], bytes: number): Buffer[] {
  const left: Buffer[] = [];
  let skip = bytes;
  for (const piece of pieces) {
    if (skip >= piece.length) skip -= piece.length;
    else {
      left.push(skip === 0 ? piece : piece.subarray(skip));
      skip = 0;
    }
  }
  return left;
}

function rethrowAsLocal(error: unknown): never {
  throw new LocalFileError(error);
}
