// A tree that the kernel itself keeps its callers in: openat2(2) from the root's descriptor, and *at calls on one name.
import { chmodSync, constants, utimesSync } from 'node:fs';
import { SystemCallError } from '../descriptor.ts';
import { errnoName } from '../libc.ts';
import {
  AT_EMPTY_PATH,
  AT_FDCWD,
  AT_REMOVEDIR,
  AT_SYMLINK_NOFOLLOW,
  LOCK_EX,
  LOCK_NB,
  O_CLOEXEC,
  O_PATH,
  openHow,
  RENAME_NOREPLACE,
  RESOLVE_IN_ROOT,
  RESOLVE_NO_MAGICLINKS,
  RESOLVE_NO_SYMLINKS,
  type TreeCalls,
} from './calls.ts';
import { Statx, secondsOf } from './facts.ts';
import { cannotRenameNew, failure, requireName } from './names.ts';
import type { FileFacts, FileTree, FolderScan, Links, TreePath, When } from './types.ts';

const { O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;

/** Magic links (/proc/self/fd/3, /proc/1/root) are no paths and lead anywhere: never. */
const RESOLVE: Readonly<Record<Links, number>> = {
  inside: RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
  refuse: RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS,
  follow: RESOLVE_NO_MAGICLINKS,
};

/** EAGAIN: something was renamed while a `..` was followed, and the kernel could not tell whether it still lay inside. */
const MOST_TRIES = 256;

const PATH_MAX_BYTES = 4096;

/** Names in one call of getdents64: some 500 to 1 000 of them, a quarter of a millisecond. */
const NAMES_BYTES = 32 * 1024;

/** PATH_MAX: on file systems that count UTF-16, a name of 255 has more bytes than that. */
const NAME_BYTES = 4096;

/**
 * Whatever follows links goes by openat2, which resolves and opens in one call: between check and use there is nothing.
 * Whatever takes a name for itself (unlink, rename, mkdir, lstat) goes by its folder's descriptor and that one name, which
 * these calls never follow. Not by `/proc/self/fd/N/name`: what follows a link would leave the root that way.
 */
export class KernelTree implements FileTree {
  readonly links: Links;
  readonly #calls: TreeCalls;
  readonly #resolve: number;
  #root: number;
  readonly #statx = new Statx();

  /** @throws SystemCallError for a root that is no folder */
  constructor(root: string, links: Links, calls: TreeCalls) {
    this.links = links;
    this.#calls = calls;
    this.#resolve = RESOLVE[links];
    const how = openHow(O_PATH | O_DIRECTORY | O_CLOEXEC);
    this.#root = this.#check('openat2', calls.openat2(AT_FDCWD, Buffer.from(`${root}\0`), how));
  }

  open(path: TreePath, flags: number, mode = 0): number {
    const fd = this.#open(path, flags, mode);
    if (fd === -1) throw new SystemCallError('openat2', this.#calls.errno());
    return fd;
  }

  openIfThere(path: TreePath, flags: number): number | undefined {
    const fd = this.#open(path, flags, 0);
    if (fd !== -1) return fd;
    const errno = this.#calls.errno();
    if (errnoName(errno) === 'ENOENT') return undefined;
    throw new SystemCallError('openat2', errno);
  }

  /** @returns -1 when it fails; then `errno()` says why */
  #open(path: TreePath, flags: number, mode: number): number {
    const bytes = Buffer.from(path.length === 0 ? '.\0' : `${path.join('/')}\0`, 'latin1');
    const how = openHow(flags | O_CLOEXEC, mode, this.#resolve);
    for (let tries = 1; ; tries++) {
      const fd = this.#calls.openat2(this.#root, bytes, how);
      if (fd !== -1 || tries === MOST_TRIES || errnoName(this.#calls.errno()) !== 'EAGAIN') return fd;
    }
  }

  facts(path: TreePath): FileFacts {
    return this.#with(path, O_PATH, (fd) => this.#factsAt(fd, NOTHING, AT_EMPTY_PATH));
  }

  ownFacts(path: TreePath): FileFacts {
    return this.#with(path, O_PATH | O_NOFOLLOW, (fd) => this.#factsAt(fd, NOTHING, AT_EMPTY_PATH));
  }

  find(path: TreePath): FileFacts | undefined {
    const fd = this.#open(path, O_PATH | O_NOFOLLOW, 0);
    if (fd === -1) return undefined;
    const result = this.#calls.statx(fd, NOTHING, AT_EMPTY_PATH, this.#statx.buffer);
    this.#calls.close(fd);
    return result === -1 ? undefined : this.#statx.facts();
  }

  scan(path: TreePath): FolderScan {
    const fd = this.open(path, O_RDONLY | O_DIRECTORY | O_NONBLOCK);
    return new KernelScan(fd, this.#calls, (name) => this.facts([...path, name]));
  }

  // fchmod(2) would want the file open, for which there may be no right; the magic link of a descriptor that is ours
  // leads to that file and nowhere else, links exchanged or not.
  chmod(path: TreePath, mode: number): void {
    this.#with(path, O_PATH, (fd) => chmodSync(`/proc/self/fd/${fd}`, mode));
  }

  setTimes(path: TreePath, atMs: number): void {
    this.#with(path, O_PATH, (fd) => utimesSync(`/proc/self/fd/${fd}`, secondsOf(atMs), secondsOf(atMs)));
  }

  readLink(path: TreePath): string {
    return this.#with(path, O_PATH | O_NOFOLLOW, (fd) => {
      const link = Buffer.alloc(PATH_MAX_BYTES);
      const bytes = this.#check('readlinkat', this.#calls.readlinkat(fd, NOTHING, link));
      return link.toString('latin1', 0, bytes);
    });
  }

  lock(fd: number): boolean {
    // flock(2): of the open file, not of the process; the kernel lets go of it when the last descriptor is closed.
    if (this.#calls.flock(fd, LOCK_EX | LOCK_NB) === 0) return true;
    const errno = this.#calls.errno();
    if (errnoName(errno) === 'EAGAIN') return false; // EWOULDBLOCK by its other name
    throw new SystemCallError('flock', errno);
  }

  makeFolder(path: TreePath, mode = 0o777): Promise<void> {
    return this.#inFolderOf(path, 'EEXIST', (folder, name) =>
      done('mkdirat', this.#calls.mkdirat(folder, name, mode)),
    );
  }

  remove(path: TreePath): Promise<void> {
    return this.#unlink(path, 0);
  }

  removeFolder(path: TreePath): Promise<void> {
    return this.#unlink(path, AT_REMOVEDIR);
  }

  rename(from: TreePath, to: TreePath, when: When = 'in-pool'): Promise<void> {
    return this.#between(from, to, (...names) => done('renameat2', this.#renameat2(when, names, 0)));
  }

  renameNew(from: TreePath, to: TreePath, when: When = 'in-pool'): Promise<void> {
    return this.#between(from, to, async (...names) => {
      try {
        await done('renameat2', this.#renameat2(when, names, RENAME_NOREPLACE));
      } catch (error) {
        if (!cannotRenameNew(error)) throw error;
        await this.#renameByLink(names); // on NFS, for one
      }
    });
  }

  close(): void {
    this.#calls.close(this.#root);
    this.#root = -1; // whoever comes late gets EBADF, and not the folder that has this number next
  }

  #unlink(path: TreePath, flags: number): Promise<void> {
    return this.#inFolderOf(path, 'EBUSY', (folder, name) =>
      done('unlinkat', this.#calls.unlinkat(folder, name, flags)),
    );
  }

  #factsAt(folder: number, name: Buffer, flags: number): FileFacts {
    this.#check('statx', this.#calls.statx(folder, name, flags, this.#statx.buffer));
    return this.#statx.facts();
  }

  #renameat2(
    when: When,
    names: readonly [number, Buffer, number, Buffer],
    flags: number,
  ): number | Promise<number> {
    return when === 'in-pool'
      ? this.#calls.renameat2(...names, flags)
      : this.#calls.renameat2Now(...names, flags);
  }

  /** A second name, which never takes the place of another, and then the first one goes. */
  async #renameByLink(names: readonly [number, Buffer, number, Buffer]): Promise<void> {
    const [fromFolder, fromName] = names;
    try {
      await done('linkat', this.#calls.linkat(...names, 0));
    } catch (error) {
      throw cannotRenameNew(error) ? failure('ENOTSUP') : error;
    }
    await done('unlinkat', this.#calls.unlinkat(fromFolder, fromName, 0));
  }

  #between(
    from: TreePath,
    to: TreePath,
    use: (fromFolder: number, from: Buffer, toFolder: number, to: Buffer) => Promise<void>,
  ): Promise<void> {
    const toName = Buffer.from(`${requireName(to, 'EBUSY')}\0`, 'latin1');
    if (isSameFolder(from, to)) {
      return this.#inFolderOf(from, 'EBUSY', (folder, fromName) => use(folder, fromName, folder, toName));
    }
    return this.#inFolderOf(from, 'EBUSY', (fromFolder, fromName) =>
      this.#inFolderOf(to, 'EBUSY', (toFolder) => use(fromFolder, fromName, toFolder, toName)),
    );
  }

  /** @param ofRoot what an operation on the root itself fails with: it has no name to be called by */
  async #inFolderOf(
    path: TreePath,
    ofRoot: string,
    use: (folder: number, name: Buffer) => Promise<void>,
  ): Promise<void> {
    const name = Buffer.from(`${requireName(path, ofRoot)}\0`, 'latin1');
    // Of the root, too, a descriptor of its own: it is in use until the call is over, whoever closes the tree meanwhile.
    const folder = this.open(path.slice(0, -1), O_PATH | O_DIRECTORY);
    try {
      await use(folder, name);
    } finally {
      this.#calls.close(folder);
    }
  }

  #with<T>(path: TreePath, flags: number, use: (fd: number) => T): T {
    const fd = this.open(path, flags);
    try {
      return use(fd);
    } finally {
      this.#calls.close(fd);
    }
  }

  #check(syscall: string, result: number): number {
    if (result === -1) throw new SystemCallError(syscall, this.#calls.errno());
    return result;
  }
}

