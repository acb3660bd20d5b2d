// Paths of clients as text: nothing leads above the root, and what comes out is names and nothing else.
import { posix } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatPath, resolvePath } from '../../../src/server/files/client-path.ts';
import { Refusal } from '../../../src/server/refusal.ts';

describe('resolvePath', () => {
  it.each<[string[], string, string]>([
    [[], '', '/'],
    [[], '/', '/'],
    [[], '..', '/'],
    [['a'], '../../..', '/'],
    [['a', 'b'], '', '/a/b'],
    [['a', 'b'], '.', '/a/b'],
    [['a', 'b'], '..', '/a'],
    [['a', 'b'], '/c', '/c'],
    [['a', 'b'], 'c/', '/a/b/c'],
    [['a'], '//b///c/./', '/b/c'],
    [['\n'], '', '/\n'],
    [['a'], '..\\b', '/a/..\\b'],
    [['a'], '...', '/a/...'],
    [['a'], ' .. ', '/a/ .. '],
    [['a'], '%2e%2e', '/a/%2e%2e'],
    [['a'], 'caf\xe9', '/a/caf\xe9'],
  ])('%j and %j: %s', (current, given, path) => {
    expect(formatPath(resolvePath(current, given))).toBe(path);
  });

  const step = fc.oneof(
    fc.constantFrom('..', '.', '', '...', 'a', 'b'),
    fc.string({ unit: 'binary', maxLength: 5 }),
  );
  const given = fc.array(step).map((steps) => steps.join('/').replaceAll('\0', ''));

  it('gives names alone, and the same place as joining and normalizing gives', () => {
    fc.assert(
      fc.property(fc.array(given, { maxLength: 5 }), (moves) => {
        let current: readonly string[] = [];
        for (const move of moves) {
          const expected = posix.normalize(move.startsWith('/') ? move : `${formatPath(current)}/${move}`);
          current = resolvePath(current, move);
          expect(current.filter((name) => ['', '.', '..'].includes(name) || /[/\0]/.test(name))).toEqual([]);
          expect(formatPath(current)).toBe(expected.replace(/(?<=.)\/$/s, ''));
          expect(resolvePath(['elsewhere'], formatPath(current))).toEqual(current);
        }
      }),
    );
  });

  it('refuses a NUL', () => {
    expect(() => resolvePath([], 'a\0b')).toThrow(Refusal);
  });
});
