// The files of one session: paths as its client writes them, in a tree that is never left, read-only unless told otherwise.

import { errorCodeOf } from '../../errors.ts';
import type { ListEntry } from '../../ftp/listing.ts';
import type { FileFacts, FileTree, TreePath } from '../../net/tree/types.ts';
import type { StockFiles } from '../ftp-srv.ts';
import { Refusal } from '../refusal.ts';
import { inTurn } from '../turns.ts';
import { formatPath, resolvePath } from './client-path.ts';
import { fileErrorReplyCode, fileErrorText } from './file-error.ts';
import { FileListing, FolderListing, type Listing } from './listing.ts';
import { OpenFile, type WriteMode } from './open-file.ts';

export interface FirstEntries {
  readonly entries: readonly ListEntry[];
  /** Names in the folder behind these. */
  readonly namesLeft: number;
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
  readonly #write: boolean;
  #current: TreePath = [];

  /** @param tree may be shared by many sessions, and is not closed by any */
  constructor(tree: FileTree, { write }: { readonly write: boolean }) {
    this.#tree = tree;
    this.#write = write;
  }

  /** @param startBytes where REST asked to begin. @throws Refusal, 554 where that is beyond the end */
  async openForReading(path: string, startBytes = 0): Promise<OpenFile> {
    return this.#refusing(() => OpenFile.forReading(this.#tree, this.#resolve(path), startBytes));
  }

  /** Creates the file when it is not there and nothing is to be skipped; leaves its content alone when it is. */
  openForWriting(path: string, mode?: WriteMode): Promise<OpenFile> {
    return this.#changing(() => OpenFile.forWriting(this.#tree, this.#resolve(path), mode));
  }

  /** The names of a folder, or the one name of a file. The caller closes it. */
  async listing(path: string): Promise<Listing> {
    return this.#refusing(() => {
      const place = this.#resolve(path);
      const facts = this.#factsOrOwn(place);
      if (facts.type === 'directory') return new FolderListing(this.#tree.scan(place));
      return new FileListing(formatPath(place), facts);
    });
  }

  /** The first `most` entries of a folder, or the one entry of a file. */
  async firstEntries(path: string, most: number): Promise<FirstEntries> {
    const listing = await this.listing(path);
    const entries: ListEntry[] = [];
    let names = 0;
    const take = (name: string) => {
      if (names++ >= most) return;
      const facts = listing.facts(name);
      if (facts !== undefined) entries.push({ name, ...facts });
    };
    try {
      while (await inTurn(() => this.#refusing(() => listing.slice(take))));
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

  /** The first `most` names in a folder, sorted where they are few enough. @throws Refusal for what is no folder, too */
  async names(path: string, most: number): Promise<readonly string[]> {
    const listing = await this.listing(path);
    const names: string[] = [];
    const take = (name: string) => {
      if (names.length < most) names.push(name);
    };
    try {
      if (!listing.ofFolder) throw new Refusal(550, 'Not a directory.');
      while (names.length < most && (await inTurn(() => this.#refusing(() => listing.slice(take)))));
    } finally {
      listing.close();
    }
    return names;
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
    return this.#changing(async () => {
      const place = this.#resolve(path);
      await this.#tree.makeFolder(place);
      return formatPath(place);
    });
  }

  /** RFC 959 §4.1.3: DELE is for files; links and whatever else is no folder go the same way. */
  delete(path: string): Promise<void> {
    return this.#changing(() => {
      this.requireNotRoot(path);
      return this.#tree.remove(this.#resolve(path));
    });
  }

  removeFolder(path: string): Promise<void> {
    return this.#changing(() => {
      this.requireNotRoot(path);
      return this.#tree.removeFolder(this.#resolve(path));
    });
  }

  rename(from: string, to: string): Promise<void> {
    return this.#changing(() => {
      this.requireNotRoot(from);
      this.requireNotRoot(to);
      return this.#tree.rename(this.#resolve(from), this.#resolve(to));
    });
  }

  /** The permission bits alone. */
  chmod(path: string, mode: number): Promise<void> {
    return this.#changing(() => {
      this.requireNotRoot(path);
      this.#tree.chmod(this.#resolve(path), mode & 0o777);
    });
  }

  setModified(path: string, atMs: number): Promise<void> {
    return this.#changing(() => this.#tree.setTimes(this.#resolve(path), atMs));
  }

  /** The root is the operator's: it stays where it is, empty or not. @throws Refusal */
  requireNotRoot(path: string): void {
    if (this.#resolve(path).length > 0) return;
    throw new Refusal(550, 'Permission denied: the root folder cannot be changed.');
  }

  #resolve(path: string): TreePath {
    return resolvePath(this.#current, path);
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

  async #changing<T>(operation: () => T | Promise<T>): Promise<T> {
    try {
      if (!this.#write) throw new Refusal(550, 'Permission denied: this server is read-only.');
      return await operation();
    } catch (error) {
      throw this.#refused(error);
    }
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

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
