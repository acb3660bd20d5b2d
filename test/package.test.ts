// The library's doors: what package.json names is there, each name is listed, and the test of the package takes them all.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { EVERYTHING, readModule } from './support/module.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const text = (path: string) => readFileSync(ROOT + path, 'utf8');

interface Entry {
  readonly types: string;
  readonly default: string;
}

const entries: readonly (readonly [string, Entry])[] = Object.entries<Entry>(
  JSON.parse(text('package.json')).exports,
).filter(([path]) => path !== './package.json');

/** `port20` or `port20/client`, its source and what that exports, and what it has when it is loaded. */
interface Door {
  readonly name: string;
  readonly entry: Entry;
  readonly source: string;
  readonly module: ReturnType<typeof readModule>;
  readonly values: string[];
}

const doors: Door[] = [];
// One after the other: Jest's loader loses modules that two imports at the same time share.
for (const [path, entry] of entries) {
  const source = entry.default.replace('./dist/', 'src/').replace(/\.js$/, '.ts');
  const loaded: object = await import(`../${entry.default}`);
  const name = path.replace('.', 'port20');
  doors.push({ name, entry, source, module: readModule(source, text(source)), values: Object.keys(loaded) });
}

const FRONT = doors.find(({ name }) => name === 'port20');

const namesOf = ({ module }: Door) => module.exports.map(({ name }) => name).sort();
const typesOf = (door: Door) => namesOf(door).filter((name) => !door.values.includes(name));

it('are six', () => {
  expect(doors.map(({ name }) => name).sort()).toEqual([
    'port20',
    ...['binder', 'client', 'probe', 'server', 'stress'].map((name) => `port20/${name}`),
  ]);
});

describe.each(doors)('$name', (door) => {
  it('has its types beside it', () => {
    expect(door.entry.types).toBe(door.entry.default.replace(/\.js$/, '.d.ts'));
    expect(
      readModule(door.entry.types, text(door.entry.types))
        .exports.map(({ name }) => name)
        .sort(),
    ).toEqual(namesOf(door));
  });

  it('names each thing that it exports', () => {
    const handedOn = door.module.imports.filter(({ names }) => names.includes(EVERYTHING));
    expect(handedOn).toEqual([]);
    expect(namesOf(door)).toEqual(expect.arrayContaining(door.values));
  });

  it('has no type that the front door lacks', () => {
    const front = FRONT === undefined ? [] : typesOf(FRONT);
    expect(typesOf(door).filter((name) => !front.includes(name))).toEqual([]);
  });

  it('is taken whole by the test of the package', () => {
    const short = door.name.replace('port20/', '');
    const taken = text('test/package/doors.ts').matchAll(new RegExp(`\\b${short}\\.(\\w+)`, 'g'));
    expect([...new Set([...taken].map(([, name]) => name))].sort()).toEqual(namesOf(door));
  });

  it('has its values in the table of the README', () => {
    const row = text('README.md')
      .split('\n')
      .find((line) => line.startsWith(`| \`${door.name}\` |`));
    const named = [...(row?.split('|')[2] ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name);
    expect(named.sort()).toEqual([...door.values].sort());
  });
});
