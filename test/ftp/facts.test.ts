// Facts of MLST and MLSD: those that a client asks for, and no others.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FACTS, formatFactChoice, formatFacts, parseFacts } from '../../src/ftp/facts.ts';
import type { ListEntry } from '../../src/ftp/listing.ts';

const file: ListEntry = {
  name: 'a file.txt',
  type: 'file',
  mode: 0o100644,
  sizeBytes: 1024,
  modifiedAtMs: Date.UTC(2026, 10, 3, 0, 51),
};

describe('formatFacts', () => {
  it('tells all of a file, and no size of a folder', () => {
    expect(formatFacts(file)).toBe('type=file;size=1024;modify=20261103005100;UNIX.mode=0644; a file.txt');
    const folder: ListEntry = { ...file, type: 'directory', mode: 0o40007 };
    expect(formatFacts(folder)).toBe('type=dir;modify=20261103005100;UNIX.mode=0007; a file.txt');
    expect(formatFacts({ ...file, type: 'other' }, ['type'])).toBe('type=OS.unix=other; a file.txt');
  });

  it('a space stands before the name, without any fact too (RFC 3659 7.2)', () => {
    expect(formatFacts({ ...file, name: ' x' }, [])).toBe('  x');
  });
});

describe('parseFacts', () => {
  it.each([
    ['type;size;', ['type', 'size']],
    ['Size;TYPE', ['type', 'size']],
    ['modify;perm;unique;', ['modify']],
    ['unix.MODE;', ['UNIX.mode']],
    ['', []],
    [';;', []],
    ['constructor;', []],
  ])('%j', (asked, facts) => {
    expect(parseFacts(asked)).toEqual(facts);
  });

  it('reads back what FEAT tells of any choice', () => {
    fc.assert(
      fc.property(fc.subarray([...FACTS]), (chosen) => {
        const starred = formatFactChoice(chosen).split(';');
        const on = starred.filter((fact) => fact.endsWith('*')).map((fact) => fact.slice(0, -1));
        expect(parseFacts(on.join(';'))).toEqual(chosen);
      }),
    );
  });
});
