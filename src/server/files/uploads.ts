// All uploads of one server: how each begins, and what becomes of the parts of those that did not end.
import { close, closeSync, constants, fchmodSync, fstatSync } from 'node:fs';
import { promisify } from 'node:util';
import { MAX_TIMER_MS } from '../../clock.ts';
import { errorCodeOf } from '../../errors.ts';
import type { FileCallsSetting } from '../../net/disk-patience.ts';
import type { FileTree, TreePath } from '../../net/tree/types.ts';
import type { GrowingFile, RootUsage } from '../quota/ledger.ts';
import { UploadRoom } from '../quota/upload-room.ts';
import { beyondTheEnd, mayNotReplace, Refusal } from '../refusal.ts';
import { NewMode } from './new-mode.ts';
import { OpenFile, type WriteMode } from './open-file.ts';
import { partPlaces } from './part-name.ts';
import { placeBehind } from './real-place.ts';
import { exists, InPlaceUpload, PartUpload, type Upload } from './upload.ts';

const { O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR, O_WRONLY } = constants;

const closed = promisify(close);

/** Uploads of one user to one name at the same time. */
const MOST_PARTS = 64;

/**
 * What SIZE tells of a part, and where APPE goes on: one byte less than is there. A part that had every byte, and not the
 * end of the file, would tell its client that nothing is left to send, and so would never take its name.
 */
export function offeredBytes(part: OpenFile): number {
  return Math.max(part.sizeBytes - 1, 0);
}

export interface UploadSettings {
  /** How long the part of a broken upload is kept, for its user to go on with it. */
  readonly keepPartMs: number;
  /** On the disk before the client gets its 226. */
  readonly syncUploads: boolean;
  /** As of ServerOptions. */
  readonly umask: number | undefined;
  readonly fileCalls: FileCallsSetting;
}

/** Whoever may go on with a part: nobody else's are found. */
export interface Owner {
  readonly key: string;
  /** What the tree may hold when an upload of this owner is whole; no limit unless set. */
  readonly quotaBytes?: number | undefined;
}

export interface Storing {
  /** Where REST asked to begin. */
  readonly startBytes: number;
  /** Whether what is there already may be lost. */
  readonly mayReplace: boolean;
}

/**
 * A part that a session writes is locked by its descriptor, and so is free as soon as that session, or its process, is
 * no more.
 */
export class Uploads {
  readonly #tree: FileTree;
  readonly #settings: () => UploadSettings;
  readonly #usage: () => RootUsage | undefined;
  readonly #expiries = new Set<NodeJS.Timeout>();

  /** @param settings asked anew for each upload. @param usage of the tree, where its bytes are counted */
  constructor(
    tree: FileTree,
    settings: () => UploadSettings,
    usage: () => RootUsage | undefined = () => undefined,
  ) {
    this.#tree = tree;
    this.#settings = settings;
    this.#usage = usage;
  }

