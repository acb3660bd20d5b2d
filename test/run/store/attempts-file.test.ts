// The file of --attempts: blocks whole or not at all, and a failure that is told at the end and costs nothing else.
import { appendFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { PreflightError } from '../../../src/errors.ts';
import { attemptLines, countLines, openAttemptsFile } from '../../../src/run/store/attempts-file.ts';
import { emptyFolder } from '../../cli/port20.ts';
import { attempt, record } from '../samples.ts';

const BLOCK = { scenario: 'load', contestant: 'reuse-port', binder: 'reuse-port', index: 2 } as const;

/** What a disk does that fills in the middle of a line. */
function* cutOff(): Generator<string> {
  yield '{"whole":1}\n{"ha';
  throw Object.assign(new Error(), { code: 'ENOSPC' });
}

describe('the file of --attempts', () => {
  it('is written anew, block behind block', async () => {
    const path = join(emptyFolder(), 'lines');
    writeFileSync(path, 'an earlier run\n');
    const file = await openAttemptsFile(path);
    await file.append(['a\n', 'b\n']);
    await file.append(['c\n']);
    expect(await file.close()).toBeUndefined();
    expect(readFileSync(path, 'utf8')).toBe('a\nb\nc\n');
  });

  it.each([
    [[], '', 'it is empty'],
    [[['a\n']], 'a\n', 'it has the transfers of the first block'],
    [[['a\n'], ['b\n', 'c\n']], 'a\nb\nc\n', 'it has the transfers of the first 2 blocks'],
  ])('keeps the blocks before one that has no room, and takes no more: %j', async (blocks, text, told) => {
    const path = join(emptyFolder(), 'lines');
    const file = await openAttemptsFile(path);
    for (const block of blocks) await file.append(block);
    await file.append(cutOff());
    expect(readFileSync(path, 'utf8')).toBe(text);
    await file.append(['later\n']);
    const failure = await file.close();
    expect(failure).toBeInstanceOf(PreflightError);
    expect(failure?.message).toBe(`'${path}' cannot be written: ENOSPC; ${told}`);
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it('may be a device, which can neither be cut off nor synced', async () => {
    const full = await openAttemptsFile('/dev/full');
    await full.append(['a\n']);
    expect((await full.close())?.message).toBe("'/dev/full' cannot be written: ENOSPC; it is empty");
    const nothing = await openAttemptsFile('/dev/null');
    await nothing.append(['a\n']);
    expect(await nothing.close()).toBeUndefined();
  });

  it.each([
    ['removed', (path: string) => rmSync(path)],
    ['moved', (path: string) => renameSync(path, `${path}.1`)],
    [
      'replaced',
      (path: string) => {
        renameSync(path, `${path}.1`);
        appendFileSync(path, 'a\n');
      },
    ],
  ])('that was %s meanwhile is told', async (_, change) => {
    const path = join(emptyFolder(), 'lines');
    const file = await openAttemptsFile(path);
    await file.append(['a\n']);
    change(path);
    expect((await file.close())?.message).toBe(
      `'${path}' was moved or removed while the run wrote it: its transfers are not there`,
    );
  });

  it('that cannot be opened is a failure before any load', async () => {
    const path = join(emptyFolder(), 'folder');
    mkdirSync(path);
    await expect(openAttemptsFile(path)).rejects.toThrow(`'${path}' cannot be written: EISDIR`);
  });
});

it.each([0, 1, 999, 1000, 1001, 2500])('%d transfers are as many lines', async (count) => {
  const path = join(emptyFolder(), 'lines');
  const transfers = Array.from({ length: count }, (_, i) => ({
    attempt: attempt(i),
    record: record(i),
    warmUp: false,
  }));
  writeFileSync(path, [...attemptLines(BLOCK, transfers)].join(''));
  expect(await countLines(path)).toBe(count);
});
