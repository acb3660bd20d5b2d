// What the features put on the disks of the server and of the client: bytes that repeat on every run.
import { createHash } from 'node:crypto';

export const FOLDER = Symbol('folder');

/** `size` bytes that follow from `seed`, every value among them but LF where `without` it is asked for. */
export function bytes(size, seed, { without } = {}) {
  const blocks = [];
  for (let have = 0, n = 0; have < size; have += 32, n++) {
    blocks.push(createHash('sha256').update(`${seed} ${n}`).digest());
  }
  const made = Buffer.concat(blocks).subarray(0, size);
  return without === undefined ? made : made.map((byte) => (byte === without ? byte + 1 : byte));
}

const LINES = ['first line', '', 'a third, after an empty one', 'the last'];
/** Text as it is on a Unix disk, and on the wire in TYPE A. RFC 959 §3.1.1.1. */
export const UNIX_TEXT = Buffer.from(LINES.map((line) => `${line}\n`).join(''));
export const WIRE_TEXT = Buffer.from(LINES.map((line) => `${line}\r\n`).join(''));
