// The files of one session: ftp-srv's confined file system, read-only unless told otherwise, with clean error texts.
import type { Stats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ListEntry } from '../ftp/listing.ts';
import { fileErrorText } from './file-error.ts';
import { type StockConnection, StockFileSystem } from './ftp-srv.ts';
import { OpenFile, type WriteMode } from './open-file.ts';
import { Refusal } from './refusal.ts';

export interface FileSystemPlace {
  readonly root: string;
  readonly write: boolean;
}

/**
 * Paths are the client's. `..` cannot leave the root; symbolic links are followed, also out of it: no client can make
 * one, so they are there because the operator wants them. Every failure is a `Refusal` with reply code 550.
 */
export class SessionFileSystem extends StockFileSystem {
  readonly #write: boolean;

  constructor(connection: StockConnection, { root, write }: FileSystemPlace) {
    super(connection, { root, cwd: '/' });
    this.#write = write;
  }

  openForReading(path: string): Promise<OpenFile> {
    return refusing(() => OpenFile.forReading(this.#pathOf(path)));
  }

  /** Creates the file when it is not there; leaves its content alone when it is. */
  openForWriting(path: string, mode?: WriteMode): Promise<OpenFile> {
    return this.#changing(() => OpenFile.forWriting(this.#pathOf(path), mode));
  }

  /** The entries of a folder, sorted by name, or the one entry of a file. */
  entries(path: string): Promise<ListEntry[]> {
    return refusing(async () => {
      const place = this.#pathOf(path);
      const found = await stat(place);
      return found.isDirectory() ? entriesOf(place) : [entryOf(basename(place), found)];
    });
  }

  /** The one entry that `path` names, folder or not. */
  entry(path: string): Promise<ListEntry> {
    return refusing(async () => entryOf(this._resolvePath(path).clientPath, await stat(this.#pathOf(path))));
  }

  override get(path: string): Promise<unknown> {
    return refusing(() => super.get(path));
  }

  override list(path?: string): Promise<unknown> {
    return refusing(() => super.list(path));
  }

  override chdir(path?: string): Promise<string> {
    return refusing(() => super.chdir(path));
  }

  override delete(path: string): Promise<unknown> {
    return this.#changing(() => super.delete(path));
  }

  override mkdir(path: string): Promise<string> {
    return this.#changing(async () => {
      await super.mkdir(path);
      return this._resolvePath(path).clientPath; // the stock one answers with the path on this machine
    });
  }

  override rename(from: string, to: string): Promise<unknown> {
    return this.#changing(() => super.rename(from, to));
  }

  #pathOf(path: string): string {
    return this._resolvePath(path).fsPath;
  }

  #changing<T>(operation: () => PromiseLike<T>): Promise<T> {
    if (!this.#write) return Promise.reject(new Refusal(550, 'Permission denied: this server is read-only.'));
    return refusing(operation);
  }
}

/** Turns whatever the operating system says into the text of a 550. */
async function refusing<T>(operation: () => PromiseLike<T>): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    throw new Refusal(550, `${sentence(fileErrorText(error))}.`, { cause: error });
  }
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

async function entriesOf(folder: string): Promise<ListEntry[]> {
  const names = (await readdir(folder)).sort();
  const entries = await Promise.all(names.map((name) => entryIfThere(folder, name)));
  return entries.filter((entry) => entry !== undefined);
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