  /**
   * STOR. RFC 959 §4.1.3: it replaces the content, but with REST it goes on from there: in the owner's part where that is
   * long enough, else in the whole file.
   * @throws an error with `code`, Refusal 554 for a start beyond the end, 552 where the quota is used up
   */
  async store(place: TreePath, owner: Owner, { startBytes, mayReplace }: Storing): Promise<Upload> {
    const target = this.#targetOf(place);
    const onlyNew = !mayReplace;
    if (startBytes === 0) {
      if (onlyNew && exists(this.#tree, target)) throw mayNotReplace();
      return this.#begin(target, owner, { onlyNew });
    }
    const part = await this.#claim(target, owner);
    if (part !== undefined && startBytes <= part.file.sizeBytes)
      return this.#goOn(target, owner, part, { startBytes, onlyNew });
    part?.file.closeNow();
    if (!exists(this.#tree, target)) throw beyondTheEnd(startBytes, part?.file.sizeBytes ?? 0);
    return this.#inPlace(target, owner, { startBytes, append: false, mayReplace });
  }

  /** APPE: behind what the owner's part offers, else behind the whole file, else a new one. @throws as `store` */
  async append(place: TreePath, owner: Owner, { mayReplace }: Pick<Storing, 'mayReplace'>): Promise<Upload> {
    const target = this.#targetOf(place);
    const part = await this.#claim(target, owner);
    if (part !== undefined)
      return this.#goOn(target, owner, part, { startBytes: offeredBytes(part.file), onlyNew: !mayReplace });
    if (exists(this.#tree, target)) return this.#inPlace(target, owner, { append: true, mayReplace });
    return this.#begin(target, owner, { onlyNew: true });
  }

  /** STOU: of a name that nobody has. @throws as `store` */
  storeNew(place: TreePath, owner: Owner): Promise<Upload> {
    return this.#begin(place, owner, { onlyNew: true });
  }

  /** The owner's part for a name, while there is one to go on with; in use until the caller closes it. */
  async kept(place: TreePath, owner: Owner): Promise<OpenFile | undefined> {
    return (await this.#claim(this.#targetOf(place), owner))?.file;
  }

  /** Drops the owner's parts for a name that nobody writes. @returns whether there were any */
  forget(place: TreePath, owner: Owner): Promise<boolean> {
    return this.outdated(this.#targetOf(place), owner);
  }

  /**
   * The same for that very name, a link or not. To be called when its owner has made it whole in another way: SIZE would
   * tell of the older part instead, and APPE put that in the place of the whole file.
   */
  async outdated(target: TreePath, owner: Owner): Promise<boolean> {
    let found = false;
    for (const part of this.#partsOf(target, owner)) {
      found = (await this.removeIfFree(part)) || found;
    }
    return found;
  }

  /** @param notSinceMs the time since when it has not been written to. @returns whether it was removed */
  async removeIfFree(part: TreePath, notSinceMs = Number.POSITIVE_INFINITY): Promise<boolean> {
    const fd = this.#lock(part, O_RDONLY);
    if (fd === undefined) return false;
    try {
      const { mtimeMs, size } = fstatSync(fd);
      if (mtimeMs > notSinceMs) return false;
      await this.#freeing(size, () => this.#tree.remove(part));
      return true;
    } catch {
      return false;
    } finally {
      await closed(fd).catch(() => {}); // by the pool: the last to close it gives back its blocks
    }
  }

  removeIfExpired(part: TreePath): Promise<boolean> {
    return this.removeIfFree(part, Date.now() - this.#settings().keepPartMs);
  }

  /** Runs what takes the file at `place` away, a link or not, and tells whoever counts its bytes. */
  async freeing(place: TreePath, take: () => Promise<void>): Promise<void> {
    await this.#freeing(this.#usage() === undefined ? 0 : this.#bytesOf(place), take);
  }

  async #freeing(bytes: number, take: () => Promise<void>): Promise<void> {
    const freed = bytes === 0 ? undefined : this.#usage()?.freeing();
    try {
      await take();
    } catch (error) {
      freed?.(0);
      throw error;
    }
    freed?.(bytes);
  }

  get #writing(): Pick<WriteMode, 'fileCalls'> {
    return { fileCalls: this.#settings().fileCalls };
  }

  /** Of what is made now, folders too. */
  newMode(): NewMode {
    return new NewMode(this.#settings().umask);
  }

  /** Parts stay; the next server finds them. */
  close(): void {
    for (const timer of this.#expiries) clearTimeout(timer);
    this.#expiries.clear();
  }

  /** With `follow` a link may lead out of the tree, where no name of it can: such an upload takes the link's place. */
  #targetOf(place: TreePath): TreePath {
    return this.#tree.links === 'inside' ? placeBehind(this.#tree, place) : place;
  }

  async #begin(target: TreePath, owner: Owner, { onlyNew }: { readonly onlyNew: boolean }): Promise<Upload> {
    // The same rights as for writing in place: a file that may not be written may not be replaced.
    const old = onlyNew ? undefined : this.#modeOf(target);
    const { part, fd } = this.#createPart(target, owner);
    try {
      if (old === undefined) this.newMode().settleFile(fd);
      else fchmodSync(fd, old);
    } catch (error) {
      closeSync(fd);
      await this.#tree.remove(part).catch(() => {}); // its folder may be gone
      throw error;
    }
    const file = new OpenFile(fd, this.#writing);
    return this.#partUpload(owner, { target, part, file, startBytes: 0, onlyNew });
  }

  async #goOn(
    target: TreePath,
    owner: Owner,
    { part, file }: Claimed,
    { startBytes, onlyNew }: { readonly startBytes: number; readonly onlyNew: boolean },
  ): Promise<Upload> {
    if (startBytes < file.sizeBytes) {
      const cut = () => file.truncate(startBytes);
      await this.#freeing(file.sizeBytes - startBytes, cut).catch((error) => {
        file.closeNow(); // with it goes the lock: it can be gone on with later
        throw error;
      });
    }
    return this.#partUpload(owner, { target, part, file, startBytes, onlyNew });
  }

  async #partUpload(
    owner: Owner,
    of: Pick<Parts, 'target' | 'part' | 'file' | 'startBytes' | 'onlyNew'>,
  ): Promise<Upload> {
    const { target, file, startBytes } = of;
    const room = this.#roomFor(owner, { inode: file.inode, sizeBytes: startBytes }, () =>
      this.#bytesOf(target),
    );
    const upload = new PartUpload({
      ...of,
      tree: this.#tree,
      sync: this.#settings().syncUploads,
      room,
      freeing: (place, take) => this.freeing(place, take),
      whole: () => this.outdated(target, owner),
      keep: (part) => this.#keep(part),
    });
    return withRoom(upload, room);
  }

  #roomFor(owner: Owner, file: GrowingFile, creditBytes?: () => number): UploadRoom | undefined {
    const growth = this.#usage()?.begin(file);
    return growth && new UploadRoom(growth, owner.quotaBytes, creditBytes);
  }

  /** Of what is no file none: nothing is freed with it. */
  #bytesOf(place: TreePath): number {
    const found = this.#tree.find(place);
    return found?.type === 'file' ? found.sizeBytes : 0;
  }

  async #inPlace(
    target: TreePath,
    owner: Owner,
    { startBytes, append, mayReplace }: InPlaceStart,
  ): Promise<Upload> {
    const flags = O_WRONLY | O_NONBLOCK | (append ? O_APPEND : 0);
    const file = new OpenFile(this.#tree.open(target, flags), { ...this.#writing, append });
    if (startBytes !== undefined && startBytes > file.sizeBytes) {
      file.closeNow();
      throw beyondTheEnd(startBytes, file.sizeBytes);
    }
    if (!mayReplace && (startBytes ?? file.sizeBytes) < file.sizeBytes) {
      file.closeNow();
      throw mayNotReplace();
    }
    const sync = this.#settings().syncUploads;
    const whole = () => this.outdated(target, owner);
    const room = this.#roomFor(owner, file);
    const start = startBytes ?? file.sizeBytes;
    const upload = new InPlaceUpload({ file, startBytes: start, append, sync, room, whole });
    return start < file.sizeBytes ? upload : withRoom(upload, room); // what is overwritten takes none
  }

  /** Of the file that is there; undefined when there is none. @throws an error with `code` when it may not be written */
  #modeOf(target: TreePath): number | undefined {
    const fd = this.#tree.openIfThere(target, O_WRONLY | O_NONBLOCK);
    if (fd === undefined) return undefined;
    const file = new OpenFile(fd);
    file.closeNow();
    return file.mode;
  }

  #createPart(target: TreePath, owner: Owner): { readonly part: TreePath; readonly fd: number } {
    const partOf = partPlaces(target, owner.key);
    for (let number = 0; number < MOST_PARTS; number++) {
      const part = partOf(number);
      const fd = this.#create(part);
      if (fd === undefined) continue;
      if (this.#tree.lock(fd)) return { part, fd };
      closeSync(fd); // somebody took it for a part that is kept
    }
    throw new Refusal(450, `${MOST_PARTS} uploads of this file are under way.`);
  }

  #create(part: TreePath): number | undefined {
    try {
      return this.#tree.open(part, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, this.newMode().ofFile);
    } catch (error) {
      if (errorCodeOf(error) === 'EEXIST') return undefined;
      throw error;
    }
  }

