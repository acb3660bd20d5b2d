// What the ledger thinks a root holds is what it holds, after any uploads and removals, and while it is counted again.
import { mkdtemp, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Clock } from '../../../src/clock.ts';
import { openTree } from '../../../src/net/tree/open-tree.ts';
import { SessionFileSystem } from '../../../src/server/files/file-system.ts';
import { Uploads } from '../../../src/server/files/uploads.ts';
import { type Growth, NO_QUOTA } from '../../../src/server/quota/ledger.ts';
import { LocalLedger } from '../../../src/server/quota/local-ledger.ts';
import { EVERYTHING } from '../../../src/server/users/user.ts';

/** The first count seems to have taken so long that no other may come. */
function countingOnce(): Clock {
  let calls = 0;
  return { nowMs: () => Math.min(calls++, 1), sleep: async () => {} };
}

async function inRoot(test: (root: string) => Promise<void>): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'port20-quota-'));
  try {
    await test(root);
  } finally {
    await rm(root, { recursive: true });
  }
}

async function bytesIn(root: string): Promise<number> {
  let bytes = 0;
  for (const name of await readdir(root)) bytes += (await stat(join(root, name))).size;
  return bytes;
}

const QUOTA = 100;
const names = fc.constantFrom('a', 'b', 'c');
const sizes = fc.integer({ min: 0, max: 120 });

type Step = (files: SessionFileSystem) => Promise<void>;

const { signal } = new AbortController();
const nothing = () => {};

function uploading(
  begin: (files: SessionFileSystem) => ReturnType<SessionFileSystem['storing']>,
  sizes: number[],
  whole: boolean,
): Step {
  return async (files) => {
    const upload = await begin(files);
    let position = upload.startBytes;
    try {
      for (const bytes of sizes) {
        await upload.file.write([Buffer.alloc(bytes)], position);
        position += bytes;
      }
      if (whole) await upload.finish(signal);
    } finally {
      await upload.release();
    }
  };
}

const chunks = fc.array(sizes, { maxLength: 3 });
const steps: fc.Arbitrary<Step> = fc.oneof(
  fc
    .tuple(names, chunks, fc.boolean())
    .map(([name, some, whole]) => uploading((files) => files.storing(name, 0), some, whole)),
  fc
    .tuple(names, chunks, fc.boolean())
    .map(([name, some, whole]) => uploading((files) => files.appending(name), some, whole)),
  fc
    .tuple(names, sizes, chunks, fc.boolean())
    .map(([name, start, some, whole]) => uploading((files) => files.storing(name, start), some, whole)),
  names.map((name) => (files: SessionFileSystem) => files.delete(name)),
  fc.tuple(names, names).map(
    ([from, to]) =>
      (files: SessionFileSystem) =>
        files.rename(from, to),
  ),
);

it('is exact after any steps without another count, and never more than the quota', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { maxLength: 12 }), sizes, (all, before) =>
      inRoot(async (root) => {
        await writeFile(join(root, 'a'), Buffer.alloc(before));
        const ledger = new LocalLedger('inside', countingOnce());
        ledger.watch(root);
        await ledger.of(root)?.idle();
        const tree = openTree(root, 'inside');
        const settings = {
          keepPartMs: 3_600_000,
          syncUploads: false,
          umask: undefined,
          fileCalls: 'auto',
        } as const;
        const uploads = new Uploads(
          tree,
          () => settings,
          () => ledger.of(root),
        );
        const owner = { key: 'u', quotaBytes: QUOTA };
        const actor = { server: 0, session: 1, peer: { address: '127.0.0.1', port: 1 }, user: 'u' };
        const files = new SessionFileSystem({
          tree,
          uploads,
          owner,
          may: EVERYTHING,
          actor,
        });
        for (const step of all) await step(files).catch(nothing);
        const held = await bytesIn(root);
        expect(held).toBeLessThanOrEqual(Math.max(QUOTA, before));
        expect(await usedBytes(ledger, root)).toBe(held);
        uploads.close();
        tree.close();
        await ledger.close();
      }),
    ),
    { numRuns: 150 },
  );
});