function isSameFolder(one: TreePath, other: TreePath): boolean {
  return (
    one.length === other.length &&
    one.every((name, index) => index === one.length - 1 || name === other[index])
  );
}

async function done(syscall: string, call: number | Promise<number>): Promise<void> {
  const errno = await call;
  if (errno !== 0) throw new SystemCallError(syscall, errno);
}

const NOTHING = Buffer.from('\0');

/** Of struct linux_dirent64: the record's length, and where its name begins. */
const RECORD_LENGTH_AT = 16;
const NAME_AT = 19;

class KernelScan implements FolderScan {
  readonly #fd: number;
  readonly #calls: TreeCalls;
  readonly #behindLink: (name: string) => FileFacts;
  readonly #records = Buffer.allocUnsafeSlow(NAMES_BYTES);
  readonly #name = Buffer.alloc(NAME_BYTES);
  readonly #statx = new Statx();

  constructor(fd: number, calls: TreeCalls, behindLink: (name: string) => FileFacts) {
    this.#fd = fd;
    this.#calls = calls;
    this.#behindLink = behindLink;
  }

  next(): readonly string[] | undefined {
    const bytes = this.#calls.getdents64(this.#fd, this.#records);
    if (bytes === -1) throw new SystemCallError('getdents64', this.#calls.errno());
    if (bytes === 0) return undefined;
    const names: string[] = [];
    for (let at = 0; at < bytes; at += this.#records.readUInt16LE(at + RECORD_LENGTH_AT)) {
      const name = this.#records.toString('latin1', at + NAME_AT, this.#records.indexOf(0, at + NAME_AT));
      if (name !== '.' && name !== '..') names.push(name);
    }
    return names;
  }

  facts(name: string): FileFacts | undefined {
    const own = this.ownFacts(name);
    return own?.type === 'link' ? this.#through(name, own) : own;
  }

  ownFacts(name: string): FileFacts | undefined {
    this.#name[this.#name.write(name, 'latin1')] = 0;
    const result = this.#calls.statx(this.#fd, this.#name, AT_SYMLINK_NOFOLLOW, this.#statx.buffer);
    return result === -1 ? undefined : this.#statx.facts();
  }

  #through(name: string, own: FileFacts): FileFacts {
    try {
      return this.#behindLink(name);
    } catch {
      return own; // it leads nowhere, out, in a circle, or must not be followed
    }
  }

  close(): void {
    this.#calls.close(this.#fd);
  }
}
