// Reading a file at once where that needs no disk: a thread's round trip costs more than a small file does.
import { readSync } from 'node:fs';
import { fileCalls } from './file-calls.ts';
import { fileSystemKind } from './file-system-kind.ts';
import { errnoName } from './libc.ts';

/** preadv2(2): what is not in the page cache is EAGAIN, and there is no wait for the disk. */
const RWF_NOWAIT = 8;

/** Devices whose file system does not know RWF_NOWAIT. */
const withoutNowait = new Set<number>();
/** struct iovec: an address and a length. */
const iovec = Buffer.alloc(16);

/**
 * Bytes read into `buffer` from `position` on, 0 at the end of the file; undefined where somebody may have to wait for it.
 * @param device of the file, as in stat(2). @throws an error with `code` when the file cannot be read
 */
export function readAtOnce(fd: number, device: number, buffer: Buffer, position: number): number | undefined {
  // Some kernels do not know the flag on tmpfs, where nothing is ever waited for.
  if (fileSystemKind(fd, device) === 'memory') return readSync(fd, buffer, 0, buffer.length, position);
  const calls = fileCalls();
  if (calls === undefined || withoutNowait.has(device)) return undefined;
  iovec.writeBigUInt64LE(calls.address(buffer), 0);
  iovec.writeBigUInt64LE(BigInt(buffer.length), 8);
  const bytes = calls.preadv2(fd, iovec, 1, position, RWF_NOWAIT);
  if (bytes >= 0) return bytes;
  if (['EOPNOTSUPP', 'ENOTSUP', 'ENOSYS'].includes(errnoName(calls.errno()))) withoutNowait.add(device);
  return undefined;
}

/** The kernel reads ahead, and drops, in pieces of this order: one byte of each is looked at. */
const LOOK_EVERY_BYTES = 128 * 1024;
const aByte = Buffer.alloc(1);

/** Whether `bytes` from `position` on can be read without a wait for the disk, as far as a look at some of them tells. */
export function isCached(fd: number, device: number, position: number, bytes: number): boolean {
  if (fileSystemKind(fd, device) === 'memory') return true;
  const last = position + bytes - 1;
  for (let at = position; at < last; at += LOOK_EVERY_BYTES) {
    if (readAtOnce(fd, device, aByte, at) === undefined) return false;
  }
  return readAtOnce(fd, device, aByte, last) !== undefined;
}
