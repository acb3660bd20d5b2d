// One regular file that is open for a transfer; a failure of the disk is told apart from one of the network.
import { close, closeSync, constants, fstatSync, ftruncate, open, read, unlink, write } from 'node:fs';
import { promisify } from 'node:util';
import { errorCodeOf } from '../../errors.ts';
import { fileErrorText } from './file-error.ts';

const call = {
  open: promisify(open) as (path: string, flags: number, mode?: number) => Promise<number>,
  close: promisify(close),
  truncate: promisify(ftruncate),
  unlink: promisify(unlink),
};

/** The file itself failed in the middle of a transfer: ENOSPC, EIO, … */
export class LocalFileError extends Error {
  override readonly name = 'LocalFileError';
  readonly code: string;
  constructor(cause: unknown) {
    super(fileErrorText(cause), { cause });
    this.code = errorCodeOf(cause);
  }
}

class NotAFile extends Error {
  override readonly name = 'NotAFile';
}

// O_NONBLOCK: opening a FIFO would otherwise block a thread of libuv's pool until somebody opens its other end.
const { O_RDONLY, O_WRONLY, O_APPEND, O_CREAT, O_EXCL, O_NONBLOCK } = constants;

export interface WriteMode {
  /** Every write goes to the end, wherever another session has moved it. */
  readonly append?: boolean;
  /** Refuse a file that exists. */
  readonly exclusive?: boolean;
}

export class OpenFile {
  readonly sizeBytes: number;
  /** True when it did not exist before. */
  readonly created: boolean;
  readonly #path: string;
  readonly #fd: number;
  readonly #append: boolean;

  private constructor(path: string, fd: number, { created = false, append = false } = {}) {
    // The inode was read by open(2): this is a copy in memory, and not worth a thread's round trip.
    const stat = fstatSync(fd);
    if (!stat.isFile()) {
      closeSync(fd);
      throw new NotAFile(stat.isDirectory() ? 'is a directory' : 'not a regular file');
    }
    this.sizeBytes = stat.size;
    this.created = created;
    this.#path = path;
    this.#fd = fd;
    this.#append = append;
  }

  /** @throws an error with `code`, or NotAFile */
  static async forReading(path: string): Promise<OpenFile> {
    return new OpenFile(path, await call.open(path, O_RDONLY | O_NONBLOCK));
  }

  /** Existing content is left as it is. @throws an error with `code`, or NotAFile; EEXIST when `exclusive` */
  static async forWriting(
    path: string,
    { append = false, exclusive = false }: WriteMode = {},
  ): Promise<OpenFile> {
    const flags = O_WRONLY | O_NONBLOCK | (append ? O_APPEND : 0);
    try {
      return new OpenFile(path, await call.open(path, flags | O_CREAT | O_EXCL, 0o644), {
        created: true,
        append,
      });
    } catch (error) {
      if (exclusive || errorCodeOf(error) !== 'EEXIST') throw error;
      return new OpenFile(path, await call.open(path, flags), { append });
    }
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
        if (error) reject(new LocalFileError(error));
        else resolve(bytes);
      });
    });
  }

  /** @throws LocalFileError */
  async truncate(): Promise<void> {
    await call.truncate(this.#fd, 0).catch(rethrowAsLocal);
  }

  /** For a file that was read: nothing can be lost any more. */
  closeNow(): void {
    closeSync(this.#fd);
  }

  /** For a file that was written: some file systems report only now that there was no space. @throws LocalFileError */
  async close(): Promise<void> {
    await call.close(this.#fd).catch(rethrowAsLocal);
  }

  async remove(): Promise<void> {
    await call.unlink(this.#path).catch(rethrowAsLocal);
  }
}

function rethrowAsLocal(error: unknown): never {
  throw new LocalFileError(error);
}
