// One regular file that is open for a transfer; a failure of the disk is told apart from one of the network.
import { close, closeSync, constants, fstatSync, ftruncate, read, write } from 'node:fs';
import { promisify } from 'node:util';
import { errorCodeOf } from '../../errors.ts';
import type { FileTree, TreePath } from '../../net/tree/types.ts';
import { Refusal } from '../refusal.ts';
import { fileErrorText } from './file-error.ts';

const call = { close: promisify(close), truncate: promisify(ftruncate) };

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

// O_NONBLOCK: opening a FIFO would otherwise block until somebody opens its other end.
const { O_RDONLY, O_WRONLY, O_APPEND, O_CREAT, O_EXCL, O_NONBLOCK } = constants;

export interface WriteMode {
  /** Every write goes to the end, wherever another session has moved it. */
  readonly append?: boolean;
  /** Refuse a file that exists. */
  readonly exclusive?: boolean;
  /** Where REST asked to begin: a file that is shorter, or not there, is refused. */
  readonly startBytes?: number;
}

export class OpenFile {
  readonly sizeBytes: number;
  /** True when it did not exist before. */
  readonly created: boolean;
  readonly #fd: number;
  readonly #append: boolean;
  readonly #remove: () => Promise<void>;

  private constructor(
    fd: number,
    remove: () => Promise<void>,
    { startBytes = 0, created = false, append = false },
  ) {
    // The inode was read by open(2): this is a copy in memory, and not worth a thread's round trip.
    const stat = fstatSync(fd);
    try {
      if (!stat.isFile()) throw new NotAFile(stat.isDirectory() ? 'is a directory' : 'not a regular file');
      requireStart(startBytes, stat.size);
    } catch (error) {
      closeSync(fd);
      throw error;
    }
    this.sizeBytes = stat.size;
    this.created = created;
    this.#fd = fd;
    this.#append = append;
    this.#remove = remove;
  }

  /** @throws an error with `code`, NotAFile, Refusal 554 for a start beyond the end */
  static forReading(tree: FileTree, path: TreePath, startBytes: number): OpenFile {
    return new OpenFile(tree.open(path, O_RDONLY | O_NONBLOCK), async () => {}, { startBytes });
  }

  /** Existing content is left as it is. @throws as forReading; EEXIST when `exclusive` */
  static forWriting(tree: FileTree, path: TreePath, mode: WriteMode = {}): OpenFile {
    const { append = false, exclusive = false, startBytes = 0 } = mode;
    const flags = O_WRONLY | O_NONBLOCK | (append ? O_APPEND : 0);
    const remove = () => tree.remove(path);
    if (startBytes > 0) return new OpenFile(tree.open(path, flags), remove, { append, startBytes });
    try {
      const fd = tree.open(path, flags | O_CREAT | O_EXCL, 0o644);
      return new OpenFile(fd, remove, { created: true, append });
    } catch (error) {
      if (exclusive || errorCodeOf(error) !== 'EEXIST') throw error;
      return new OpenFile(tree.open(path, flags), remove, { append });
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

  /** @throws LocalFileError */
  async remove(): Promise<void> {
    await this.#remove().catch(rethrowAsLocal);
  }
}

/** RFC 3659 §5.1: a restart point that the file has not. In a STOR it would leave a hole that nobody sent. */
function requireStart(startBytes: number, sizeBytes: number): void {
  if (startBytes <= sizeBytes) return;
  throw new Refusal(554, `Cannot start at ${startBytes}: the file has ${sizeBytes} bytes.`);
}

function rethrowAsLocal(error: unknown): never {
  throw new LocalFileError(error);
}
