// The bytes of a file: the same for the same seed and size, wherever they are made.
import { createHash } from 'node:crypto';

/** Bytes that look random, so that a shifted or repeated piece is seen. */
export function contentOf(seed: number, bytes: number): Buffer {
  const content = Buffer.alloc(bytes);
  for (let at = 0, n = 0; at < bytes; at += 64, n++) {
    createHash('sha512').update(`${seed}/${n}`).digest().copy(content, at);
  }
  return content;
}

/** What an `Attempt` has as its hash. */
export function hashOf(content: Uint8Array): string {
  return createHash('sha1').update(content).digest('hex');
}