  /** The newest part of the owner's that nobody writes, locked. */
  async #claim(target: TreePath, owner: Owner): Promise<Claimed | undefined> {
    let best: Claimed | undefined;
    for (const part of this.#partsOf(target, owner)) {
      if (await this.removeIfExpired(part)) continue;
      const fd = this.#lock(part, O_RDWR);
      if (fd === undefined) continue;
      const file = new OpenFile(fd, this.#writing);
      const found = { part, file, modifiedAtMs: fstatSync(fd).mtimeMs };
      const older = best !== undefined && best.modifiedAtMs > found.modifiedAtMs;
      (older ? found : best)?.file.closeNow();
      if (!older) best = found;
    }
    return best;
  }

  /** The lowest free number is taken first: where two in a row are missing there are hardly more. */
  *#partsOf(target: TreePath, owner: Owner): Generator<TreePath> {
    const partOf = partPlaces(target, owner.key);
    for (let number = 0, missing = 0; missing < 2 && number < MOST_PARTS; number++) {
      const part = partOf(number);
      if (exists(this.#tree, part)) {
        missing = 0;
        yield part;
      } else missing++;
    }
  }

  /** A descriptor of the part, which nobody else has locked; undefined where somebody has, or it is gone. */
  #lock(part: TreePath, access: number): number | undefined {
    let fd: number | undefined;
    try {
      fd = this.#tree.open(part, access | O_NONBLOCK | O_NOFOLLOW);
      // Its writer may have given it its own name between our open and our lock: then this is somebody's whole file.
      if (this.#tree.lock(fd) && this.#isAt(part, fd)) return fd;
    } catch {}
    if (fd !== undefined) closeSync(fd);
    return undefined;
  }

