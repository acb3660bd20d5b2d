// Replies cut out of a stream of text: the same ones however the packets cut it.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ReplyReader } from '../../src/client/reply-reader.ts';

function read(chunks: readonly string[]): (readonly [number, string])[] {
  const reader = new ReplyReader();
  return chunks.flatMap((chunk) => reader.read(chunk)).map(({ replyCode, text }) => [replyCode, text]);
}

describe('a reply', () => {
  it.each([
    ['of one line', '226 done\r\n', [[226, '226 done']]],
    [
      'without text',
      '226\r\n226 \r\n',
      [
        [226, '226'],
        [226, '226 '],
      ],
    ],
    [
      'with bare LF',
      '150 go\n226-a\n226 b\n',
      [
        [150, '150 go'],
        [226, '226-a\r\n226 b'],
      ],
    ],
    [
      'of lines that look like its end',
      '211-one\r\n 211 two\r\n226 three\r\n211-four\r\n\r\n211 five\r\n',
      [[211, '211-one\r\n 211 two\r\n226 three\r\n211-four\r\n\r\n211 five']],
    ],
    ['among lines that are none', 'hello\r\n\r\n12 3\r\n220 hi\r\nbye\r\n', [[220, '220 hi']]],
    ['whose end has not come', '220 hi', []],
  ])('%s', (_what, text, replies) => {
    expect(read([text])).toEqual(replies);
    expect(read([...text])).toEqual(replies);
  });

  it('is the same in any packets', () => {
    const line = fc.stringMatching(/^[ -~]{0,12}$/);
    const reply = fc
      .tuple(fc.integer({ min: 100, max: 599 }), fc.array(line, { maxLength: 3 }), line)
      .map(
        ([code, between, last]) =>
          `${between.map((text, index) => (index === 0 ? `${code}-${text}\r\n` : ` ${text}\r\n`)).join('')}${code} ${last}\r\n`,
      );
    const replies = fc.array(reply, { maxLength: 5 });
    fc.assert(
      fc.property(replies, fc.array(fc.nat(200)), (texts, cuts) => {
        const whole = texts.join('');
        const places = [0, ...cuts.filter((cut) => cut < whole.length).sort((a, b) => a - b), whole.length];
        const chunks = places.slice(1).map((end, index) => whole.slice(places[index], end));
        expect(read(chunks).map(([, text]) => `${text}\r\n`)).toEqual(texts);
      }),
    );
  });
});

describe('too much without an end', () => {
  it.each([
    ['in one line', 'x'.repeat(300_000)],
    ['in many lines', `220-${'x'.repeat(100)}\r\n`.repeat(3000)],
  ])('is told: %s', (_how, text) => {
    const reader = new ReplyReader();
    expect(reader.overlong).toBe(false);
    expect(reader.read(text)).toEqual([]);
    expect(reader.overlong).toBe(true);
  });

  it('is not told of many replies', () => {
    const reader = new ReplyReader();
    expect(reader.read('220-a\r\n220 b\r\n'.repeat(50_000))).toHaveLength(50_000);
    expect(reader.overlong).toBe(false);
  });
});
