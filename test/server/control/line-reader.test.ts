// The line reader: packet boundaries mean nothing, and an endless line costs no memory.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LineReader } from '../../../src/server/control/line-reader.ts';

const OVERLONG = Symbol('overlong');

function reading(maxBytes: number, packets: readonly Buffer[]): (string | symbol)[] {
  const read: (string | symbol)[] = [];
  const events = {
    onLine: (line: string) => void read.push(line),
    onOverlong: () => void read.push(OVERLONG),
  };
  const reader = new LineReader(maxBytes, events);
  for (const packet of packets) {
    reader.push(packet);
    packet.fill(0); // a socket's buffer is reused
  }
  return read;
}

/** `bytes` cut at the given places. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const at = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return at.slice(1).map((end, index) => Buffer.from(bytes.subarray(at[index], end)));
}

describe('LineReader', () => {
  /** Bytes of names in any encoding; 0xFF and 0xF2 are Telnet's. */
  const text = fc
    .uint8Array({ maxLength: 30 })
    .map((bytes) => Buffer.from(bytes).toString('latin1'))
    .filter((line) => !/[\r\n\xff\xf2]/.test(line));

  it('reads the same bytes however they are cut, with CRLF or LF', () => {
    const lines = fc.array(fc.tuple(text, fc.constantFrom('\r\n', '\n')));
    fc.assert(
      fc.property(lines, fc.array(fc.nat()), (lines, places) => {
        const bytes = Buffer.from(lines.map(([line, end]) => line + end).join(''), 'latin1');
        expect(reading(4096, cut(bytes, places))).toEqual(lines.map(([line]) => line));
      }),
    );
  });

  it('reports a line that is too long once, where it ends, and reads on', () => {
    const lines = fc.array(
      fc.oneof(fc.constantFrom('NOOP', 'x'.repeat(16), 'x'.repeat(17), 'x'.repeat(400))),
    );
    fc.assert(
      fc.property(lines, fc.array(fc.nat()), (lines, places) => {
        const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
        const expected = lines.map((line) => (line.length > 16 ? OVERLONG : line));
        expect(reading(16, cut(bytes, places))).toEqual(expected);
      }),
    );
  });

  it('takes no line for one that has no end yet', () => {
    expect(reading(4096, [Buffer.from('NOO')])).toEqual([]);
    expect(reading(4, [Buffer.alloc(1_000_000, 'x')])).toEqual([]);
  });

  it('takes Telnet out', () => {
    const abor = Buffer.concat([Buffer.from([0xff, 0xf4, 0xff, 0xf2]), Buffer.from('ABOR\r\n')]);
    expect(reading(4096, [abor])).toEqual(['ABOR']);
  });
});
