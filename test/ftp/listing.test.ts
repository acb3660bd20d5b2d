// Listings: LIST as clients parse it, NLST; one entry is one line, whatever its name is.
import { describe, expect, it } from '@jest/globals';
import { parseList } from 'basic-ftp/dist/parseList.js';
import fc from 'fast-check';
import { formatFacts } from '../../src/ftp/facts.ts';
import { formatListLine, formatName, type ListEntry, listingPath } from '../../src/ftp/listing.ts';

const NOW_MS = Date.UTC(2026, 10, 23, 12);
const file: ListEntry = {
  name: 'a file.txt',
  type: 'file',
  mode: 0o100644,
  sizeBytes: 1024,
  modifiedAtMs: Date.UTC(2026, 10, 3, 0, 51),
};
const lineOf = (entry: ListEntry) => formatListLine(entry.name, entry, NOW_MS);

describe('LIST', () => {
  it.each<[string, ListEntry, string]>([
    ['recent file', file, '-rw-r--r--   1 ftp      ftp          1024 Nov  3 00:51 a file.txt'],
    [
      'folder of another year',
      { ...file, name: 'd', type: 'directory', mode: 0o40755, modifiedAtMs: Date.UTC(2020, 0, 31) },
      'drwxr-xr-x   1 ftp      ftp          1024 Jan 31  2020 d',
    ],
    [
      'time in the future',
      { ...file, modifiedAtMs: Date.UTC(2027, 0, 1) },
      '-rw-r--r--   1 ftp      ftp          1024 Jan  1  2027 a file.txt',
    ],
  ])('%s', (_name, entry, line) => {
    expect(lineOf(entry)).toBe(line);
  });

  it('tells mode and time of every file, whenever it was changed', () => {
    const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
    const halfYearMs = 182 * 86_400_000;
    const atMs = fc.oneof(
      fc.integer({ min: NOW_MS - 2 * halfYearMs, max: NOW_MS + halfYearMs }),
      fc.integer({ min: Date.UTC(1901, 0, 1), max: Date.UTC(9999, 11, 31) }),
    );
    fc.assert(
      fc.property(atMs, fc.integer({ min: 0, max: 0o177777 }), (modifiedAtMs, mode) => {
        const line = lineOf({ ...file, modifiedAtMs, mode });
        const time = new Date(modifiedAtMs);
        const recent = modifiedAtMs > NOW_MS - halfYearMs && modifiedAtMs <= NOW_MS + 60_000;
        const [, letters = '', month, day, rest] =
          /^-(.{9}) .* 1024 (\w{3}) ([ \d]\d) (.{5}) a file/.exec(line) ?? [];
        expect([...letters].map((letter) => (letter === '-' ? 0 : 1)).join('')).toBe(
          (mode & 0o777).toString(2).padStart(9, '0'),
        );
        expect(month).toBe(months[time.getUTCMonth()]);
        expect(Number(day)).toBe(time.getUTCDate());
        expect(rest).toBe(
          recent ? time.toISOString().slice(11, 16) : String(time.getUTCFullYear()).padStart(5),
        );
      }),
      { numRuns: 2000 },
    );
  });

  it('a client reads name, size and kind back', () => {
    const name = fc
      .stringMatching(/^[A-Za-z0-9._-]+( [A-Za-z0-9._-]+)*$/)
      .filter((text) => text !== '.' && text !== '..');
    const entry = fc.record({
      name,
      type: fc.constantFrom('file', 'directory'),
      mode: fc.integer({ min: 0, max: 0o777 }),
      sizeBytes: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
      modifiedAtMs: fc.integer({ min: 0, max: NOW_MS * 2 }),
    }) as fc.Arbitrary<ListEntry>;
    fc.assert(
      fc.property(fc.array(entry), (entries) => {
        const lines = entries.map((entry) => `${lineOf(entry)}\r\n`);
        const read = parseList(lines.join(''));
        expect(read.map(({ name, size, isDirectory }) => [name, size, isDirectory])).toEqual(
          entries.map(({ name, sizeBytes, type }) => [name, sizeBytes, type === 'directory']),
        );
      }),
    );
  });
});

/** Any bytes but those that end a line, which no command can carry either. */
const bytes = fc.uint8Array({ minLength: 1 }).map((name) => Buffer.from(name).toString('latin1'));

it('one entry is one line, whatever its name is, and its other bytes are as they are', () => {
  fc.assert(
    fc.property(fc.oneof(bytes, fc.string({ unit: 'binary' })), (name) => {
      const shown = name.replace(/[\r\n\0]|[^\0-\xff]/g, '?');
      for (const line of [lineOf({ ...file, name }), formatName(name, ''), formatFacts({ ...file, name })]) {
        expect(Buffer.from(line, 'latin1').toString('latin1')).toBe(line);
        expect(line).not.toMatch(/[\r\n\0]/);
        expect(line.endsWith(shown)).toBe(true);
      }
    }),
  );
});

it('NLST gives names that can be used as they are', () => {
  expect(formatName('a file.txt', '')).toBe('a file.txt');
  expect(formatName('a file.txt', 'dir')).toBe('dir/a file.txt');
  expect(formatName('a file.txt', '/')).toBe('/a file.txt');
});

it('a link that leads nowhere is shown as one', () => {
  const link: ListEntry = { ...file, name: 'gone', type: 'link', mode: 0o120777 };
  expect(lineOf(link)).toMatch(/^lrwxrwxrwx +1 ftp .* gone$/);
  expect(formatFacts(link)).toMatch(/^type=OS\.unix=slink;modify=\d{14};UNIX\.mode=0777; gone$/);
  expect(parseList(`${lineOf(link)}\r\n`)[0]).toMatchObject({
    name: 'gone',
    isSymbolicLink: true,
  });
});

it.each([
  ['', ''],
  ['-al', ''],
  ['-a -l dir', 'dir'],
  ['-la /a b', '/a b'],
  ['dir', 'dir'],
  ['dir -l', 'dir -l'],
  ['-', '-'],
  ['./-l', './-l'],
])('LIST %j lists %j', (argument, path) => {
  expect(listingPath(argument)).toBe(path);
});
