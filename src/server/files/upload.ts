// One upload under way: into a hidden part that takes the target's name when it is whole, or in place behind what is there.
import { closeSync, constants, fsync } from 'node:fs';
import { promisify } from 'node:util';
import { errorCodeOf } from '../../errors.ts';
import type { FileTree, TreePath, When } from '../../net/tree/types.ts';
import type { UploadRoom, WritableFile } from '../quota/upload-room.ts';
import type { UploadChange } from './change-record.ts';
import { LocalFileError, type OpenFile } from './open-file.ts';

export interface Upload {
  readonly file: WritableFile;
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
  /** Where bytes are counted. */
  readonly room: UploadRoom | undefined;
  /** Runs what takes the file at a place away, and tells whoever counts. */
  freeing(place: TreePath, take: () => Promise<void>): Promise<void>;
  /** It has its name: what else is kept for that is out of date. Never rejects. */
  whole(): Promise<unknown>;
  /** What came of it stays, not finished, and is nobody's. False where nothing is kept. */
  keep(part: TreePath): boolean;
}

const { O_DIRECTORY, O_NONBLOCK, O_RDONLY } = constants;
const synced = promisify(fsync);

/** The blocks of a larger file that loses its name take the disk too long to give back. */
const MOST_FREED_AT_ONCE_BYTES = 1024 * 1024;

/** The target is as it was until the rename, and then it is the whole upload: there is nothing in between to be seen. */
export class PartUpload implements Upload {
  readonly file: WritableFile;
  readonly startBytes: number;
  readonly #of: PartOfUpload;
  #closed = false;
  #finished = false;

  constructor(of: PartOfUpload) {
    const { file, startBytes, room } = of;
    this.#of = of;
    this.file = room?.guard(file, { endBytes: startBytes, append: false }) ?? file;
    this.startBytes = startBytes;
  }

  async finish(signal: AbortSignal): Promise<UploadChange> {
    const { file, sync, room } = this.#of;
    await room?.requireAll();
    if (sync) await file.sync();
    const change = await (file.changesAtOnce
      ? this.#takeNameOpen(signal)
      : this.#takeNameClosed(signal)
    ).catch((error: unknown) => {
      signal.throwIfAborted();
      throw error instanceof LocalFileError ? error : new LocalFileError(error);
    });
    this.#finished = true;
    room?.end(room.usedBytes);
    await this.#of.whole();
    return change;
  }

  /** A disk of this machine has said by now whether it had room: it takes its name while it is open, and locked. */
  async #takeNameOpen(signal: AbortSignal): Promise<UploadChange> {
    const change = await this.#takeName(signal, true);
    this.#closed = true;
    this.#of.file.closeNow();
    return change;
  }

  /** Over a network some file systems say only when it is closed that they had no room: before it is seen. */
  async #takeNameClosed(signal: AbortSignal): Promise<UploadChange> {
    const { tree, part, file } = this.#of;
    this.#closed = true;
    await file.close();
    // Closing gave up the lock: between that and this, another session of the same user may have gone on with the part.
    const fd = tree.open(part, O_RDONLY | O_NONBLOCK);
    try {
      if (!tree.lock(fd)) throw failure('EBUSY');
      return await this.#takeName(signal, false);
    } finally {
      closeSync(fd);
    }
  }

  async #takeName(signal: AbortSignal, quick: boolean): Promise<UploadChange> {
    const { tree, target, part, onlyNew, sync, freeing, file } = this.#of;
    signal.throwIfAborted();
    const replacedBytes = onlyNew ? undefined : tree.find(target)?.sizeBytes;
    const atOnce = quick && (replacedBytes ?? 0) <= MOST_FREED_AT_ONCE_BYTES;
    const when = atOnce ? 'at-once' : 'in-pool';
    const move = () => (onlyNew ? renameNew(tree, part, target, when) : tree.rename(part, target, when));
    const rename = () => (atOnce ? file.atOnce(move) : move());
    await (onlyNew ? rename() : freeing(target, rename));
    if (sync) await syncFolder(tree, target.slice(0, -1));
    return replacedBytes === undefined ? 'created' : 'replaced';
  }

  async release(): Promise<void> {
    if (this.#finished) return;
    const { file, room } = this.#of;
    try {
      await this.#putAway();
    } catch {
      // Its folder was renamed or removed meanwhile: nothing of it is seen by its name.
    } finally {
      room?.end(room.usedBytes);
      if (!this.#closed) await file.close().catch(() => {});
    }
  }

  async #putAway(): Promise<void> {
    const { tree, part, file, keep, room, freeing } = this.#of;
    const empty = !this.#closed && (await file.currentBytes()) === 0;
    // One that found too little room is not to be gone on with, and none is to stay beyond a quota.
    if (!empty && (room === undefined || (await room.mayBeKept())) && keep(part)) return;
    await freeing(part, () => tree.remove(part));
  }
}

