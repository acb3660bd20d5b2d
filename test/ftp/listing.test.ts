// Listings: LIST as clients parse it, NLST, MLSD; one entry is one line, whatever its name is.
import { describe, expect, it } from '@jest/globals';
import { parseList } from 'basic-ftp/dist/parseList.js';
import fc from 'fast-check';
import {
  formatFacts,
  formatList,
  formatListLine,
  formatMlsd,
  formatNames,
  type ListEntry,
  listingPath,
} from '../../src/ftp/listing.ts';

const NOW_MS = Date.UTC(2026, 10, 23, 12);
const file: ListEntry = {
  name: 'a file.txt',
  type: 'file',
  mode: 0o100644,
  sizeBytes: 1024,
  modifiedAtMs: Date.UTC(2026, 10, 3, 0, 51),
};

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
    expect(formatListLine(entry, NOW_MS)).toBe(line);
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
        const read = parseList(formatList(entries, NOW_MS));
        expect(read.map(({ name, size, isDirectory }) => [name, size, isDirectory])).toEqual(
          entries.map(({ name, sizeBytes, type }) => [name, sizeBytes, type === 'directory']),
        );
      }),
    );
  });
});

it('one entry is one line, whatever its name is', () => {
  fc.assert(
    fc.property(fc.string(), (name) => {
      const entries = [{ ...file, name }];
      for (const text of [formatList(entries, NOW_MS), formatNames(entries, ''), formatMlsd(entries)]) {
        expect(text.split(/\r\n|\r|\n/)).toHaveLength(2);
      }
    }),
  );
});

it('NLST gives names that can be used as they are', () => {
  expect(formatNames([file], '')).toBe('a file.txt\r\n');
  expect(formatNames([file], 'dir')).toBe('dir/a file.txt\r\n');
  expect(formatNames([file], '/')).toBe('/a file.txt\r\n');
  expect(formatNames([], 'dir')).toBe('');
});

it('MLSD facts', () => {
  expect(formatFacts(file)).toBe('type=file;size=1024;modify=20261103005100; a file.txt');
  expect(formatFacts({ ...file, type: 'directory' })).toBe('type=dir;modify=20261103005100; a file.txt');
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