/** By asking what the least is that a root of so many bytes may hold. */
async function usedBytes(ledger: LocalLedger, root: string): Promise<number> {
  const growth = ledger.of(root)?.begin({ inode: 0, sizeBytes: 0 });
  for (let bytes = 0; bytes < 1000; bytes++) {
    if ((await growth?.ask(0, bytes)) !== undefined) {
      growth?.end(0);
      return bytes;
    }
  }
  throw new Error('more than 1000 bytes');
}

/** A count may come at any time. */
const countingAlways: Clock = { nowMs: () => 0, sleep: async () => {} };

async function growing(root: string, ledger: LocalLedger, name: string): Promise<Growth> {
  const { ino: inode, size: sizeBytes } = await stat(join(root, name));
  const growth = ledger.of(root)?.begin({ inode, sizeBytes });
  if (growth === undefined) throw new Error('not counted');
  return growth;
}

it('counts what grows once, whatever of it is on the disk already, and what is abandoned until it is counted', () =>
  inRoot(async (root) => {
    await writeFile(join(root, 'a'), Buffer.alloc(10));
    await writeFile(join(root, 'b'), '');
    const ledger = new LocalLedger('inside', countingAlways);
    ledger.watch(root);
    const first = await growing(root, ledger, 'a');
    const second = await growing(root, ledger, 'a'); // two append to one file
    const third = ledger.of(root)?.begin({ inode: (await stat(join(root, 'b'))).ino, sizeBytes: 0 });
    expect(await first.ask(20, QUOTA)).toBe(20);
    expect(await second.ask(30, QUOTA)).toBe(30);
    expect(await third?.ask(40, QUOTA)).toBe(40);
    await truncate(join(root, 'a'), 25); // some is written
    await truncate(join(root, 'b'), 7);
    expect(await first.ask(1, QUOTA)).toBeUndefined(); // and it was counted again
    third?.abandon();
    expect(await first.ask(33, QUOTA)).toBe(33); // 100 less 10, 20, 30 and the 7 that are there
    expect(await first.ask(1, QUOTA)).toBeUndefined();
    await truncate(join(root, 'a'), 40);
    first.end(20);
    second.end(10);
    expect(await usedBytes(ledger, root)).toBe(47);
    await ledger.close();
  }));

it('gives more than is needed where much is left, and not near the limit', () =>
  inRoot(async (root) => {
    const [MiB, AHEAD] = [2 ** 20, 8 * 2 ** 20];
    const ledger = new LocalLedger('inside', countingAlways);
    ledger.watch(root);
    const growth = ledger.of(root)?.begin({ inode: 1, sizeBytes: 0 }, AHEAD);
    expect(await growth?.ask(1, 1024 * MiB + 1)).toBe(AHEAD + 1);
    expect(await growth?.ask(1, AHEAD + 64 * MiB + 2)).toBe(MiB + 1);
    expect(await growth?.ask(1, AHEAD + 2 * MiB)).toBe(1);
    expect(await growth?.ask(MiB, AHEAD + 2 * MiB - 3)).toBe(undefined);
    expect(await growth?.ask(MiB - 3, AHEAD + 2 * MiB)).toBe(MiB - 3);
    await ledger.close();
  }));

it('a ledger that is closed keeps nobody waiting: without a first count nothing is given', () =>
  inRoot(async (root) => {
    const ledger = new LocalLedger('inside', countingAlways);
    await ledger.close();
    ledger.watch(root);
    const growth = ledger.of(root)?.begin({ inode: 1, sizeBytes: 0 });
    expect(await growth?.ask(1, QUOTA)).toBeUndefined();
    expect(await growth?.ask(1, NO_QUOTA)).toBe(1);
  }));
