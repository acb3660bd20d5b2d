// TYPE A: the same bytes wherever the chunks part, and positions on the wire that are those of the conversion.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FromNetAscii, NetAsciiPosition, ToNetAscii } from '../../src/ftp/net-ascii.ts';

/** Mostly line ends and what comes before and behind them. */
const bytes = fc
  .array(fc.constantFrom(10, 13, 0x61, 0xff), { maxLength: 40 })
  .map((numbers) => Buffer.from(numbers));
const places = fc.array(fc.nat({ max: 40 }), { maxLength: 6 });

function cut(whole: Buffer, at: readonly number[]): Buffer[] {
  const borders = [0, ...at.map((place) => place % (whole.length + 1)).sort((a, b) => a - b), whole.length];
  return borders.slice(1).map((end, index) => whole.subarray(borders[index], end));
}

function toWire(disk: Buffer, at: readonly number[] = []): Buffer {
  const encoder = new ToNetAscii();
  return Buffer.concat(cut(disk, at).map((chunk) => Buffer.from(encoder.push(chunk))));
}

function toDisk(wire: Buffer, at: readonly number[] = []): Buffer {
  const decoder = new FromNetAscii();
  const chunks = cut(wire, at).map((chunk) => Buffer.from(decoder.push(chunk)));
  return Buffer.concat([...chunks, decoder.end()]);
}

describe('from disk to wire', () => {
  it.each([
    ['a\nb\n', 'a\r\nb\r\n'],
    ['\n', '\r\n'],
    ['a\r\nb', 'a\r\nb'],
    ['a\rb', 'a\rb'],
    ['\r\r\n\n', '\r\r\n\r\n'],
    ['', ''],
  ])('%j becomes %j', (disk, wire) => {
    expect(toWire(Buffer.from(disk)).toString()).toBe(wire);
  });

  it('is that of the whole, wherever it is cut', () => {
    const reference = (disk: Buffer) => disk.toString('latin1').replace(/(?<!\r)\n/g, '\r\n');
    fc.assert(
      fc.property(bytes, places, (disk, at) => {
        expect(toWire(disk, at).toString('latin1')).toBe(reference(disk));
      }),
    );
  });
});

describe('from wire to disk', () => {
  it.each([
    ['a\r\nb\r\n', 'a\nb\n'],
    ['a\rb\r', 'a\rb\r'],
    ['a\nb', 'a\nb'],
    ['\r\r\n', '\r\n'],
    ['', ''],
  ])('%j becomes %j', (wire, disk) => {
    expect(toDisk(Buffer.from(wire)).toString()).toBe(disk);
  });

  it('is that of the whole, wherever it is cut', () => {
    const reference = (wire: Buffer) => wire.toString('latin1').replaceAll('\r\n', '\n');
    fc.assert(
      fc.property(bytes, places, (wire, at) => {
        expect(toDisk(wire, at).toString('latin1')).toBe(reference(wire));
      }),
    );
  });

  it('gives back any text that has no CR', () => {
    const text = bytes.filter((disk) => !disk.includes(13));
    fc.assert(fc.property(text, places, (disk, at) => expect(toDisk(toWire(disk), at)).toEqual(disk)));
  });
});

describe('a position', () => {
  it('at the end is the size on the wire', () => {
    fc.assert(
      fc.property(bytes, places, (disk, at) => {
        const position = new NetAsciiPosition();
        for (const chunk of cut(disk, at)) position.push(chunk);
        expect(position).toMatchObject({ diskBytes: disk.length, wireBytes: toWire(disk).length });
      }),
    );
  });

  it('anywhere is where a transfer goes on: what is sent from there is the rest, between CR and LF too', () => {
    fc.assert(
      fc.property(bytes, places, fc.nat(), (disk, at, start) => {
        const wire = toWire(disk);
        const limit = start % (wire.length + 1);
        const position = new NetAsciiPosition();
        for (const chunk of cut(disk, at)) position.push(chunk, limit);
        expect(position.wireBytes).toBe(limit);
        const rest = new ToNetAscii(position.last).push(disk.subarray(position.diskBytes));
        expect(Buffer.from(rest)).toEqual(wire.subarray(limit));
      }),
    );
  });
});
