// The files of one session: paths as its client writes them, in a tree that is never left, read-only unless told otherwise.

import { errorCodeOf } from '../../errors.ts';
import type { ListEntry } from '../../ftp/listing.ts';
import type { FileFacts, FileTree, TreePath } from '../../net/tree/types.ts';
import type { StockFiles } from '../ftp-srv.ts';
import { mayNotReplace, Refusal, sentence } from '../refusal.ts';
import { inTurn } from '../turns.ts';
import type { Permissions } from '../users/user.ts';
import { type Actor, type Change, type ChangeOutcome, publishChange } from './change-record.ts';
import { formatPath, resolvePath } from './client-path.ts';
import { fileErrorReplyCode, fileErrorText } from './file-error.ts';
import { FileListing, FolderListing, type Listing } from './listing.ts';
import { MatchListing } from './match-listing.ts';
import { OpenFile } from './open-file.ts';
import { isPartName } from './part-name.ts';
import { exists, type Upload } from './upload.ts';
import type { Owner, Uploads } from './uploads.ts';

export interface FirstEntries {
  readonly entries: readonly ListEntry[];
  /** Names behind these. */
  readonly namesLeft: number;
}

/** What many sessions share, and none closes; `owner` is who may go on with a broken upload. */
export interface SharedFiles {
  readonly tree: FileTree;
  readonly uploads: Uploads;
  readonly owner: Owner;
  readonly may: Permissions;
  /** Who is told to whoever listens for changes. */
  readonly actor: Actor;
}

/**
 * Paths are byte strings (TreePath), resolved first as text, then by the tree. Every failure is a `Refusal`: 550, or 451
 * and 452 for what may succeed later. What only asks the disk does so at once: for one name that is some microseconds,
 * a tenth of handing it to a thread and back.
 */
export class SessionFileSystem implements StockFiles {
  /** What an operation was refused with last: ftp-srv's handlers hand on the text alone. */
  lastRefusal: Refusal | undefined;
  readonly #tree: FileTree;
  readonly #uploads: Uploads;
  readonly #owner: Owner;
  readonly #may: Permissions;
  readonly #actor: Actor;
  #current: TreePath = [];

  constructor({ tree, uploads, owner, may, actor }: SharedFiles) {
    this.#tree = tree;
    this.#uploads = uploads;
    this.#owner = owner;
    this.#may = may;
    this.#actor = actor;
  }

  /** @param folder where the user begins, as a client would write it; stays in `/` where there is no such folder */
  startIn(folder: string | undefined): void {
    try {
      if (folder !== undefined) this.chdir(folder);
    } catch {}
    this.lastRefusal = undefined;
  }

  async openForReading(path: string): Promise<OpenFile> {
    return this.#refusing(() => OpenFile.forReading(this.#tree, this.#resolve(path)));
  }

