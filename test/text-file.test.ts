// Files of text that users name: each that is none is told in one line, and no more is read than is taken.
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { UsageError } from '../src/errors.ts';
import { readTextFile } from '../src/text-file.ts';
import { emptyFolder } from './cli/port20.ts';

const PLAN = { what: 'plan', mostBytes: 1000 };

it('reads a whole file, and an empty one', async () => {
  const cwd = emptyFolder();
  writeFileSync(join(cwd, 'file'), 'é'.repeat(500));
  writeFileSync(join(cwd, 'empty'), '');
  expect(await readTextFile(join(cwd, 'file'), PLAN)).toBe('é'.repeat(500));
  expect(await readTextFile(join(cwd, 'empty'), PLAN)).toBe('');
});

it.each([
  ['folder', /EISDIR: it is a folder$/],
  ['missing', /ENOENT$/],
  ['circle', /ELOOP$/],
  ['large', /it has more than the 1000 bytes that are taken$/],
  ['latin1', /it is not text in UTF-8$/],
  ['nul', /it is not text in UTF-8$/],
  ['a\0b', /ERR_INVALID_ARG_VALUE$/],
])('refuses %j', async (name, reason) => {
  const cwd = emptyFolder();
  mkdirSync(join(cwd, 'folder'));
  symlinkSync('circle', join(cwd, 'circle'));
  writeFileSync(join(cwd, 'large'), 'x'.repeat(1001));
  writeFileSync(join(cwd, 'latin1'), Buffer.from('caf\xe9', 'latin1'));
  writeFileSync(join(cwd, 'nul'), 'a\0b');
  const reading = readTextFile(join(cwd, name), PLAN);
  await expect(reading).rejects.toThrow(UsageError);
  await expect(reading).rejects.toThrow(reason);
  await expect(reading).rejects.toThrow(/^plan '[^\n]*$/);
});

it('reads no more of what has no end', async () => {
  await expect(readTextFile('/dev/zero', PLAN)).rejects.toThrow(/more than the 1000 bytes/);
});
