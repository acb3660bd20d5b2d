// Files that cannot be had just now: 451 and 452, which say "again later", and not the 550 that says "never".
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { parseEndpoint } from '../../../src/address.ts';
import { readDescriptorLimit } from '../../../src/net/proc.ts';
import { fileErrorReplyCode } from '../../../src/server/files/file-error.ts';
import { ownAddress } from '../../support/loopback.ts';
import { RawClient } from '../raw-client.ts';
import { serving } from '../serving.ts';

describe('fileErrorReplyCode', () => {
  it.each([
    ['EMFILE', 451],
    ['ENFILE', 451],
    ['ENOMEM', 451],
    ['EIO', 451],
    ['EAGAIN', 451],
    ['ENOSPC', 452],
    ['EDQUOT', 552],
    ['ENOENT', 550],
    ['EACCES', 550],
    ['EISDIR', 550],
  ])('%s: %i', (code, replyCode) => {
    expect(fileErrorReplyCode(Object.assign(new Error(), { code }))).toBe(replyCode);
  });
});

it('a process without a free descriptor says 451, and goes on when it has one', () =>
  serving({ write: true }, async ({ address, root, records }) => {
    await writeFile(join(root, 'f'), 'content');
    const client = await RawClient.loggedIn(address);
    const listener = await client.announce();
    await withoutDescriptors(async () => {
      for (const line of ['RETR f', 'LIST', 'NLST', 'MLSD', 'STOR f', 'STOR new', 'STAT .']) {
        expect(await client.command(line)).toBe('451 Too many open files.');
      }
    });
    expect(records).toEqual([]);
    expect((await client.fetch('RETR f', listener)).content.toString()).toBe('content');
    await client.quit();
    await listener.close();
  }));

async function withoutDescriptors(test: () => Promise<void>): Promise<void> {
  const limit = readDescriptorLimit();
  const taken: number[] = [];
  setDescriptorLimit(400);
  try {
    takeAll(taken);
    await test();
  } finally {
    taken.forEach(closeSync);
    setDescriptorLimit(limit);
  }
}

/** The soft limit: Node itself can read it, but not set it. */
function setDescriptorLimit(limit: number | null): void {
  const { status } = spawnSync('prlimit', ['--pid', String(process.pid), `--nofile=${limit}:`]);
  if (status !== 0) throw new Error('this test needs prlimit (util-linux)');
}

function takeAll(taken: number[]): void {
  try {
    for (;;) taken.push(openSync('/dev/null', 'r'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EMFILE') throw error;
  }
}

const own = [...(process.geteuid?.() === 0 ? [] : ['--map-root-user']), '--mount'];
const mounts = spawnSync('unshare', [...own, 'mount', '-t', 'tmpfs', 'none', '/tmp']).status === 0;

/** A file system of its own needs root, or unprivileged user namespaces, which not every host gives. */
(mounts ? describe : describe.skip)('a full disk', () => {
  it('says 452: no room for another name, no room for the content', () =>
    withFullDisk(async (client) => {
      for (const line of ['MKD d', 'MKD e']) expect(await client.command(line)).toMatch(/^257 /);
      for (const line of ['MKD g', 'STOR new', 'APPE new', 'STOU', 'STOR f']) {
        expect(await client.command(line)).toBe('452 No space left on device.');
      }
      await client.command('RMD e');
      const listener = await client.announce();
      client.send('STOR f\r\n');
      expect(await client.reply()).toMatch(/^150 /);
      (await listener.accepted()).resume().end(Buffer.alloc(100_000));
      expect(await client.reply()).toBe('452 Transfer aborted: no space left on device.');
      const empty = await client.fetch('RETR f', listener);
      expect(empty.content).toHaveLength(0); // as it was
      await client.quit();
      await listener.close();
    }));
});

const MAIN = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));

/** The built server on 64 KiB with four inodes: the root, a file `f`, and two more. */
async function withFullDisk(test: (client: RawClient) => Promise<void>): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'port20-test-'));
  const script = `mount -t tmpfs -o size=64k,nr_inodes=4 none "$0" && touch "$0/f" && exec "$@"`;
  const serve = ['serve', '--listen', `${ownAddress()}:2121`, '--root', root, '--write'];
  const command = ['sh', '-c', script, root, process.execPath, MAIN, ...serve];
  const child = spawn('unshare', [...own, ...command], { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] });
  try {
    const ended = once(child, 'exit').then(([status]) => [`ended with status ${status}`]);
    const [line] = await Promise.race([once(createInterface(child.stderr), 'line'), ended]);
    const server = parseEndpoint(/listening on (\S+),/.exec(String(line))?.[1] ?? '');
    if (server === undefined) throw new Error(String(line));
    await test(await RawClient.loggedIn(server));
  } finally {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
    await rm(root, { recursive: true });
  }
}