  #isAt(part: TreePath, fd: number): boolean {
    const other = this.#tree.open(part, O_RDONLY | O_NONBLOCK | O_NOFOLLOW);
    try {
      const [here, there] = [fstatSync(fd), fstatSync(other)];
      return here.ino === there.ino && here.dev === there.dev;
    } finally {
      closeSync(other);
    }
  }

  #keep(part: TreePath): boolean {
    const { keepPartMs } = this.#settings();
    if (keepPartMs === 0) return false;
    const timer = setTimeout(
      () => {
        this.#expiries.delete(timer);
        void this.removeIfExpired(part);
      },
      Math.min(keepPartMs + 1000, MAX_TIMER_MS),
    ).unref();
    this.#expiries.add(timer);
    return true;
  }
}

/** @throws Refusal 552 when there is none at all: then nothing of the upload is left */
async function withRoom(upload: Upload, room: UploadRoom | undefined): Promise<Upload> {
  try {
    await room?.requireAny();
    return upload;
  } catch (error) {
    await upload.release();
    throw error;
  }
}

interface InPlaceStart extends Pick<Storing, 'mayReplace'> {
  /** The end of the file unless given. */
  readonly startBytes?: number;
  readonly append: boolean;
}

interface Claimed {
  readonly part: TreePath;
  readonly file: OpenFile;
  readonly modifiedAtMs: number;
}

type Parts = ConstructorParameters<typeof PartUpload>[0];
