// The rules about imports, red and green, on trees made by hand: as sources, so that the reader is part of it.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  circles,
  type Design,
  idleExports,
  permittedArrows,
  strayImports,
  trespasses,
} from './import-rules.ts';
import { type Import, type Module, readModule } from './module.ts';

const DESIGN: Design = {
  mayImport: { net: ['koffi'], client: ['net'], server: ['net', 'client/types.ts'] },
  unrestricted: ['cli', 'index.ts'],
  leafPackages: ['near'],
};

function modulesOf(sources: Readonly<Record<string, string>>): Module[] {
  return Object.entries(sources).map(([file, text]) => readModule(file, text));
}

function importsOf(sources: Readonly<Record<string, string>>): Import[] {
  return modulesOf(sources).flatMap(({ imports }) => imports);
}

describe('circles', () => {
  it('a circle of types is one, and names its files', () => {
    const imports = importsOf({
      'net/table.ts': "import { rows } from './rows.ts';\nexport interface Row {}",
      'net/rows.ts':
        "import {\n  type Row,\n} from './table.ts';\nexport function rows(): Row[] { return []; }",
    });
    expect(circles(imports)).toEqual(['net/rows.ts -> net/table.ts -> net/rows.ts']);
  });

  it.each([
    ['import type', "import type { B } from './b.ts';"],
    ['export … from', "export { b } from './b.ts';"],
    ['export type *', "export type * from './b.ts';"],
    ['import()', "const b = () => import('./b.ts');"],
    ['a type of import()', "let b: import('./b.ts').B;"],
    ['a side effect', 'import "./b.ts";'],
  ])('closed by %s', (_, text) => {
    const imports = importsOf({
      'net/a.ts': text,
      'net/b.ts': "import './c.ts';",
      'net/c.ts': "import './a.ts';",
    });
    expect(circles(imports)).toEqual(['net/a.ts -> net/b.ts -> net/c.ts -> net/a.ts']);
  });

  it('a file that imports itself is one', () => {
    expect(circles(importsOf({ 'a.ts': "import { a } from './a.ts';" }))).toEqual(['a.ts -> a.ts']);
  });

  it('each once, and the shortest of those that share files', () => {
    const arrows = [...ring('a', 'b', 'c', 'd'), ...ring('b', 'a'), ...ring('x', 'y')];
    expect(circles(arrows)).toEqual(['a -> b -> a', 'a -> b -> c -> d -> a', 'x -> y -> x']);
  });

  it('two ways to one file are none', () => {
    expect(circles(['ab', 'ac', 'bd', 'cd'].map(arrow))).toEqual([]);
  });

  it('arrows that all point down close none; one that points back up closes one', () => {
    const down = fc.uniqueArray(fc.tuple(fc.nat(20), fc.nat(20)).filter(([from, to]) => from < to));
    fc.assert(
      fc.property(down, fc.nat(), (pairs, pick) => {
        const arrows = pairs.map(([from, to]) => ({ file: `${from}`, target: `${to}` }));
        expect(circles(arrows)).toEqual([]);
        const turned = arrows[pick % arrows.length];
        if (turned === undefined) return;
        const back = { file: turned.target, target: turned.file };
        expect(circles([...arrows, back]).join()).toContain(turned.target);
      }),
    );
  });
});

describe('the way of the design', () => {
  it('an import turned round is named', () => {
    const right = "import { connect } from '../net/connect.ts';";
    const sources = {
      'client/session.ts': right,
      'server/session.ts': "import type { A } from '../client/types.ts';",
    };
    expect(trespasses(importsOf(sources), DESIGN)).toEqual([]);
    const turned = { ...sources, 'server/server.ts': "import type { Session } from '../client/session.ts';" };
    expect(trespasses(importsOf(turned), DESIGN)).toEqual([
      { file: 'server/server.ts', target: 'client/session.ts', names: ['Session'] },
    ]);
  });

  it.each([
    ['client/a.ts', '../server/server.ts'],
    ['net/a.ts', '../client/a.ts'],
    ['client/a.ts', '../cli/main.ts'],
    ['client/a.ts', '../index.ts'],
    ['client/a.ts', 'koffi'],
    ['client/a.ts', '../network/a.ts'],
    ['errors.ts', './net/libc.ts'],
    ['errors.ts', './index.ts'],
    ['errors.ts', 'koffi'],
  ])('%s may not import %s', (file, from) => {
    expect(trespasses(importsOf({ [file]: `import '${from}';` }), DESIGN)).toHaveLength(1);
  });

  it.each([
    ['client/lean/a.ts', '../../net/deep/a.ts'],
    ['client/lean/a.ts', '../session.ts'],
    ['client/a.ts', '../errors.ts'],
    ['client/a.ts', 'node:net'],
    ['net/libc.ts', 'koffi'],
    ['errors.ts', './address.ts'],
    ['errors.ts', 'near'],
    ['cli/main.ts', '../server/server.ts'],
    ['index.ts', './client/session.ts'],
  ])('%s may import %s', (file, from) => {
    expect(trespasses(importsOf({ [file]: `import '${from}';` }), DESIGN)).toEqual([]);
  });

  it('a room that may import another, file by file or whole, is tied to it', () => {
    expect(circles(permittedArrows(DESIGN))).toEqual([]);
    const mayImport = { ...DESIGN.mayImport, client: ['net', 'server/record.ts'] };
    expect(circles(permittedArrows({ ...DESIGN, mayImport }))).toEqual(['client -> server -> client']);
  });
});

it.each([
  ["import koffi from 'koffi';", 'an import'],
  ["const koffi = await import('koffi');", 'an import()'],
  ["createRequire(import.meta.url)('koffi');", 'a require'],
  ["import * as helper from 'koffi/indirect.js';", 'an inner file'],
])('FFI outside net/ is named: %s', (text) => {
  const imports = importsOf({ 'net/libc.ts': text, 'binder/claims.ts': text, 'network/a.ts': text });
  const stray = strayImports(imports, 'koffi', 'net').map(({ file }) => file);
  expect(stray).toEqual(['binder/claims.ts', 'network/a.ts']);
});

describe('idle exports', () => {
  const SOURCES = {
    'net/a.ts':
      'export const used = 1; export const idle = used; export interface Shape {} export function take(one: Shape) {} export type Alone = 1;',
    'net/b.ts': "import { used as mine } from './a.ts'; export { take } from './a.ts';",
  };

  it('are what no file takes; a type may serve its own file', () => {
    const modules = modulesOf(SOURCES);
    const imports = modules.flatMap((one) => one.imports);
    expect(idleExports(modules, imports)).toEqual(['net/a.ts: Alone', 'net/a.ts: idle', 'net/b.ts: take']);
  });

  it('a file that is taken as a whole has none', () => {
    const imports = importsOf({ 'c.ts': "export * from './net/a.ts'; import('./net/b.ts');" });
    expect(idleExports(modulesOf(SOURCES), imports)).toEqual([]);
  });
});

/** `ab`: from a to b. */
function arrow(ends: string): { file: string; target: string } {
  return { file: ends.charAt(0), target: ends.charAt(1) };
}

function ring(...names: readonly string[]): { file: string; target: string }[] {
  return names.map((file, index) => ({ file, target: names[(index + 1) % names.length] ?? '' }));
}
