// LIST, NLST, STAT and MLSD: options, patterns, names that look like either, and the facts that were asked for.
import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { RawClient } from '../raw-client.ts';
import { serving } from '../serving.ts';

type Lines = (command: string) => Promise<readonly string[]>;

/** Lists in a root that has these files; `lines` are those of a listing, by their last word where it is a long one. */
function listing(files: readonly string[], test: (lines: Lines, client: RawClient) => Promise<void>) {
  return serving({}, async ({ address, root }) => {
    for (const file of files) {
      await mkdir(dirname(join(root, file)), { recursive: true });
      await writeFile(join(root, file), 'x');
    }
    const client = await RawClient.loggedIn(address);
    const listener = await client.announce();
    const lines = async (command: string) => {
      const { content } = await client.fetch(command, listener);
      return content.toString().split('\r\n').slice(0, -1);
    };
    await test(lines, client);
    await client.quit();
    await listener.close();
  });
}

const lastWord = (line: string) => line.split(' ').at(-1);

describe('options', () => {
  it.each(['LIST -al', 'LIST -a -l', 'LIST -al .', 'NLST -1', 'NLST -la ./'])(
    '%s lists the folder',
    (command) =>
      listing(['a', 'b'], async (lines) => {
        const names = (await lines(command)).map(lastWord).map((name) => name?.replace(/^\.\//, ''));
        expect(names).toEqual(['a', 'b']);
      }),
  );

  it('a file whose name looks like an option is listed by it, and by options before it', () =>
    listing(['-l', '-al x', 'dir/-l'], async (lines, client) => {
      expect(await lines('NLST -l')).toEqual(['-l']);
      expect(await lines('NLST -al x')).toEqual(['-al x']);
      expect((await lines('LIST -l')).map(lastWord)).toEqual(['-l']);
      expect(await lines('NLST -1 dir')).toEqual(['dir/-l']);
      expect(await lines('NLST -1 dir/-l')).toEqual(['dir/-l']);
      expect(await client.command('STAT -l')).toMatch(/^213-Status:\r\n-rw.* -l\r\n213 End\.$/);
      expect(await client.command('SIZE -l')).toBe('213 1');
      expect(await client.command('LIST -l none')).toBe('550 No such file or directory.');
    }));
});

describe('patterns', () => {
  const FILES = ['f1', 'f12', 'f2', 'a.c', 'sub/f1', 'sub/g', 'other/f1', '.hidden'];

  it('NLST: names that match, with the folder as the client wrote it, so that RETR takes them', () =>
    listing(FILES, async (lines, client) => {
      expect(await lines('NLST f1*')).toEqual(['f1', 'f12']);
      expect(await lines('NLST sub/*')).toEqual(['sub/f1', 'sub/g']);
      expect(await lines('NLST */f1')).toEqual(['other/f1', 'sub/f1']);
      expect(await lines('NLST */[f]?')).toEqual(['other/f1', 'sub/f1']);
      expect(await lines('NLST /s*/g')).toEqual(['/sub/g']);
      expect(await lines('NLST ./f2*')).toEqual(['./f2']);
      expect(await lines('NLST *')).toEqual(['a.c', 'f1', 'f12', 'f2', 'other', 'sub']);
      expect(await lines('NLST .h*')).toEqual(['.hidden']);
      expect(await lines('NLST -1 f1*')).toEqual(['f1', 'f12']);
      expect(await lines('NLST ../../s*/f1')).toEqual(['../../sub/f1']);
      expect(await client.command('SIZE sub/f1')).toBe('213 1');
    }));

  it('LIST and STAT: what matches itself, folders unopened', () =>
    listing(FILES, async (lines, client) => {
      expect((await lines('LIST *.c')).map((line) => [line[0], lastWord(line)])).toEqual([['-', 'a.c']]);
      expect((await lines('LIST s*')).map((line) => [line[0], lastWord(line)])).toEqual([['d', 'sub']]);
      expect((await lines('LIST -l sub/*')).map(lastWord)).toEqual(['sub/f1', 'sub/g']);
      expect(await client.command('STAT f1*')).toMatch(/^213-Status:\r\n-.* f1\r\n-.* f12\r\n213 End\.$/);
    }));

  it('550 where nothing matches, as Unix servers say', () =>
    listing(FILES, async (_lines, client) => {
      for (const command of ['NLST *.none', 'LIST *.none', 'STAT *.none', 'NLST none/*', 'NLST f1/*']) {
        expect(await client.command(command)).toBe('550 No such file or directory.');
      }
    }));

  it('a name that looks like a pattern and is there comes first', () =>
    listing(['a*', 'ab', '[x]', 'x', 'd[1]/f', 'd1/g'], async (lines) => {
      expect(await lines('NLST a*')).toEqual(['a*']);
      expect(await lines('NLST [x]')).toEqual(['[x]']);
      expect(await lines('NLST d[1]')).toEqual(['d[1]/f']);
      expect(await lines('NLST -1 a*')).toEqual(['a*']);
      expect(await lines('NLST a?')).toEqual(['a*', 'ab']);
    }));

  it('are bounded: stars upon stars over many folders are refused', () =>
    serving({}, async ({ address, root }) => {
      for (let i = 0; i < 1001; i++) mkdirSync(join(root, `d${i % 20}`, `e${i}`), { recursive: true });
      const client = await RawClient.loggedIn(address);
      const refused = '550 Too many names for a pattern: list the folder.';
      expect(await client.command('NLST */*/x*')).toBe(refused);
      expect(await client.command('STAT */*/x')).toBe(refused);
      expect(await client.command('NLST */*/*/*/x')).toBe('550 No such file or directory.');
      expect(await client.command('NOOP')).toMatch(/^200 /);
      await client.quit();
    }));
});

it('a pattern that finds more than a listing may hold is sent as it is found', () =>
  serving({}, async ({ address, root }) => {
    const names = Array.from({ length: 12_000 }, (_, i) => `f${i}`);
    for (const name of [...names, 'g']) writeFileSync(join(root, name), '');
    const client = await RawClient.loggedIn(address);
    const listener = await client.announce();
    const listed = async (command: string) =>
      (await client.fetch(command, listener)).content.toString().trim().split('\r\n');
    expect((await listed('NLST f*')).sort()).toEqual([...names].sort());
    expect((await listed('LIST f*')).map(lastWord).sort()).toEqual([...names].sort());
    expect(await listed('NLST *g')).toEqual(['g']);
    expect(await client.command('STAT f*')).toMatch(
      /\r\n213 End of the first 500 names, 11500 more: use LIST\.$/,
    );
    await client.quit();
    await listener.close();
  }));

describe('MLSD', () => {
  it('tells the facts that were asked for; of a file it is 501, and of nothing 550', () =>
    listing(['f', 'sub/g', '*'], async (lines, client) => {
      expect(await client.command('OPTS MLST type;')).toMatch(/^200 /);
      expect(await lines('MLSD')).toEqual(['type=file; *', 'type=file; f', 'type=dir; sub']);
      expect(await lines('MLSD sub')).toEqual(['type=file; g']);
      expect(await client.command('MLSD f')).toBe('501 Not a directory: use MLST.');
      expect(await client.command('MLSD *')).toMatch(/^501 /);
      expect(await client.command('MLSD s*')).toBe('550 No such file or directory.');
    }));
});
