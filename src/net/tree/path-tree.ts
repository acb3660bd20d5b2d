// A tree by real paths, where the kernel has no openat2: links are resolved here, and the path without them is used.
import {
  chmodSync,
  constants,
  type Dir,
  fstatSync,
  linkSync,
  lstatSync,
  mkdirSync,
  opendirSync,
  openSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmdirSync,
  statSync,
  unlinkSync,
  utimesSync,
} from 'node:fs';
import { errorCodeOf } from '../../errors.ts';
import { factsOfStats, secondsOf } from './facts.ts';
import { cannotRenameNew, failure, requireName } from './names.ts';
import type { FileFacts, FileTree, FolderScan, Links, TreePath } from './types.ts';

const { O_CREAT, O_EXCL, O_NOFOLLOW } = constants;

/** As the kernel's own bound. */
const MOST_LINKS = 40;

/** Names that one read of a folder asks the system for, and that one `next` gives. */
const NAMES_AT_ONCE = 512;

/**
 * What it cannot promise: between the look at a path and its use, another process may put a link in the place of one of
 * its folders, and then the use follows it. Nothing that this process does comes in between, for each method has done its
 * work when it returns, those with a promise too. The root, too, is a path here: whoever replaces it replaces what is served.
 */
export class PathTree implements FileTree {
  readonly links: Links;
  readonly #root: string;

