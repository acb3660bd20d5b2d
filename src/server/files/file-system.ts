// The files of one session: ftp-srv's confined file system, read-only unless told otherwise, with clean error texts.
import type { Stats } from 'node:fs';
import { mkdir, readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ListEntry } from '../../ftp/listing.ts';
import { type StockConnection, StockFileSystem } from '../ftp-srv.ts';
import { Refusal } from '../refusal.ts';
import { fileErrorReplyCode, fileErrorText } from './file-error.ts';
import { OpenFile, type WriteMode } from './open-file.ts';

export interface FirstEntries {
  readonly entries: readonly ListEntry[];
  /** Names in the folder behind these. */
  readonly namesLeft: number;
}

export interface FileSystemPlace {
  readonly root: string;
  readonly write: boolean;
}

/**
 * Paths are the client's. `..` cannot leave the root; symbolic links are followed, also out of it: no client can make
 * one, so they are there because the operator wants them. Every failure is a `Refusal`: 550, or 451 and 452 for what
 * may succeed later.
 */
export class SessionFileSystem extends StockFileSystem {
  /** What an operation was refused with last: ftp-srv's handlers hand on the text alone. */
  lastRefusal: Refusal | undefined;
  readonly #write: boolean;

  constructor(connection: StockConnection, { root, write }: FileSystemPlace) {
    super(connection, { root, cwd: '/' });
    this.#write = write;
  }

  openForReading(path: string): Promise<OpenFile> {
    return this.#refusing(() => OpenFile.forReading(this.#pathOf(path)));
  }

  /** Creates the file when it is not there; leaves its content alone when it is. */
  openForWriting(path: string, mode?: WriteMode): Promise<OpenFile> {
    return this.#changing(() => OpenFile.forWriting(this.#pathOf(path), mode));
  }

  /** The entries of a folder, sorted by name, or the one entry of a file. */
  async entries(path: string): Promise<readonly ListEntry[]> {
    return (await this.firstEntries(path, Number.POSITIVE_INFINITY)).entries;
  }

  /** The same for the first `most` names of a folder alone. */
  firstEntries(path: string, most: number): Promise<FirstEntries> {
    return this.#refusing(async () => {
      const place = this.#pathOf(path);
      const found = await stat(place);
      if (!found.isDirectory()) return { entries: [entryOf(basename(place), found)], namesLeft: 0 };
      return firstEntriesOf(place, most);
    });
  }

  /** The one entry that `path` names, folder or not. */
  entry(path: string): Promise<ListEntry> {
    return this.#refusing(async () =>
      entryOf(this._resolvePath(path).clientPath, await stat(this.#pathOf(path))),
    );
  }

  override get(path: string): Promise<unknown> {
    return this.#refusing(() => super.get(path));
  }

  override chdir(path?: string): Promise<string> {
    return this.#refusing(() => super.chdir(path));
  }

  override delete(path: string): Promise<unknown> {
    return this.#changing(() => {
      this.requireNotRoot(path);
      return super.delete(path);
    });
  }

  /** The stock MKD handler calls it, and answers with the client's path that it returns. */
  mkdir(path: string): Promise<string> {
    return this.#changing(async () => {
      const { clientPath, fsPath } = this._resolvePath(path);
      // The stock one makes parents too, and then takes a full disk for ENOENT and a folder that is there for a new one.
      await mkdir(fsPath);
      return clientPath;
    });
  }

  override rename(from: string, to: string): Promise<unknown> {
    return this.#changing(() => {
      this.requireNotRoot(from);
      this.requireNotRoot(to);
      return super.rename(from, to);
    });
  }

  /** The root is the operator's: it stays where it is, empty or not. @throws Refusal */
  requireNotRoot(path: string): void {
    if (this.#pathOf(path) !== this.root) return;
    throw new Refusal(550, 'Permission denied: the root folder cannot be renamed or removed.');
  }

  #pathOf(path: string): string {
    return this._resolvePath(path).fsPath;
  }

  #changing<T>(operation: () => PromiseLike<T>): Promise<T> {
    return this.#refusing(() => {
      if (!this.#write) throw new Refusal(550, 'Permission denied: this server is read-only.');
      return operation();
    });
  }

  async #refusing<T>(operation: () => PromiseLike<T>): Promise<T> {
    try {
      return await operation();
    } catch (error) {
      this.lastRefusal = refusalOf(error);
      throw this.lastRefusal;
    }
  }
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  return new Refusal(fileErrorReplyCode(error), `${sentence(fileErrorText(error))}.`, { cause: error });
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

async function firstEntriesOf(folder: string, most: number): Promise<FirstEntries> {
  const names = (await readdir(folder)).sort();
  const entries = await Promise.all(names.slice(0, most).map((name) => entryIfThere(folder, name)));
  return {
    entries: entries.filter((entry) => entry !== undefined),
    namesLeft: Math.max(names.length - most, 0),
  };
}

/** Undefined for what was removed since, and for a link that leads nowhere. */
async function entryIfThere(folder: string, name: string): Promise<ListEntry | undefined> {
  try {
    return entryOf(name, await stat(join(folder, name)));
  } catch {
    return undefined;
  }
}

function entryOf(name: string, stats: Stats): ListEntry {
  const type = stats.isDirectory() ? 'directory' : stats.isFile() ? 'file' : 'other';
  return { name, type, mode: stats.mode, sizeBytes: stats.size, modifiedAtMs: stats.mtimeMs };
}
