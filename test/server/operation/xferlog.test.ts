// The transfer log in wu-ftpd's format: its line field by field, one for each file, in a file that several may share.
import { readFileSync, renameSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { DataConnectionRecord } from '../../../src/server/data/record.ts';
import { openXferlog, type Xferlog } from '../../../src/server/operation/xferlog.ts';
import { xferlogLine } from '../../../src/server/operation/xferlog-line.ts';
import { readable } from '../../../src/server/readable.ts';
import { record } from '../../run/samples.ts';
import { RawClient } from '../raw-client.ts';
import { serving } from '../serving.ts';

const AT = new Date(2026, 10, 7, 2, 1, 54);

const line = (more: Partial<DataConnectionRecord>) =>
  xferlogLine(
    { ...record(1), peer: { address: '192.0.2.1', port: 4000 }, path: '/pub/f', transferMs: 2400, ...more },
    AT,
  );

describe('a line', () => {
  it.each([
    [{}, '2 192.0.2.1 4096 /pub/f b _ o a anonymous ftp 0 * c'],
    [{ transferMs: 0.4 }, '1 192.0.2.1 4096 /pub/f b _ o a anonymous ftp 0 * c'],
    [{ command: 'STOR', direction: 'in' }, '2 192.0.2.1 4096 /pub/f b _ i a anonymous ftp 0 * c'],
    [{ command: 'APPE', direction: 'in', type: 'A' }, '2 192.0.2.1 4096 /pub/f a _ i a anonymous ftp 0 * c'],
    [{ user: 'bob' }, '2 192.0.2.1 4096 /pub/f b _ o r bob ftp 0 * c'],
    [{ user: 'ftp' }, '2 192.0.2.1 4096 /pub/f b _ o a ftp ftp 0 * c'],
    [{ path: '/a b/c  d' }, '2 192.0.2.1 4096 /a_b/c__d b _ o a anonymous ftp 0 * c'],
    [{ user: 'two words', path: '/\u3000' }, '2 192.0.2.1 4096 /_ b _ o r two_words ftp 0 * c'],
    [
      { outcome: { kind: 'aborted', phase: 'transfer' }, bytes: 10 },
      '2 192.0.2.1 10 /pub/f b _ o a anonymous ftp 0 * i',
    ],
    [
      { outcome: { kind: 'failed', phase: 'transfer', code: 'ECONNRESET' } },
      '2 192.0.2.1 4096 /pub/f b _ o a anonymous ftp 0 * i',
    ],
    [{ peer: { address: '2001:db8::1', port: 1 } }, '2 2001:db8::1 4096 /pub/f b _ o a anonymous ftp 0 * c'],
  ] satisfies [Partial<DataConnectionRecord>, string][])('of %j', (more, fields) => {
    expect(line(more)).toBe(`Sat Nov  7 02:01:54 2026 ${fields}\n`);
  });

  it.each([
    [{ command: 'LIST' }],
    [{ command: 'NLST' }],
    [{ command: 'MLSD' }],
    [{ outcome: { kind: 'failed', phase: 'bind', code: 'EADDRINUSE' } }],
    [{ outcome: { kind: 'aborted', phase: 'connect' } }],
  ] satisfies [Partial<DataConnectionRecord>][])('there is none of %j', (more) => {
    expect(line(more)).toBeUndefined();
  });

  it('has eighteen words and one line feed, whatever the names are', () => {
    const name = fc
      .uint8Array({ minLength: 1 })
      .map((bytes) => readable(Buffer.from(bytes).toString('latin1')));
    fc.assert(
      fc.property(name, fc.string({ unit: 'binary' }), (path, user) => {
        const text = line({ path: `/${path}`, user }) ?? '';
        expect(text.trimEnd().split(/\s+/)).toHaveLength(18);
        expect(text.indexOf('\n')).toBe(text.length - 1);
      }),
    );
  });
});

describe('the file', () => {
  let folder: string;
  let open: Xferlog[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'port20-test-'));
    open = [];
  });

  afterEach(async () => {
    for (const one of open) one.close();
    await rm(folder, { recursive: true });
  });

  function opened(path: string, troubles: string[] = []): Xferlog {
    const xferlog = openXferlog(path, (code) => void troubles.push(code));
    open.push(xferlog);
    return xferlog;
  }

  /** So many transfers, which count for every log of this process. */
  function fetching(times: number): Promise<void> {
    return serving({}, async ({ address, root }) => {
      await writeFile(join(root, 'a b'), 'content');
      const client = await RawClient.loggedIn(address);
      for (let n = 0; n < times; n++) {
        const listener = await client.announce();
        await client.fetch('RETR a b', listener);
        await listener.close();
      }
      await client.quit();
    });
  }

  it('is added to, line by line, by all who share it', async () => {
    const path = join(folder, 'xferlog');
    await writeFile(path, 'before\n');
    opened(path);
    opened(path);
    await fetching(3);
    const lines = readFileSync(path, 'utf8').split('\n');
    expect(lines).toHaveLength(1 + 2 * 3 + 1);
    expect(lines[0]).toBe('before');
    for (const each of lines.slice(1, -1))
      expect(each).toMatch(/^\w{3} \w{3} .* 7 \/a_b b _ o a anonymous ftp 0 \* c$/);
  });

  it('is a new one after it was moved and opened anew', async () => {
    const path = join(folder, 'xferlog');
    const xferlog = opened(path);
    await fetching(1);
    renameSync(path, `${path}.1`);
    await fetching(1);
    xferlog.reopen();
    await fetching(1);
    const lines = (name: string) => readFileSync(name, 'utf8').trimEnd().split('\n').length;
    expect([lines(`${path}.1`), lines(path)]).toEqual([2, 1]);
  });

  it('that is full is told once, and ends no transfer', async () => {
    const troubles: string[] = [];
    const xferlog = opened('/dev/full', troubles);
    await fetching(3);
    expect([troubles, xferlog.lost()]).toEqual([['ENOSPC'], 3]);
  });

  it('that cannot be written is an error with its name at once', () => {
    expect(() => opened(join(folder, 'none', 'xferlog'))).toThrow(
      `the transfer log '${join(folder, 'none', 'xferlog')}' cannot be written: ENOENT`,
    );
    expect(() => opened(folder)).toThrow('EISDIR');
  });
});
