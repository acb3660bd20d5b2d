// What a user wrote, in a message: on one line, never an order to a terminal, never the whole of 40 kB.
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { didYouMean } from '../src/near-miss.ts';
import { inOneLine, quoted } from '../src/quoted.ts';

it.each([
  ['legacy', "'legacy'"],
  ['a\nb\u001b[31m', "'a\\nb\\x1b[31m'"],
  [3, "'3'"],
  ['x'.repeat(60), `'${'x'.repeat(60)}'`],
  ['x'.repeat(40_000), `'${'x'.repeat(50)}…' (40000 characters)`],
])('quotes %#', (value, text) => expect(quoted(value)).toBe(text));

it('makes one line of any message, of a length that can be read', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 3000 }), (text) => {
      expect(inOneLine(text)).toMatch(/^[^\n\r\u001b]*$/);
      expect(inOneLine(text).length).toBeLessThan(1100);
    }),
  );
});

it.each([
  ['legcy', ['legacy', 'reuse-port'], " (did you mean 'legacy'?)"],
  ['lena', ['lean', 'basic-ftp'], " (did you mean 'lean'?)"],
  ['QUIET', ['BURST', 'JUNIT'], ''],
  ['ab', ['cd', 'ef'], ''],
  ['xyzzy', ['legacy'], ''],
  ['a', [], ''],
])('near %s', (name, known, text) => expect(didYouMean(name, known)).toBe(text));
