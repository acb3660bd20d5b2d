// What is told of a file, from each way of asking for it.
import { constants, type Stats } from 'node:fs';
import type { FileFacts } from './types.ts';

/** Of struct statx, which is the same on every architecture; where it lies, in words of 32 bits, low ones first. */
const STATX_WORDS = 64;
const MODE_AT = 28 / 4;
const INODE_AT = 32 / 4;
const SIZE_AT = 40 / 4;
const MTIME_AT = 112 / 4;

/** What statx(2) writes into; read by words, for a listing does it for every name. */
export class Statx {
  readonly buffer: Buffer;
  readonly #words = new Uint32Array(STATX_WORDS);

  constructor() {
    this.buffer = Buffer.from(this.#words.buffer);
  }

  facts(): FileFacts {
    const words = this.#words;
    const mode = (words[MODE_AT] ?? 0) & 0xffff;
    return {
      type: typeOf(mode),
      mode,
      sizeBytes: this.#uint64(SIZE_AT),
      inode: this.#uint64(INODE_AT),
      modifiedAtMs:
        ((words[MTIME_AT] ?? 0) + ((words[MTIME_AT + 1] ?? 0) | 0) * 2 ** 32) * 1000 +
        Math.trunc((words[MTIME_AT + 2] ?? 0) / 1e6),
    };
  }

  #uint64(at: number): number {
    return (this.#words[at] ?? 0) + (this.#words[at + 1] ?? 0) * 2 ** 32;
  }
}

export function factsOfStats({ mode, size, mtimeMs, ino }: Stats): FileFacts {
  return { type: typeOf(mode), mode, sizeBytes: size, modifiedAtMs: Math.floor(mtimeMs), inode: ino };
}

const { S_IFMT, S_IFREG, S_IFDIR, S_IFLNK } = constants;

function typeOf(mode: number): FileFacts['type'] {
  switch (mode & S_IFMT) {
    case S_IFREG:
      return 'file';
    case S_IFDIR:
      return 'directory';
    case S_IFLNK:
      return 'link';
    default:
      return 'other';
  }
}

/**
 * For utimes(2) by Node, which cuts a fraction of seconds off at the microsecond (half of one more, or 0.123 s becomes
 * 0.122), and takes a negative number, but not one in a string, for the present.
 */
export function secondsOf(atMs: number): string {
  return String((atMs % 1000 === 0 ? atMs : atMs + 0.0005) / 1000); // what a client sets is whole seconds
}
