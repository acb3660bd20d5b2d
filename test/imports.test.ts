// The import matrix of the design: reads every import line under src/ and names those that go the wrong way.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';

const SRC = fileURLToPath(new URL('../src/', import.meta.url));

/** What each folder may import besides itself and the leaves, which are the files at the top of src/. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  net: ['koffi'],
  ftp: [],
  stats: ['jstat', 'hdr-histogram-js'],
  binder: ['net'],
  server: ['binder', 'net', 'ftp', 'ftp-srv', 'pino', 'bluebird'],
  client: ['ftp', 'basic-ftp'],
  stress: [
    'binder',
    'client',
    'stats',
    'predict',
    'net/socket-table.ts',
    'net/table-row.ts',
    'net/tcp-states.ts',
    'net/proc.ts',
    'server/record.ts',
    'peers/types.ts',
    'p-limit',
    'yaml',
    'zod',
  ],
  live: ['report', 'stress/types.ts', 'server/preflight.ts'],
  predict: ['stats', 'binder/types.ts', 'stress/types.ts'],
  peers: [],
  engine: ['stress', 'server', 'peers'],
  probe: ['net', 'binder', 'client', 'stats'],
  report: [
    'stats',
    'predict',
    'stress/types.ts',
    'stress/strategies.ts',
    'stress/schedule.ts',
    'stress/distributions.ts',
    'stress/outcome.ts',
    'stress/telling.ts',
    'stress/plan-format.ts',
    'server/record.ts',
    'probe/types.ts',
    '@observablehq/plot',
    'linkedom',
    'cli-table3',
    'picocolors',
  ],
};
/** The command line and the public API stand above everything. */
const UNRESTRICTED = ['cli', 'index.ts'];
/** Leaves may import leaves, and this. */
const LEAF_PACKAGES = ['fastest-levenshtein'];

interface Import {
  readonly file: string;
  readonly target: string;
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
const imports: readonly Import[] = files.flatMap((file) => {
  const text = readFileSync(join(SRC, file), 'utf8');
  const targets = text.matchAll(
    /(?:^|\s)(?:from|import|require)\s*\(?\s*'([^']+)'|createRequire\([^)]*\)\('([^']+)'\)/g,
  );
  return [...targets].map(([, from, required]) => ({
    file,
    target: resolveTarget(file, from ?? required ?? ''),
  }));
});

/** A path under src/ for our own files, the package's name as written for all else. */
function resolveTarget(file: string, target: string): string {
  return target.startsWith('.') ? normalize(join(dirname(file), target)) : target;
}

function folderOf(path: string): string {
  return path.includes('/') ? (path.split('/')[0] ?? '') : path;
}

function isLeaf(path: string): boolean {
  return !path.includes('/') && path.endsWith('.ts') && path !== 'index.ts';
}

function allowed({ file, target }: Import): boolean {
  if (target.startsWith('node:') || UNRESTRICTED.includes(folderOf(file))) return true;
  if (isLeaf(file)) return isLeaf(target) || LEAF_PACKAGES.includes(target);
  const folder = folderOf(file);
  if (isLeaf(target) || folderOf(target) === folder) return true;
  return (MAY_IMPORT[folder] ?? []).some((known) => target === known || target.startsWith(`${known}/`));
}

it('reads import lines at all', () => {
  expect(imports.length).toBeGreaterThan(100);
  expect(imports).toContainEqual({ file: 'net/libc.ts', target: 'koffi' });
});

it('every import goes the way of the design', () => {
  expect(imports.filter((one) => !allowed(one))).toEqual([]);
});

it('the FFI is loaded inside net/ alone', () => {
  expect(imports.filter(({ file, target }) => target === 'koffi' && folderOf(file) !== 'net')).toEqual([]);
});

it("ftp-srv's inner files are imported by one file of ours", () => {
  const deep = imports.filter(({ target }) => /^ftp-srv\//.test(target)).map(({ file }) => file);
  expect([...new Set(deep)].filter((file) => file !== 'server/ftp-srv.ts')).toEqual([]);
});

it('only the command line ends the process', () => {
  const enders = files.filter((file) =>
    /process\.exit\b(?!Code)/.test(readFileSync(join(SRC, file), 'utf8')),
  );
  expect(enders.filter((file) => folderOf(file) !== 'cli')).toEqual([]);
});
