// TYPE A: lines end in LF on disk and in CRLF on the wire (RFC 959 §3.1.1.1), whatever the borders of the chunks are.

const LF = 10;
const CR = 13;

/** From disk to wire: a bare LF gets its CR; a line that ends in CRLF on disk stays as it is. */
export class ToNetAscii {
  #last: number;

  /** @param last the byte before the first one; a CR makes of an LF the second half of a line's end */
  constructor(last = 0) {
    this.#last = last;
  }

  /** May return `chunk` itself. */
  push(chunk: Buffer): Buffer {
    const bare = countBareLfs(chunk, this.#last);
    const before = this.#last;
    this.#last = chunk.at(-1) ?? before;
    return bare === 0 ? chunk : withCrs(chunk, before, bare);
  }
}

function countBareLfs(chunk: Buffer, before: number): number {
  let bare = 0;
  for (let at = chunk.indexOf(LF); at !== -1; at = chunk.indexOf(LF, at + 1)) {
    if ((at === 0 ? before : chunk[at - 1]) !== CR) bare++;
  }
  return bare;
}

function withCrs(chunk: Buffer, before: number, bare: number): Buffer {
  const wire = Buffer.allocUnsafe(chunk.length + bare);
  let from = 0;
  let to = 0;
  for (let at = chunk.indexOf(LF); at !== -1; at = chunk.indexOf(LF, at + 1)) {
    if ((at === 0 ? before : chunk[at - 1]) === CR) continue;
    to += chunk.copy(wire, to, from, at);
    wire[to++] = CR;
    from = at;
  }
  chunk.copy(wire, to, from);
  return wire;
}

/** From wire to disk: CRLF becomes LF; a CR or an LF by itself is left alone. */
export class FromNetAscii {
  #heldCr = false;

  /** May return `chunk` itself. A CR at its end is held back until it is known what follows. */
  push(chunk: Buffer): Buffer {
    if (chunk.length === 0 || (!this.#heldCr && !chunk.includes(CR))) return chunk;
    const whole = this.#heldCr ? Buffer.concat([ONE_CR, chunk]) : chunk;
    this.#heldCr = whole.at(-1) === CR;
    return withoutCrs(this.#heldCr ? whole.subarray(0, -1) : whole);
  }

  /** What was held back. */
  end(): Buffer {
    const rest = this.#heldCr ? ONE_CR : NOTHING;
    this.#heldCr = false;
    return rest;
  }
}

const ONE_CR = Buffer.from([CR]);
const NOTHING = Buffer.alloc(0);

function withoutCrs(wire: Buffer): Buffer {
  const disk = Buffer.allocUnsafe(wire.length);
  let from = 0;
  let to = 0;
  for (let at = wire.indexOf(CR); at !== -1; at = wire.indexOf(CR, at + 1)) {
    if (wire[at + 1] !== LF) continue;
    to += wire.copy(disk, to, from, at);
    from = at + 1;
  }
  to += wire.copy(disk, to, from);
  return disk.subarray(0, to);
}

/** Where a count of bytes on the wire is on disk: what SIZE and REST speak of in TYPE A (RFC 3659 §4, §5). */
export class NetAsciiPosition {
  /** Bytes on disk, and bytes on the wire, so far. */
  diskBytes = 0;
  wireBytes = 0;
  /** The byte of the wire that came last. */
  last = 0;

  /** Goes on through `chunk`, but not beyond `limitBytes` on the wire. The limit may part a CR from its LF. */
  push(chunk: Buffer, limitBytes = Number.POSITIVE_INFINITY): void {
    for (const byte of chunk) {
      if (this.wireBytes >= limitBytes) return;
      if (byte === LF && this.last !== CR) {
        this.wireBytes++;
        this.last = CR;
        if (this.wireBytes >= limitBytes) return;
      }
      this.wireBytes++;
      this.diskBytes++;
      this.last = byte;
    }
  }
}
