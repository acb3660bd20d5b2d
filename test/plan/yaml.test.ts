// YAML of users: read, or refused in one line and soon, however it is made.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { UsageError } from '../../src/errors.ts';
import { readYaml } from '../../src/plan/yaml.ts';

describe('readYaml', () => {
  it.each<[string, RegExp]>([
    ['{', /^a: not YAML: line 1, column 2: /],
    ['a: 1\n---\nb: 2', /^a: not YAML: line 2, column 1: only one document is taken: remove ---$/],
    ['a: 1\nb: 2\na: 3', /^a: key 'a' is there twice$/],
    ['a: *b', /^a: not YAML: an alias \(\*\) that stands for nothing, or for too much$/],
    [`a: &a x\nb: [${'*a,'.repeat(200)}]`, /^a: more than 100 aliases \(\*\): write it out$/],
    ['['.repeat(1e5), /^a: nested deeper than 64 levels$/],
    ['- '.repeat(1e5), /^a: nested deeper than 64 levels$/],
    ['x'.repeat(300_000), /^a: more than 256 KiB$/],
    [
      'a: { thinkTime: uniform(20ms, 120ms) }',
      /^a: inside \{ \} a text with a comma must be quoted: 'thinkTime: "uniform\(20ms, 120ms\)"'$/,
    ],
    ['[{ mix: retr:8,stor:1 }]', /must be quoted: 'mix: "retr:8, stor:1"'$/],
  ])('%.30s', (text, message) => {
    expect(() => readYaml(text, 'a')).toThrow(UsageError);
    expect(() => readYaml(text, 'a')).toThrow(message);
  });

  it('a bomb of aliases', () => {
    const lines = 'bcdefghij'.split('').map((name, i) => {
      const before = 'abcdefghij'[i];
      return `${name}: &${name} [${Array(9).fill(`*${before}`).join(', ')}]`;
    });
    expect(() => readYaml(['a: &a [x]', ...lines].join('\n'), 'a')).toThrow(
      /for too much|more than 100 aliases/,
    );
  });

  it.each<[string, unknown]>([
    ['thinkTime: uniform(20ms, 120ms)', { thinkTime: 'uniform(20ms, 120ms)' }],
    ['a: { b: "uniform(1ms, 2ms)", c: 3 }', { a: { b: 'uniform(1ms, 2ms)', c: 3 } }],
    ['a: &a { b: 1 }\nc: *a', { a: { b: 1 }, c: { b: 1 } }],
    ['', null],
  ])('reads %s', (text, document) => expect(readYaml(text, 'a')).toEqual(document));

  it('answers any text with a document or with one line', () => {
    const pieces = fc.constantFrom(
      'a',
      ': ',
      '- ',
      '{',
      '}',
      '[',
      ']',
      ',',
      '\n',
      ' ',
      '"',
      '&a ',
      '*a',
      '!',
      '#',
      '|',
      '---',
      '%',
      '\t',
    );
    fc.assert(
      fc.property(
        fc.array(pieces).map((some) => some.join('')),
        (text) => {
          try {
            readYaml(text, 'a');
          } catch (error) {
            expect(error).toBeInstanceOf(UsageError);
            expect((error as Error).message).toMatch(/^a: [^\n]+$/);
          }
        },
      ),
    );
  });
});