  /**
   * STOR. @param start where REST asked to begin, in bytes; or how to find out, which is asked only of whoever may upload
   * @throws Refusal, 554 where that is beyond the end
   */
  storing(path: string, start: number | (() => Promise<number>)): Promise<Upload> {
    const { delete: mayReplace } = this.#may;
    return this.#uploading({ command: 'STOR', path }, async () => {
      const startBytes = typeof start === 'number' ? start : await start();
      return this.#uploads.store(this.#resolve(path), this.#owner, { startBytes, mayReplace });
    });
  }

  /** APPE. */
  appending(path: string): Promise<Upload> {
    const { delete: mayReplace } = this.#may;
    return this.#uploading({ command: 'APPE', path }, () =>
      this.#uploads.append(this.#resolve(path), this.#owner, { mayReplace }),
    );
  }

  /** STOU. */
  storingNew(name: string): Promise<Upload> {
    return this.#uploading({ command: 'STOU', path: name }, () =>
      this.#uploads.storeNew(this.#resolve(name), this.#owner),
    );
  }

  /** What came of a broken upload of this user to `path`, where REST or APPE can go on. The caller closes it. */
  async keptPart(path: string): Promise<OpenFile | undefined> {
    if (!this.#may.upload) return undefined;
    return this.#refusingLater(() => this.#uploads.kept(this.#resolve(path), this.#owner));
  }

  /** What REST and STOR would go on with; undefined when there is neither a part nor a file. The caller closes it. */
  async openToGoOn(path: string): Promise<OpenFile | undefined> {
    const part = await this.keptPart(path);
    if (part !== undefined) return part;
    const there = this.#refusing(() => exists(this.#tree, this.#resolve(path)));
    return there ? this.openForReading(path) : undefined;
  }

  /** The names of a folder, or the one name of a file. The caller closes it. */
  async listing(path: string): Promise<Listing> {
    return this.#refusing(() => {
      const place = this.#resolve(path);
      const facts = this.#factsOrOwn(place);
      if (facts.type === 'directory') return new FolderListing(this.#tree.scan(place), isPartName);
      return new FileListing(formatPath(place), facts);
    });
  }

  /**
   * The names in some folders that are `matches`, or pass it, each behind its folder; folders that are none, or may not
   * be read, have none. The caller closes it. @param folders each '', or with a slash at its end
   */
  matching(folders: readonly string[], matches: string | ((name: string) => boolean)): Listing {
    const open = (folder: string) => {
      try {
        if (typeof matches === 'string') {
          return new FileListing(matches, this.#factsOrOwn(this.#resolve(folder + matches)));
        }
        return new FolderListing(this.#tree.scan(this.#resolve(folder)), isPartName);
      } catch {
        return undefined;
      }
    };
    return new MatchListing(folders, open, typeof matches === 'string' ? () => true : matches);
  }

  /** A slice of work on a listing, in one of the next turns. */
  inTurn<T>(slice: () => T): Promise<T> {
    return inTurn(() => this.#refusing(slice));
  }

  /** The first `most` entries of a listing, which is closed. */
  async firstEntries(listing: Listing, most: number): Promise<FirstEntries> {
    const entries: ListEntry[] = [];
    let names = 0;
    const take = (name: string) => {
      if (names++ >= most) return;
      const facts = listing.facts(name);
      if (facts !== undefined) entries.push({ name, ...facts });
    };
    try {
      while (await this.inTurn(() => listing.slice(take)));
    } finally {
      listing.close();
    }
    return { entries, namesLeft: Math.max(names - most, 0) };
  }

  /** The one entry that `path` names, folder or not; its name is the whole path. */
  async entry(path: string): Promise<ListEntry> {
    return this.#refusing(() => {
      const place = this.#resolve(path);
      return { name: formatPath(place), ...this.#factsOrOwn(place) };
    });
  }

  currentDirectory(): string {
    return formatPath(this.#current);
  }

  /** What the stock RNFR and MDTM handlers ask for. */
  get(path: string): { readonly mtime: Date } {
    return this.#refusing(() => ({ mtime: new Date(this.#factsOrOwn(this.#resolve(path)).modifiedAtMs) }));
  }

  chdir(path = '.'): string {
    return this.#refusing(() => {
      const place = this.#resolve(path);
      if (this.#tree.facts(place).type !== 'directory') throw new Refusal(550, 'Not a directory.');
      this.#current = place;
      return formatPath(place);
    });
  }

  /** @returns the client's path of the new folder */
  mkdir(path: string): Promise<string> {
    return this.#changing('makeFolder', { command: 'MKD', path }, async () => {
      const place = this.#resolve(path);
      const newMode = this.#uploads.newMode();
      await this.#tree.makeFolder(place, newMode.ofFolder);
      newMode.settleFolder(this.#tree, place);
      return formatPath(place);
    });
  }

  /** RFC 959 §4.1.3: DELE is for files; links and whatever else is no folder go the same way. */
  delete(path: string): Promise<void> {
    return this.#changing('delete', { command: 'DELE', path }, async () => {
      this.requireNotRoot(path);
      const place = this.#resolve(path);
      const hadPart = await this.#uploads.forget(place, this.#owner);
      if (hadPart && !exists(this.#tree, place)) return;
      await this.#uploads.freeing(place, () => this.#tree.remove(place));
    });
  }

  removeFolder(path: string): Promise<void> {
    return this.#changing('delete', { command: 'RMD', path }, async () => {
      this.requireNotRoot(path);
      const place = this.#resolve(path);
      try {
        await this.#tree.removeFolder(place);
      } catch (error) {
        if (errorCodeOf(error) !== 'ENOTEMPTY' || !(await this.#dropParts(place))) throw error;
        await this.#tree.removeFolder(place);
      }
    });
  }

  rename(from: string, to: string): Promise<void> {
    return this.#changing('rename', { command: 'RNTO', path: from, to }, async () => {
      this.requireNotRoot(from);
      this.requireNotRoot(to);
      const [source, target] = [this.#resolve(from), this.#resolve(to)];
      const same = formatPath(source) === formatPath(target); // then nothing is replaced
      if (!same && !this.#may.delete && exists(this.#tree, target)) throw mayNotReplace();
      const rename = () => this.#tree.rename(source, target);
      await (same ? rename() : this.#uploads.freeing(target, rename));
      await this.#uploads.outdated(target, this.#owner);
    });
  }

  /** The permission bits alone. */
  chmod(path: string, mode: number): Promise<void> {
    return this.#changing('upload', { command: 'SITE CHMOD', path }, async () => {
      this.requireNotRoot(path);
      this.#tree.chmod(this.#resolve(path), mode & 0o777);
    });
  }

  setModified(path: string, atMs: number): Promise<void> {
    return this.#changing('upload', { command: 'MFMT', path }, async () =>
      this.#tree.setTimes(this.#resolve(path), atMs),
    );
  }

  /** From the root, also of a name that no file can have. */
  absolute(path: string): string {
    return formatPath(resolvePath(this.#current, path.replaceAll('\0', '')));
  }

  /** The root is the operator's: it stays where it is, empty or not. @throws Refusal */
  requireNotRoot(path: string): void {
    if (this.#resolve(path).length > 0) return;
    throw new Refusal(550, 'Permission denied: the root folder cannot be changed.');
  }

  /** Parts have no name for a client. @throws Refusal */
  #resolve(path: string): TreePath {
    const place = resolvePath(this.#current, path);
    if (place.some(isPartName)) throw new Refusal(550, 'No such file or directory.');
    return place;
  }

  /** A folder that a client sees as empty is empty: parts that nobody writes do not keep it. @returns whether any went */
  async #dropParts(folder: TreePath): Promise<boolean> {
    const parts: string[] = [];
    const scan = this.#tree.scan(folder);
    try {
      for (let names = scan.next(); names !== undefined; names = scan.next()) {
        if (!names.every(isPartName)) return false;
        parts.push(...names);
      }
    } finally {
      scan.close();
    }
    let dropped = false;
    for (const name of parts) dropped = (await this.#uploads.removeIfFree([...folder, name])) || dropped;
    return dropped;
  }

  /** A link that leads nowhere, or out, is there all the same: it can be seen, renamed and removed. */
  #factsOrOwn(path: TreePath): FileFacts {
    try {
      return this.#tree.facts(path);
    } catch (error) {
      const own = this.#tree.ownFacts(path);
      if (own.type !== 'link') throw error;
      return own;
    }
  }

  async #changing<T>(what: keyof Permissions, change: Change, operation: () => Promise<T>): Promise<T> {
    const result = await this.#permitted(what, change, operation);
    this.#tell(change, { kind: 'done' });
    return result;
  }

  /** It is a change once it is whole. */
  async #uploading(change: Change, begin: () => Upload | Promise<Upload>): Promise<Upload> {
    const upload = await this.#permitted('upload', change, begin);
    return {
      file: upload.file,
      startBytes: upload.startBytes,
      finish: async (signal) => {
        const made = await upload.finish(signal);
        this.#tell(change, { kind: 'done', upload: made });
        return made;
      },
      release: () => upload.release(),
    };
  }

  async #permitted<T>(what: keyof Permissions, change: Change, operation: () => T | Promise<T>): Promise<T> {
    try {
      if (!this.#may[what]) throw this.#mayNot(what);
      return await operation();
    } catch (error) {
      const refusal = this.#refused(error);
      this.#tell(change, { kind: 'refused', replyCode: refusal.replyCode, reason: refusal.message });
      refusal.told = true;
      throw refusal;
    }
  }

  #tell(change: Change, outcome: ChangeOutcome): void {
    publishChange(this.#actor, change, outcome, (path) => this.absolute(path));
  }

  async #refusingLater<T>(operation: () => Promise<T>): Promise<T> {
    try {
      return await operation();
    } catch (error) {
      throw this.#refused(error);
    }
  }

  #mayNot(what: keyof Permissions): Refusal {
    const nothing = Object.values(this.#may).every((right) => !right);
    const missing = nothing ? 'this server is read-only' : WITHOUT[what];
    return new Refusal(550, `Permission denied: ${missing}.`);
  }

  #refusing<T>(operation: () => T): T {
    try {
      return operation();
    } catch (error) {
      throw this.#refused(error);
    }
  }

  #refused(error: unknown): Refusal {
    this.lastRefusal = this.#refusalOf(error);
    return this.lastRefusal;
  }

  #refusalOf(error: unknown): Refusal {
    if (error instanceof Refusal) return error;
    if (this.#tree.links === 'refuse' && errorCodeOf(error) === 'ELOOP') {
      return new Refusal(550, 'Permission denied: links are not followed here.', { cause: error });
    }
    return new Refusal(fileErrorReplyCode(error), `${sentence(fileErrorText(error))}.`, { cause: error });
  }
}

/** Some things are allowed to the user, but not this one. */
const WITHOUT: Readonly<Record<keyof Permissions, string>> = {
  upload: 'no right to upload',
  delete: 'no right to delete',
  rename: 'no right to rename',
  makeFolder: 'no right to make folders',
};
