// The files that a command writes: two names of one are refused, however they are spelt, and a save leaves no half.
import { linkSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { checkFiles, saveFile } from '../../src/cli/files.ts';
import { PreflightError, UsageError } from '../../src/errors.ts';
import { ownedName } from '../../src/owner.ts';
import { emptyFolder } from './port20.ts';

function laidOut(): string {
  const cwd = emptyFolder();
  mkdirSync(join(cwd, 'folder'));
  symlinkSync('folder', join(cwd, 'link-to-folder'));
  symlinkSync('not-there-yet', join(cwd, 'dangling'));
  symlinkSync('circle', join(cwd, 'circle'));
  writeFileSync(join(cwd, 'there'), 'before');
  linkSync(join(cwd, 'there'), join(cwd, 'hard'));
  return cwd;
}

describe('checkFiles', () => {
  const checked = (cwd: string, a: string, b: string) =>
    checkFiles({
      written: [
        { by: '--out', path: `${cwd}/${a}` },
        { by: '--html', path: `${cwd}/${b}` },
      ],
      read: [],
    });

  it.each([
    ['x', 'x'],
    ['x', './x'],
    ['x', 'folder/../x'],
    ['folder/x', 'link-to-folder/x'],
    ['dangling', 'not-there-yet'],
    ['there', 'hard'],
    ['there', './/there'],
  ])('%s and %s are one file', async (a, b) => {
    const cwd = laidOut();
    const before = readdirSync(cwd);
    await expect(checked(cwd, a, b)).rejects.toThrow(UsageError);
    await expect(checked(cwd, a, b)).rejects.toThrow(/^--html '.*' is the same file as --out: name another$/);
    expect(readdirSync(cwd)).toEqual(before);
  });

  it('two files, /dev/null as often as one likes', async () => {
    const cwd = laidOut();
    await checked(cwd, 'x', 'folder/x');
    await checkFiles({ written: ['--out', '--html'].map((by) => ({ by, path: '/dev/null' })), read: [] });
    expect(readdirSync(join(cwd, 'folder'))).toEqual([]);
  });

  it('what is read is not written', async () => {
    const cwd = laidOut();
    const files = {
      written: [{ by: '--out', path: join(cwd, 'hard') }],
      read: [{ by: 'the plan', path: join(cwd, 'there') }],
    };
    await expect(checkFiles(files)).rejects.toThrow(/is the same file as the plan/);
  });

  it.each(['plan.yaml', 'blocks/0001.json', 'result.json', 'blocks'])("a run's own %s", async (file) => {
    const cwd = laidOut();
    const folder = { by: '--dir', path: join(cwd, 'link-to-folder') };
    const written = [{ by: '--out', path: join(cwd, 'folder', file) }];
    await expect(checkFiles({ written, read: [], folder })).rejects.toThrow(/file of the run's own in --dir/);
  });

  it.each([
    ['folder', /EISDIR: it is a folder$/],
    ['folder/', /EISDIR: it is a folder$/],
    ['no/such/file', /ENOENT: there is no folder/],
    ['there/file', /ENOTDIR$/],
    ['circle', /ELOOP$/],
    ['x'.repeat(300), /ENAMETOOLONG$/],
  ])('%.20s cannot be written', async (name, reason) => {
    const cwd = laidOut();
    const files = { written: [{ by: '--out', path: `${cwd}/${name}` }], read: [] };
    await expect(checkFiles(files)).rejects.toThrow(PreflightError);
    await expect(checkFiles(files)).rejects.toThrow(reason);
  });

  it('removes what a killed save of the same file left, and nothing else', async () => {
    const cwd = emptyFolder();
    const prefix = ownedName('').replace(/^\d+/, '4194303');
    const hash = 'be1b0a4a';
    await saveFile(join(cwd, 'out'), 'x');
    writeFileSync(join(cwd, `.port20-${hash}-${prefix}`), 'of another file');
    await checkFiles({ written: [{ by: '--out', path: join(cwd, 'out') }], read: [] });
    expect(readdirSync(cwd).sort()).toEqual([`.port20-${hash}-${prefix}`, 'out']);
  });
});

describe('saveFile', () => {
  it('through a link, and whole', async () => {
    const cwd = laidOut();
    await saveFile(join(cwd, 'dangling'), 'text');
    expect(readFileSync(join(cwd, 'not-there-yet'), 'utf8')).toBe('text');
    expect(readdirSync(cwd).filter((name) => name.startsWith('.port20'))).toEqual([]);
  });

  it('a disk without room is told, and what was there stays', async () => {
    await expect(saveFile('/dev/full', 'text')).rejects.toThrow(/cannot write '\/dev\/full': ENOSPC/);
  });
});
