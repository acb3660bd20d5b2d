// Name patterns: what a shell would match, and in time that no pattern can stretch.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isPattern, namePattern } from '../../src/ftp/name-pattern.ts';

it.each([
  ['*.c', ['a.c', '.c.c'], ['a.c']],
  ['*', ['a', '', '.hidden'], ['a', '']],
  ['.*', ['.hidden', 'a'], ['.hidden']],
  ['f1*', ['f1', 'f12', 'f2', 'xf1'], ['f1', 'f12']],
  ['?', ['a', 'é', '😀', 'ab', ''], ['a', 'é', '😀']],
  ['a*b*c', ['abc', 'axxbxxc', 'acb', 'abcb', 'abcbc'], ['abc', 'axxbxxc', 'abcbc']],
  ['[ab]', ['a', 'b', 'c', 'ab'], ['a', 'b']],
  ['[!ab]', ['a', 'c'], ['c']],
  ['[^ab]', ['a', 'c'], ['c']],
  ['[a-c]x', ['ax', 'cx', 'dx', '-x'], ['ax', 'cx']],
  ['[a-]', ['a', '-', 'b'], ['a', '-']],
  ['[]]', [']', 'a'], [']']],
  ['[!]]', [']', 'a'], ['a']],
  ['a[b', ['a[b', 'ab'], ['a[b']],
  ['a\\*', ['a\\x', 'a*'], ['a\\x']],
])('%j matches', (pattern, names, matched) => {
  expect(names.filter(namePattern(pattern))).toEqual(matched);
});

describe('isPattern', () => {
  it.each(['*', 'a?', 'x[ab]', 'd*/f'])('%j is one', (text) => expect(isPattern(text)).toBe(true));
  it.each(['', 'a', '-l', 'a[', '[]', 'a]b'])('%j is none', (text) => expect(isPattern(text)).toBe(false));
});

it('agrees with a regular expression', () => {
  const pattern = fc.array(fc.constantFrom('*', '?', 'a', 'b', '.', '[ab]', '[!a]'), { maxLength: 8 });
  const name = fc.array(fc.constantFrom('a', 'b', 'c', '.'), { maxLength: 10 }).map((all) => all.join(''));
  const source: Readonly<Record<string, string>> = { '*': '.*', '?': '.', '.': '\\.', '[!a]': '[^a]' };
  fc.assert(
    fc.property(pattern, name, (parts, name) => {
      const expression = new RegExp(`^${parts.map((part) => source[part] ?? part).join('')}$`);
      const hidden = name.startsWith('.') && parts[0] !== '.';
      expect(namePattern(parts.join(''))(name)).toBe(!hidden && expression.test(name));
    }),
  );
});

it('a plain name matches itself alone', () => {
  const plain = fc.string({ unit: 'grapheme' }).filter((text) => !isPattern(text));
  fc.assert(
    fc.property(plain, plain, (one, other) => {
      expect(namePattern(one)(one)).toBe(true);
      expect(namePattern(one)(other)).toBe(one === other);
    }),
  );
});

it('a pattern made to be slow is none: the steps are bounded by the product of both lengths', () => {
  // Where every star tried every place, this would take 255^40 steps, and the test would not end.
  expect(namePattern(`${'*a'.repeat(40)}b`)('a'.repeat(255))).toBe(false);
});
