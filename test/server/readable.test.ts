// Byte strings for people: nothing hidden, no line broken, and no two that look alike.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readable } from '../../src/server/readable.ts';

/** What `readable` has made of them. */
function bytesOf(text: string): string {
  const unescaped = /\\\\|\\x([0-9A-F]{2})|\\u\{([0-9A-F]+)\}|[^\\]/gu;
  return [...text.matchAll(unescaped)]
    .map(([all, byte, character]) => {
      if (all === '\\\\') return '\\';
      if (byte !== undefined) return String.fromCharCode(Number.parseInt(byte, 16));
      const shown = character === undefined ? all : String.fromCodePoint(Number.parseInt(character, 16));
      return Buffer.from(shown).toString('latin1');
    })
    .join('');
}

const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array).toString('latin1'));
const utf8 = fc.string({ unit: 'binary' }).map((text) => Buffer.from(text).toString('latin1'));

describe('readable', () => {
  it.each([
    ['/plain/file-1.txt', '/plain/file-1.txt'],
    [Buffer.from('naïve 日本 😀').toString('latin1'), 'naïve 日本 😀'],
    ['caf\xe9', 'caf\\xE9'],
    ['a\\b', 'a\\\\b'],
    ['a\\xE9', 'a\\\\xE9'],
    ['one\r\n{"level":30}', 'one\\x0D\\x0A{"level":30}'],
    ['\x1b[31m', '\\x1B[31m'],
    [Buffer.from('\u202egpj.exe').toString('latin1'), '\\u{202E}gpj.exe'],
    [Buffer.from('\u2028').toString('latin1'), '\\u{2028}'],
    ['\xed\xa0\x80', '\\xED\\xA0\\x80'], // a surrogate is no UTF-8
    ['\xc0\xaf', '\\xC0\\xAF'], // nor is a slash in two bytes
  ])('%j is %j', (given, text) => {
    expect(readable(given)).toBe(text);
  });

  it('says which bytes they were, and so gives no two of them one text', () => {
    fc.assert(
      fc.property(fc.oneof(bytes, utf8), (given) => {
        expect(bytesOf(readable(given))).toBe(given);
      }),
    );
  });

  it('has no control, nothing that turns the text, and no line break', () => {
    fc.assert(
      fc.property(fc.oneof(bytes, utf8), (given) => {
        expect(readable(given)).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
      }),
    );
  });
});
