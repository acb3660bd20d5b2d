// Linux's calls that move a file's bytes and that Node does not offer; undefined where they are missing.
import type Koffi from 'koffi';
import { loadKoffi } from './libc.ts';

/** Each returns -1 on failure; read `errno()` at once. */
export interface FileCalls {
  /** @param iovec one struct iovec after another, of which there are `count` */
  preadv2(fd: number, iovec: Buffer, count: number, position: number, flags: number): number;
  /** @param offset an int64 in, and out: where in the file it begins, and where it has come to */
  sendfile(socket: number, file: number, offset: Buffer, bytes: number): number;
  /** Of a buffer's first byte, which stays where it is while the buffer lives. */
  address(buffer: Buffer): bigint;
  errno(): number;
}

let loaded: FileCalls | undefined | null = null;

export function fileCalls(): FileCalls | undefined {
  if (loaded === null) loaded = load();
  return loaded;
}

function load(): FileCalls | undefined {
  // Where off_t and a pointer have 64 bits, as written below.
  if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch)) return undefined;
  try {
    const { koffi, lib } = loadKoffi();
    return {
      preadv2: lib.func('intptr_t preadv2(int, const void *, int, int64_t, int)'),
      sendfile: lib.func('intptr_t sendfile(int, int, void *, size_t)'),
      // koffi 3.3; its types do not have it.
      address: (buffer) => BigInt((koffi as typeof Koffi & { address(of: Buffer): bigint }).address(buffer)),
      errno: () => koffi.errno(),
    };
  } catch {
    return undefined; // no FFI here, or a libc without preadv2
  }
}
