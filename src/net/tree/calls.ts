// Linux's calls on files that are named by a folder's descriptor and one name in it; undefined where they are missing.
import type Koffi from 'koffi';
import { loadKoffi } from '../libc.ts';

/**
 * Each returns -1 on failure; read `errno()` at once. Those with a promise run on a thread of the pool, and resolve with
 * the errno, 0 for success. Paths are bytes that end with a NUL.
 */
export interface TreeCalls {
  openat2(folder: number, path: Buffer, how: Buffer): number;
  statx(folder: number, path: Buffer, flags: number, result: Buffer): number;
  getdents64(fd: number, result: Buffer): number;
  mkdirat(folder: number, name: Buffer, mode: number): Promise<number>;
  unlinkat(folder: number, name: Buffer, flags: number): Promise<number>;
  renameat2(fromFolder: number, from: Buffer, toFolder: number, to: Buffer, flags: number): Promise<number>;
  /** The same at once. @returns the errno, 0 for success */
  renameat2Now(fromFolder: number, from: Buffer, toFolder: number, to: Buffer, flags: number): number;
  linkat(fromFolder: number, from: Buffer, toFolder: number, to: Buffer, flags: number): Promise<number>;
  /** @returns the length of what the link says */
  readlinkat(folder: number, name: Buffer, result: Buffer): number;
  flock(fd: number, operation: number): number;
  close(fd: number): number;
  errno(): number;
}

type Numbers = Readonly<Record<'getdents64' | 'renameat2' | 'statx', number>>;

/** Numbers by architecture, from the kernel's own tables: not every libc has a function for each. */
const NUMBERS: Readonly<Partial<Record<NodeJS.Architecture, Numbers>>> = {
  x64: { getdents64: 217, renameat2: 316, statx: 332 },
  arm64: { getdents64: 61, renameat2: 276, statx: 291 },
};
const OPENAT2 = 437; // the same everywhere

/** type, mode, modification time, inode and size. */
const STATX_MASK = 0x1 | 0x2 | 0x40 | 0x100 | 0x200;

let loaded: TreeCalls | undefined | null = null;

export function treeCalls(): TreeCalls | undefined {
  if (loaded === null) loaded = load();
  return loaded;
}

function load(): TreeCalls | undefined {
  const numbers = process.platform === 'linux' ? NUMBERS[process.arch] : undefined;
  if (numbers === undefined) return undefined;
  try {
    const calls = declare(numbers);
    return works(calls) ? calls : undefined;
  } catch {
    return undefined;
  }
}

/** syscall(2) is variadic in C alone: both ABIs pass its arguments as any other function's. */
function declare(numbers: Numbers): TreeCalls {
  const { koffi, lib } = loadKoffi();
  const openat2 = lib.func('long syscall(long, int, const void *, const void *, size_t)');
  const statx = lib.func('long syscall(long, int, const void *, int, uint32_t, void *)');
  const getdents64 = lib.func('long syscall(long, int, void *, size_t)');
  const renameat2 = lib.func('long syscall(long, int, const void *, int, const void *, uint32_t)');
  const renameat2InPool = inPool(koffi, renameat2);
  const readlinkat = lib.func('intptr_t readlinkat(int, const void *, void *, size_t)');
  return {
    openat2: (folder, path, how) => openat2(OPENAT2, folder, path, how, how.length),
    statx: (folder, path, flags, result) => statx(numbers.statx, folder, path, flags, STATX_MASK, result),
    getdents64: (fd, result) => getdents64(numbers.getdents64, fd, result, result.length),
    mkdirat: inPool(koffi, lib.func('int mkdirat(int, const void *, uint32_t)')),
    unlinkat: inPool(koffi, lib.func('int unlinkat(int, const void *, int)')),
    renameat2: (...args) => renameat2InPool(numbers.renameat2, ...args),
    renameat2Now: (...args) => (renameat2(numbers.renameat2, ...args) === -1 ? koffi.errno() : 0),
    linkat: inPool(koffi, lib.func('int linkat(int, const void *, int, const void *, int)')),
    readlinkat: (folder, name, result) => readlinkat(folder, name, result, result.length),
    flock: lib.func('int flock(int, int)'),
    close: lib.func('int close(int)'),
    errno: () => koffi.errno(),
  };
}

/** The arguments of calls that run: a buffer must not be collected while another thread reads it. */
const inUse = new Set<readonly unknown[]>();

function inPool<A extends readonly unknown[]>(
  koffi: typeof Koffi,
  call: ReturnType<ReturnType<typeof Koffi.load>['func']>,
) {
  return (...args: A) =>
    new Promise<number>((resolve, reject) => {
      inUse.add(args);
      call.async(...args, (error: Error | null, result: number) => {
        const errno = result === -1 ? koffi.errno() : 0; // koffi keeps each call's own for its callback
        inUse.delete(args);
        if (error) reject(error);
        else resolve(errno);
      });
    });
}

/** Linux before 5.6 has no openat2, and some sandboxes refuse what they do not know: then it is as good as missing. */
function works(calls: TreeCalls): boolean {
  const fd = calls.openat2(AT_FDCWD, Buffer.from('/\0'), openHow(O_PATH | O_CLOEXEC));
  if (fd === -1) return false;
  calls.close(fd);
  return true;
}

export const AT_FDCWD = -100;
export const AT_SYMLINK_NOFOLLOW = 0x100;
export const AT_REMOVEDIR = 0x200;
export const AT_EMPTY_PATH = 0x1000;
export const RENAME_NOREPLACE = 1;
export const LOCK_EX = 2;
export const LOCK_NB = 4;
export const O_PATH = 0o10000000;
export const O_CLOEXEC = 0o2000000;
export const RESOLVE_NO_MAGICLINKS = 0x02;
export const RESOLVE_NO_SYMLINKS = 0x04;
export const RESOLVE_IN_ROOT = 0x10;

/** struct open_how: three 64-bit words, of which no bit that is used lies in an upper half. */
export function openHow(flags: number, mode = 0, resolve = 0): Buffer {
  const how = Buffer.alloc(24);
  how.writeUInt32LE(flags, 0);
  how.writeUInt32LE(mode, 8);
  how.writeUInt32LE(resolve, 16);
  return how;
}
