// What is told of a file, from each way of asking for it.
import { constants, type Stats } from 'node:fs';
import type { FileFacts } from './types.ts';

/** Of struct statx, which is the same on every architecture. */
export const STATX_BYTES = 256;
const MODE_AT = 28;
const INODE_AT = 32;
const SIZE_AT = 40;
const MTIME_AT = 112;

export function factsOfStatx(statx: Buffer): FileFacts {
  const mode = statx.readUInt16LE(MODE_AT);
  return {
    type: typeOf(mode),
    mode,
    sizeBytes: readUInt64(statx, SIZE_AT),
    inode: readUInt64(statx, INODE_AT),
    modifiedAtMs:
      (statx.readUInt32LE(MTIME_AT) + statx.readInt32LE(MTIME_AT + 4) * 2 ** 32) * 1000 +
      Math.trunc(statx.readUInt32LE(MTIME_AT + 8) / 1e6),
  };
}

function readUInt64(statx: Buffer, at: number): number {
  return statx.readUInt32LE(at) + statx.readUInt32LE(at + 4) * 2 ** 32;
}

export function factsOfStats({ mode, size, mtimeMs, ino }: Stats): FileFacts {
  return { type: typeOf(mode), mode, sizeBytes: size, modifiedAtMs: Math.floor(mtimeMs), inode: ino };
}

const TYPES = new Map<number, FileFacts['type']>([
  [constants.S_IFREG, 'file'],
  [constants.S_IFDIR, 'directory'],
  [constants.S_IFLNK, 'link'],
]);

function typeOf(mode: number): FileFacts['type'] {
  return TYPES.get(mode & constants.S_IFMT) ?? 'other';
}

/**
 * For utimes(2) by Node, which cuts a fraction of seconds off at the microsecond (half of one more, or 0.123 s becomes
 * 0.122), and takes a negative number, but not one in a string, for the present.
 */
export function secondsOf(atMs: number): string {
  return String((atMs % 1000 === 0 ? atMs : atMs + 0.0005) / 1000); // what a client sets is whole seconds
}
