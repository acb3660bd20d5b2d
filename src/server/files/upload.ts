// One upload under way: into a hidden part that takes the target's name when it is whole, or in place behind what is there.
import { closeSync, constants, fsyncSync } from 'node:fs';
import { errorCodeOf } from '../../errors.ts';
import type { FileTree, TreePath } from '../../net/tree/types.ts';
import type { UploadChange } from './change-record.ts';
import { LocalFileError, type OpenFile } from './open-file.ts';

export interface Upload {
  readonly file: OpenFile;
  /** Where its first byte goes. */
  readonly startBytes: number;
  /**
   * Every byte is written: now it is seen. Throws the signal's reason when that aborts before: an upload whose control
   * connection is gone, or that was told to end, is not whole. @throws LocalFileError
   */
  finish(signal: AbortSignal): Promise<UploadChange>;
  /** Called once, in the end. What was not finished is put away or undone. Never rejects. */
  release(): Promise<void>;
}

export interface PartOfUpload {
  readonly tree: FileTree;
  /** The name that it is for. */
  readonly target: TreePath;
  readonly part: TreePath;
  readonly file: OpenFile;
  readonly startBytes: number;
  /** Refuse to take the name of a file that has come to be meanwhile. */
  readonly onlyNew: boolean;
  /** On the disk before it is seen. */
  readonly sync: boolean;
  /** It has its name: what else is kept for that is out of date. Never rejects. */
  whole(): Promise<unknown>;
  /** What came of it stays, not finished, and is nobody's. */
  keep(part: TreePath): Promise<void>;
}

const { O_DIRECTORY, O_NONBLOCK, O_RDONLY } = constants;

/** The target is as it was until the rename, and then it is the whole upload: there is nothing in between to be seen. */
export class PartUpload implements Upload {
  readonly file: OpenFile;
  readonly startBytes: number;
  readonly #of: PartOfUpload;
  #closed = false;
  #finished = false;

  constructor(of: PartOfUpload) {
    this.#of = of;
    this.file = of.file;
    this.startBytes = of.startBytes;
  }

  async finish(signal: AbortSignal): Promise<UploadChange> {
    const { file, sync } = this.#of;
    if (sync) await file.sync();
    this.#closed = true;
    await file.close(); // before it is seen: some file systems say only now that they had no room
    const change = await this.#takeName(signal).catch((error: unknown) => {
      signal.throwIfAborted();
      throw error instanceof LocalFileError ? error : new LocalFileError(error);
    });
    this.#finished = true;
    await this.#of.whole();
    return change;
  }

  async #takeName(signal: AbortSignal): Promise<UploadChange> {
    const { tree, target, part, onlyNew, sync } = this.#of;
    // Closing gave up the lock: between that and this, another session of the same user may have gone on with the part.
    const fd = tree.open(part, O_RDONLY | O_NONBLOCK);
    try {
      if (!tree.lock(fd)) throw failure('EBUSY');
      signal.throwIfAborted();
      const replaces = !onlyNew && exists(tree, target);
      await (onlyNew ? renameNew(tree, part, target) : tree.rename(part, target));
      if (sync) syncFolder(tree, target.slice(0, -1));
      return replaces ? 'replaced' : 'created';
    } finally {
      closeSync(fd);
    }
  }

  async release(): Promise<void> {
    if (this.#finished) return;
    const { tree, part, file, keep } = this.#of;
    try {
      if (!this.#closed && (await file.currentBytes()) === 0) await tree.remove(part);
      else await keep(part);
    } catch {
      // Its folder was renamed or removed meanwhile: nothing of it is seen by its name.
    } finally {
      if (!this.#closed) await file.close().catch(() => {});
    }
  }
}

export interface InPlace {
  readonly file: OpenFile;
  readonly startBytes: number;
  readonly append: boolean;
  readonly sync: boolean;
  /** As of PartOfUpload. */
  whole(): Promise<unknown>;
}

/** APPE, or REST and STOR, on a file that is whole: its first bytes stay where they are. */
export class InPlaceUpload implements Upload {
  readonly file: OpenFile;
  readonly startBytes: number;
  readonly #append: boolean;
  readonly #sync: boolean;
  readonly #whole: () => Promise<unknown>;
  #finished = false;

  constructor({ file, startBytes, append, sync, whole }: InPlace) {
    this.file = file;
    this.startBytes = startBytes;
    this.#append = append;
    this.#sync = sync;
    this.#whole = whole;
  }

  async finish(signal: AbortSignal): Promise<UploadChange> {
    if (this.#sync) await this.file.sync();
    signal.throwIfAborted();
    this.#finished = true;
    await this.#whole();
    return 'appended';
  }

  /** What was added is cut off, unless somebody else has written behind it. */
  async release(): Promise<void> {
    try {
      if (!this.#finished) await this.#cutBack();
    } catch {
      // A disk that does not even let go: the client is told that its upload failed.
    } finally {
      await this.file.close().catch(() => {});
    }
  }

  async #cutBack(): Promise<void> {
    const { sizeBytes, writtenBytes } = this.file;
    const endBytes = (this.#append ? sizeBytes : this.startBytes) + writtenBytes;
    if (endBytes > sizeBytes && (await this.file.currentBytes()) === endBytes) {
      await this.file.truncate(sizeBytes);
    }
  }
}

/** Where the file system cannot promise it, a name that comes to be between look and rename is replaced. */
async function renameNew(tree: FileTree, part: TreePath, target: TreePath): Promise<void> {
  try {
    await tree.renameNew(part, target);
  } catch (error) {
    if (errorCodeOf(error) !== 'ENOTSUP') throw error;
    if (exists(tree, target)) throw failure('EEXIST');
    await tree.rename(part, target);
  }
}

export function exists(tree: FileTree, place: TreePath): boolean {
  try {
    tree.ownFacts(place);
    return true;
  } catch {
    return false;
  }
}

/** The name itself is on the disk only with its folder. */
function syncFolder(tree: FileTree, folder: TreePath): void {
  const fd = tree.open(folder, O_RDONLY | O_DIRECTORY);
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function failure(code: string): Error {
  return Object.assign(new Error(code), { code });
}
