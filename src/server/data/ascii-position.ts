// Where a position on the wire of TYPE A is in a file: it takes reading the file up to there.
import { NetAsciiPosition } from '../../ftp/net-ascii.ts';
import type { OpenFile } from '../files/open-file.ts';
import { beyondTheEnd, Refusal } from '../refusal.ts';

/** Reading what a client asks about costs the disk and not the client: above this it is told to use TYPE I. */
const MOST_BYTES = 10 * 1024 * 1024;
const CHUNK_BYTES = 256 * 1024;

/**
 * SIZE in TYPE A (RFC 3659 §4): the bytes that RETR would send of the first `endBytes` on the disk.
 * @throws Refusal 550 for a large file, LocalFileError
 */
export async function asciiSize(file: OpenFile, endBytes: number): Promise<number> {
  if (endBytes > MOST_BYTES) {
    throw new Refusal(550, 'Too large to be counted in TYPE A: use TYPE I.');
  }
  return (await countedUpTo(file, Number.POSITIVE_INFINITY, endBytes)).wireBytes;
}

/** Where REST's `wireBytes` is. @throws Refusal 554 beyond the end of the file, or far into it; LocalFileError */
export async function asciiPosition(file: OpenFile, wireBytes: number): Promise<NetAsciiPosition> {
  if (wireBytes > MOST_BYTES) throw new Refusal(554, 'Too far for a restart in TYPE A: use TYPE I.');
  const position = await countedUpTo(file, wireBytes, file.sizeBytes);
  if (position.wireBytes < wireBytes) throw beyondTheEnd(wireBytes, position.wireBytes);
  return position;
}

async function countedUpTo(file: OpenFile, wireBytes: number, endBytes: number): Promise<NetAsciiPosition> {
  const position = new NetAsciiPosition();
  const buffer = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, endBytes));
  while (position.wireBytes < wireBytes && position.diskBytes < endBytes) {
    const wanted = buffer.subarray(0, endBytes - position.diskBytes);
    const bytes = await file.read(wanted, position.diskBytes);
    if (bytes === 0) break;
    position.push(buffer.subarray(0, bytes), wireBytes);
  }
  return position;
}
