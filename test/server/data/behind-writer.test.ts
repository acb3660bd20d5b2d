// What is gathered while the disk writes: every byte at its place, whatever the pieces and their moments; and the end by an error.
import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BehindWriter } from '../../../src/server/data/behind-writer.ts';
import { giveLargeBuffer, LARGE_BYTES, takeLargeBuffer } from '../../../src/server/data/large-buffers.ts';

/** A file in memory whose writes take some turns of the event loop, each one at a time. */
class SlowFile {
  readonly content = Buffer.alloc(200_000);
  writes = 0;
  #busy = false;

  async write(pieces: readonly Buffer[], position: number): Promise<void> {
    expect(this.#busy).toBe(false);
    this.#busy = true;
    this.writes++;
    await turn();
    let at = position;
    for (const piece of pieces) at += piece.copy(this.content, at);
    this.#busy = false;
  }
}

it('what is pushed is what is written, at any moments', () =>
  fc.assert(
    fc.asyncProperty(
      fc.nat(100),
      fc.array(fc.record({ bytes: fc.nat(3000), large: fc.boolean(), waits: fc.boolean() }), {
        maxLength: 40,
      }),
      async (position, pieces) => {
        const file = new SlowFile();
        const fail = (error: unknown) => Promise.reject(error);
        const writer = new BehindWriter({ file, position, onRoom: () => {}, onError: fail });
        let end = position;
        let number = 0;
        for (const { bytes, large, waits } of pieces) {
          const buffer = large ? takeLargeBuffer() : undefined;
          const piece = (buffer ?? Buffer.alloc(bytes)).subarray(0, bytes).fill(++number);
          if (buffer === undefined) writer.push(piece);
          else writer.pushLarge(buffer, bytes);
          end += bytes;
          if (waits) await turn();
        }
        await writer.finished();
        let at = position;
        pieces.forEach(({ bytes }, index) => {
          const found = file.content.subarray(at, at + bytes);
          expect(found.every((byte) => byte === index + 1)).toBe(true);
          at += bytes;
        });
        expect(at).toBe(end);
        expect(file.writes).toBeLessThanOrEqual(pieces.length);
        expect(freeBuffers()).toBe(32);
      },
    ),
  ));

it('a write that fails is told once, and nothing is written behind it', async () => {
  let writes = 0;
  const errors: unknown[] = [];
  const writer = new BehindWriter({
    file: {
      async write() {
        writes++;
        await turn();
        throw new Error('no room');
      },
    },
    position: 0,
    onRoom: () => {},
    onError: (error) => errors.push(error),
  });
  writer.push(Buffer.from('a'));
  const large = takeLargeBuffer();
  if (large !== undefined) writer.pushLarge(large, 10);
  await expect(writer.finished()).rejects.toThrow('no room');
  writer.push(Buffer.from('b'));
  await expect(writer.finished()).rejects.toThrow('no room');
  expect({ writes, errors: errors.length, free: freeBuffers() }).toEqual({ writes: 1, errors: 1, free: 32 });
});

it('it is full with what one large buffer holds', () => {
  const writer = new BehindWriter({
    file: { write: () => new Promise(() => {}) },
    position: 0,
    onRoom: () => {},
    onError: () => {},
  });
  writer.push(Buffer.alloc(1)); // is being written
  writer.push(Buffer.alloc(LARGE_BYTES - 1));
  expect(writer.full).toBe(false);
  writer.push(Buffer.alloc(1));
  expect(writer.full).toBe(true);
});

function freeBuffers(): number {
  const taken: Buffer[] = [];
  for (let buffer = takeLargeBuffer(); buffer !== undefined; buffer = takeLargeBuffer()) taken.push(buffer);
  taken.forEach(giveLargeBuffer);
  return taken.length;
}