export interface InPlace {
  readonly file: OpenFile;
  readonly startBytes: number;
  readonly append: boolean;
  readonly sync: boolean;
  readonly room: UploadRoom | undefined;
  /** As of PartOfUpload. */
  whole(): Promise<unknown>;
}

/** APPE, or REST and STOR, on a file that is whole: its first bytes stay where they are. */
export class InPlaceUpload implements Upload {
  readonly file: WritableFile;
  readonly startBytes: number;
  readonly #file: OpenFile;
  readonly #room: UploadRoom | undefined;
  readonly #append: boolean;
  readonly #sync: boolean;
  readonly #whole: () => Promise<unknown>;
  #finished = false;

  constructor({ file, startBytes, append, sync, room, whole }: InPlace) {
    this.file = room?.guard(file, { endBytes: file.sizeBytes, append }) ?? file;
    this.#file = file;
    this.#room = room;
    this.startBytes = startBytes;
    this.#append = append;
    this.#sync = sync;
    this.#whole = whole;
  }

  async finish(signal: AbortSignal): Promise<UploadChange> {
    if (this.#sync) await this.#file.sync();
    signal.throwIfAborted();
    this.#finished = true;
    await this.#whole();
    return 'appended';
  }

  /** What was added is cut off, unless somebody else has written behind it. */
  async release(): Promise<void> {
    let keptBytes = this.#room?.usedBytes ?? 0;
    try {
      if (!this.#finished && (await this.#cutBack())) keptBytes = 0;
    } catch {
      // A disk that does not even let go: the client is told that its upload failed.
    } finally {
      this.#room?.end(keptBytes);
      await this.#file.close().catch(() => {});
    }
  }

  /** @returns whether anything was cut off */
  async #cutBack(): Promise<boolean> {
    const { sizeBytes, writtenBytes } = this.#file;
    const endBytes = (this.#append ? sizeBytes : this.startBytes) + writtenBytes;
    if (endBytes <= sizeBytes || (await this.#file.currentBytes()) !== endBytes) return false;
    await this.#file.truncate(sizeBytes);
    return true;
  }
}

/** Where the file system cannot promise it, a name that comes to be between look and rename is replaced. */
async function renameNew(tree: FileTree, part: TreePath, target: TreePath, when: When): Promise<void> {
  try {
    await tree.renameNew(part, target, when);
  } catch (error) {
    if (errorCodeOf(error) !== 'ENOTSUP') throw error;
    if (exists(tree, target)) throw failure('EEXIST');
    await tree.rename(part, target, when);
  }
}

export function exists(tree: FileTree, place: TreePath): boolean {
  return tree.find(place) !== undefined;
}

/** The name itself is on the disk only with its folder. */
async function syncFolder(tree: FileTree, folder: TreePath): Promise<void> {
  const fd = tree.open(folder, O_RDONLY | O_DIRECTORY);
  try {
    await synced(fd);
  } finally {
    closeSync(fd);
  }
}

function failure(code: string): Error {
  return Object.assign(new Error(code), { code });
}
