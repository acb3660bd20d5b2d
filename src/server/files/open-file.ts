// One regular file that is open for a transfer; a failure of the disk is told apart from one of the network.
import { close, closeSync, constants, fstat, fstatSync, fsync, ftruncate, read, write } from 'node:fs';
import { promisify } from 'node:util';
import { errorCodeOf } from '../../errors.ts';
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

/** Every write goes to the end, wherever another session has moved it. */
export interface WriteMode {
  readonly append?: boolean;
}

export class OpenFile {
  /** When it was opened. */
  readonly sizeBytes: number;
  /** Permission bits, then. */
  readonly mode: number;
  readonly inode: number;
  readonly #fd: number;
  readonly #append: boolean;
  #writtenBytes = 0;

  /** Owns `fd`, also when it throws NotAFile. */
  constructor(fd: number, { append = false }: WriteMode = {}) {
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
    this.#append = append;
  }

  /** @throws an error with `code`, NotAFile */
  static forReading(tree: FileTree, path: TreePath): OpenFile {
    return new OpenFile(tree.open(path, O_RDONLY | O_NONBLOCK));
  }

  /** By this descriptor. */
  get writtenBytes(): number {
    return this.#writtenBytes;
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

  /** Writes all of `chunk` at `position`, or at the end when appending. @throws LocalFileError */
  async write(chunk: Buffer, position: number): Promise<void> {
    for (let done = 0; done < chunk.length; ) {
      done += await this.#writeOnce(chunk, done, position + done);
    }
  }

  #writeOnce(chunk: Buffer, from: number, position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      const at = this.#append ? null : position;
      write(this.#fd, chunk, from, chunk.length - from, at, (error, bytes) => {
        if (error) return reject(new LocalFileError(error));
        this.#writtenBytes += bytes;
        resolve(bytes);
      });
    });
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

  /** For a file that was read: nothing can be lost any more. */
  closeNow(): void {
    closeSync(this.#fd);
  }

  /** For a file that was written: some file systems report only now that there was no space. @throws LocalFileError */
  async close(): Promise<void> {
    await call.close(this.#fd).catch(rethrowAsLocal);
  }
}

function rethrowAsLocal(error: unknown): never {
  throw new LocalFileError(error);
}
