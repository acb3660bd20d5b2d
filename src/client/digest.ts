// Counts and hashes the bytes of one transfer, on their way in and on their way out.
import { createHash, type Hash } from 'node:crypto';
import { Readable, Writable } from 'node:stream';

/** Bytes of one read of a file that is sent. */
const CHUNK_BYTES = 64 * 1024;

const HASH = 'sha1';
const HASH_OF_NOTHING = createHash(HASH).digest('hex');

export class Digest {
  /** Made for the first byte: a transfer that is refused needs none. */
  #hash: Hash | undefined;
  #bytes = 0;
  #hex: string | undefined;

  get bytes(): number {
    return this.#bytes;
  }

  /** What comes after `hex` was asked for is late, a stream's last twitch, and ignored. */
  update(chunk: Buffer): void {
    if (this.#hex !== undefined) return;
    this.#bytes += chunk.length;
    this.#hash ??= createHash(HASH);
    this.#hash.update(chunk);
  }

  /** SHA-1 in hex of what has come so far. */
  hex(): string {
    this.#hex ??= this.#hash?.digest('hex') ?? HASH_OF_NOTHING;
    return this.#hex;
  }
}

/** Where a download goes: its bytes are counted, hashed and dropped. */
export class DigestSink extends Writable {
  readonly #digest: Digest;

  constructor(digest: Digest) {
    super();
    this.#digest = digest;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#digest.update(chunk);
    done();
  }
}

/** Where an upload comes from: `content`, counted and hashed as far as it was asked for. */
export class DigestSource extends Readable {
  readonly #digest: Digest;
  readonly #content: Buffer;

  constructor(content: Buffer, digest: Digest) {
    super({ highWaterMark: CHUNK_BYTES });
    this.#digest = digest;
    this.#content = content;
  }

  override _read(): void {
    const chunk = this.#content.subarray(this.#digest.bytes, this.#digest.bytes + CHUNK_BYTES);
    if (chunk.length === 0) {
      this.push(null);
      return;
    }
    this.#digest.update(chunk);
    this.push(chunk);
  }
}
