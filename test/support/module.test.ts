// The reader of imports and exports: every form that TypeScript has for them, and what only looks like one.
import { describe, expect, it } from '@jest/globals';
import { COMPUTED, EVERYTHING, readModule } from './module.ts';

/** As [target, names]. */
function importsOf(text: string): [string, readonly string[]][] {
  return readModule('client/lean/a.ts', text).imports.map(({ target, names }) => [target, names]);
}

describe('imports', () => {
  const ALL = [EVERYTHING];
  const FORMS: readonly [string, string, readonly [string, readonly string[]][]][] = [
    ['names in braces', "import { b, c as d } from './b.ts';", [['client/lean/b.ts', ['b', 'c']]]],
    [
      'several lines',
      "import {\n  b,\n  // why\n  type C,\n} from '../c.ts';",
      [['client/c.ts', ['b', 'C']]],
    ],
    ['a type', "import type { B } from '../../net/b.ts';", [['net/b.ts', ['B']]]],
    ['double quotes', 'import { b } from "../b.ts"', [['client/b.ts', ['b']]]],
    ['no space', "import{b}from'./b.ts'", [['client/lean/b.ts', ['b']]]],
    [
      'two on a line',
      "import './b.ts'; import './c.ts';",
      [
        ['client/lean/b.ts', []],
        ['client/lean/c.ts', []],
      ],
    ],
    ['a side effect', "import './b.ts';", [['client/lean/b.ts', []]]],
    ['a default', "import pc, { type Colors } from 'picocolors';", [['picocolors', ['default', 'Colors']]]],
    ['a namespace', "import * as b from './b.ts';", [['client/lean/b.ts', ALL]]],
    ['attributes', "import b from './b.json' with { type: 'json' };", [['client/lean/b.json', ['default']]]],
    ['export … from', "export { b as c } from './b.ts';", [['client/lean/b.ts', ['b']]]],
    ['export type … from', "export type { B } from './b.ts';", [['client/lean/b.ts', ['B']]]],
    [
      'export *',
      "export * from './b.ts';\nexport type * from './c.ts';",
      [
        ['client/lean/b.ts', ALL],
        ['client/lean/c.ts', ALL],
      ],
    ],
    ['export * as', "export * as b from './b.ts';", [['client/lean/b.ts', ALL]]],
    [
      'import()',
      "async function f() {\n  return (await import('./b.ts')).b;\n}",
      [['client/lean/b.ts', ALL]],
    ],
    ['import() of what it computes', 'await import(name);', [[COMPUTED, ALL]]],
    [
      'a type of import()',
      "let b: import('./b.ts').B | typeof import('koffi');",
      [
        ['client/lean/b.ts', ALL],
        ['koffi', ALL],
      ],
    ],
    [
      'createRequire',
      "createRequire(import.meta.url)('ftp-srv/src/messages.js')",
      [['ftp-srv/src/messages.js', ALL]],
    ],
    [
      'require',
      "require('koffi'); import b = require('./b.ts');",
      [
        ['koffi', ALL],
        ['client/lean/b.ts', ALL],
      ],
    ],
  ];
  it.each(FORMS)('%s', (_, text, expected) => {
    expect(importsOf(text)).toEqual(expected);
  });

  it('are none in comments, in texts and in patterns', () => {
    const text = [
      "// import { b } from './b.ts';",
      "/* export * from './c.ts'; */",
      'const d = "import { d } from \'./d.ts\'";',
      "const e = `export * from './e.ts'`;",
      "const f = /import '.\\/f.ts'/;",
    ];
    expect(importsOf(text.join('\n'))).toEqual([]);
  });

  it('a text that is no TypeScript is an error, not a file without imports', () => {
    expect(() => importsOf('import { from')).toThrow();
  });
});

describe('exports', () => {
  const FORMS: readonly [string, string, readonly string[]][] = [
    [
      'declarations',
      'export function a() {} export class B {} export async function* c() {}',
      ['a', 'B', 'c'],
    ],
    ['types', 'export interface A {} export type B = 1; export declare const c: 1;', ['A', 'B', 'c']],
    [
      'several of one const',
      'export const a = 1, { b, c: [d], ...e } = f, [g = 1] = h;',
      ['a', 'b', 'd', 'e', 'g'],
    ],
    ['names in braces', 'const a = 1, b = 2; export { a, b as c };', ['a', 'c']],
    ['from elsewhere', "export { a as b } from './b.ts'; export * as c from './c.ts';", ['b', 'c']],
    ['a default', 'export default function a() {}', ['default']],
    ['a default value', 'export default 1;', ['default']],
    [
      'none of a module that is only described',
      "declare module 'a' { export default b; export const c: 1; }",
      [],
    ],
  ];
  it.each(FORMS)('%s', (_, text, expected) => {
    expect(readModule('a.ts', text).exports.map(({ name }) => name)).toEqual(expected);
  });

  it('says of each whether it is a type, and whether its own file uses it', () => {
    const text =
      'export interface A {} export type B = A; export type { C }; export const d = 1; export let e = d; export { f };';
    const { exports } = readModule('a.ts', text);
    expect(exports.map(({ name, isType, usedInside }) => [name, isType, usedInside])).toEqual([
      ['A', true, true],
      ['B', true, false],
      ['C', true, false],
      ['d', false, true],
      ['e', false, false],
      ['f', false, false],
    ]);
  });
});