  /** @throws an error with `code` for a root that is no folder */
  constructor(root: string, links: Links) {
    this.links = links;
    this.#root = realpathSync(root, 'latin1');
    opendirSync(bytesOf(this.#root)).closeSync();
  }

  open(path: TreePath, flags: number, mode?: number): number {
    // open(2): with both of these a link is a file that is there, wherever it leads.
    const itself = (flags & O_CREAT) !== 0 && (flags & O_EXCL) !== 0;
    return openSync(itself ? this.#entry(path) : this.#target(path), flags | this.#noFollow, mode);
  }

  openIfThere(path: TreePath, flags: number): number | undefined {
    try {
      return this.open(path, flags);
    } catch (error) {
      if (errorCodeOf(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  facts(path: TreePath): FileFacts {
    return factsOfStats(statSync(this.#target(path)));
  }

  ownFacts(path: TreePath): FileFacts {
    return factsOfStats(lstatSync(this.#entry(path)));
  }

  find(path: TreePath): FileFacts | undefined {
    return this.#ownFactsOf(path);
  }

  scan(path: TreePath): FolderScan {
    const names = { encoding: 'latin1', bufferSize: NAMES_AT_ONCE } as const;
    return new PathScan(opendirSync(this.#target(path), names), {
      facts: (name) => this.#factsOf([...path, name]),
      ownFacts: (name) => this.#ownFactsOf([...path, name]),
    });
  }

  chmod(path: TreePath, mode: number): void {
    chmodSync(this.#target(path), mode);
  }

  setTimes(path: TreePath, atMs: number): void {
    utimesSync(this.#target(path), secondsOf(atMs), secondsOf(atMs));
  }

  readLink(path: TreePath): string {
    return readlinkSync(this.#entry(path), 'latin1');
  }

  lock(fd: number): boolean {
    const { dev, ino } = fstatSync(fd);
    const file = `${dev}:${ino}`;
    if (isHeldByAnother(file, fd)) return false;
    locked.set(file, fd);
    return true;
  }

  async makeFolder(path: TreePath, mode = 0o777): Promise<void> {
    requireName(path, 'EEXIST');
    mkdirSync(this.#entry(path), { mode });
  }

  async remove(path: TreePath): Promise<void> {
    requireName(path, 'EBUSY');
    unlinkSync(this.#entry(path));
  }

  async removeFolder(path: TreePath): Promise<void> {
    requireName(path, 'EBUSY');
    rmdirSync(this.#entry(path));
  }

  async rename(from: TreePath, to: TreePath): Promise<void> {
    requireName(from, 'EBUSY');
    requireName(to, 'EBUSY');
    renameSync(this.#entry(from), this.#entry(to));
  }

  async renameNew(from: TreePath, to: TreePath): Promise<void> {
    requireName(from, 'EBUSY');
    requireName(to, 'EBUSY');
    const entry = this.#entry(from);
    try {
      linkSync(entry, this.#entry(to)); // which, unlike rename(2), never takes the place of another
    } catch (error) {
      throw cannotRenameNew(error) ? failure('ENOTSUP') : error;
    }
    unlinkSync(entry);
  }

  close(): void {}

  get #noFollow(): number {
    return this.links === 'follow' ? 0 : O_NOFOLLOW;
  }

  #factsOf(path: TreePath): FileFacts | undefined {
    const own = this.#ownFactsOf(path);
    return own?.type === 'link' ? this.#through(path, own) : own;
  }

  #ownFactsOf(path: TreePath): FileFacts | undefined {
    try {
      return this.ownFacts(path);
    } catch {
      return undefined;
    }
  }

  #through(path: TreePath, own: FileFacts): FileFacts {
    try {
      return this.facts(path);
    } catch {
      return own;
    }
  }

  /** The real path of what `path` leads to. */
  #target(path: TreePath): Buffer {
    return this.#at(this.links === 'follow' ? path : this.#resolve(path));
  }

  /** The real path of the last name itself. */
  #entry(path: TreePath): Buffer {
    const name = path.at(-1);
    if (name === undefined || this.links === 'follow') return this.#at(path);
    return this.#at([...this.#resolve(path.slice(0, -1)), name]);
  }

  #at(names: readonly string[]): Buffer {
    return bytesOf([this.#root, ...names].join('/'));
  }

  /** The same place by names of which none is a link: `..` stops at the root, and `/` is the root. */
  #resolve(path: TreePath): string[] {
    const ahead = [...path].reverse();
    const done: string[] = [];
    let linksLeft = this.links === 'refuse' ? 0 : MOST_LINKS;
    for (let name = ahead.pop(); name !== undefined; name = ahead.pop()) {
      if (name === '' || name === '.') continue;
      if (name === '..') {
        done.pop();
        continue;
      }
      const here = this.#at([...done, name]);
      const found = lstatSync(here, { throwIfNoEntry: false });
      if (found?.isSymbolicLink()) {
        if (linksLeft-- === 0) throw failure('ELOOP');
        const target = readlinkSync(here, 'latin1');
        if (target.startsWith('/')) done.length = 0;
        ahead.push(...target.split('/').reverse());
        continue;
      }
      if (ahead.length > 0 && found === undefined) throw failure('ENOENT');
      if (ahead.length > 0 && !found?.isDirectory()) throw failure('ENOTDIR');
      done.push(name);
    }
    return done;
  }
}

/** Files that this process has locked, each with the descriptor that it did it by. */
const locked = new Map<string, number>();

/** A descriptor that was closed since holds nothing, and its number may be that of another file now. */
function isHeldByAnother(file: string, ownFd: number): boolean {
  const fd = locked.get(file);
  if (fd === undefined || fd === ownFd) return false; // its own number again: whoever had it has closed it
  try {
    const { dev, ino } = fstatSync(fd);
    if (`${dev}:${ino}` === file) return true;
  } catch {}
  locked.delete(file);
  return false;
}

class PathScan implements FolderScan {
  readonly #folder: Dir;
  readonly facts: FolderScan['facts'];
  readonly ownFacts: FolderScan['ownFacts'];

  constructor(folder: Dir, { facts, ownFacts }: Pick<FolderScan, 'facts' | 'ownFacts'>) {
    this.#folder = folder;
    this.facts = facts;
    this.ownFacts = ownFacts;
  }

  next(): readonly string[] | undefined {
    const names: string[] = [];
    while (names.length < NAMES_AT_ONCE) {
      const found = this.#folder.readSync();
      if (found === null) break;
      names.push(found.name);
    }
    return names.length === 0 ? undefined : names;
  }

  close(): void {
    this.#folder.closeSync();
  }
}

function bytesOf(path: string): Buffer {
  return Buffer.from(path, 'latin1');
}
