// Listings of real folders: each name once, sorted while they can be held, in slices, from either tree.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { openTree } from '../../../src/net/tree/open-tree.ts';
import { PathTree } from '../../../src/net/tree/path-tree.ts';
import type { FileTree, FolderScan } from '../../../src/net/tree/types.ts';
import { FolderListing, type Listing } from '../../../src/server/files/listing.ts';
import { RawClient } from '../raw-client.ts';
import { serving } from '../serving.ts';

let base = '';

beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'port20-test-'));
  for (const count of [10_000, 10_001]) {
    mkdirSync(join(base, String(count)));
    for (let i = 0; i < count; i++) writeFileSync(join(base, String(count), `${(i * 7919) % count}`), '');
  }
});

afterAll(() => rmSync(base, { recursive: true }));

function taken(listing: Listing): { names: string[]; slices: number } {
  const names: string[] = [];
  let slices = 1;
  while (listing.slice((name) => names.push(name))) slices++;
  return { names, slices };
}

describe.each<[string, () => FileTree]>([
  ['the kernel', () => openTree(base, 'inside')],
  ['real paths', () => new PathTree(base, 'inside')],
])('by %s', (_way, open) => {
  it('10 000 names come sorted, in several slices', () => {
    const tree = open();
    const listing = new FolderListing(tree.scan(['10000']));
    const { names, slices } = taken(listing);
    listing.close();
    tree.close();
    expect(names).toEqual(Array.from({ length: 10_000 }, (_, i) => String(i)).sort());
    expect(slices).toBeGreaterThan(1);
  });

  it('one more come in the order of the disk, each once', () => {
    const tree = open();
    const scan = tree.scan(['10001']);
    const onDisk: string[] = [];
    for (let some = scan.next(); some !== undefined; some = scan.next()) onDisk.push(...some);
    scan.close();
    const listing = new FolderListing(tree.scan(['10001']));
    const { names } = taken(listing);
    listing.close();
    tree.close();
    expect(names).toEqual(onDisk);
    expect(names).not.toEqual([...names].sort());
    expect([...names].sort()).toEqual(readdirSync(join(base, '10001')).sort());
  });
});

it('sorts by bytes whatever comes in whatever portions, and never holds more than it says', () => {
  const name = fc.string({ unit: 'binary', minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(fc.array(fc.array(name, { maxLength: 1500 }), { maxLength: 4 }), (portions) => {
      const names = portions.flat();
      expect(taken(new FolderListing(scanOf(portions))).names).toEqual(names.sort());
    }),
    { numRuns: 30 },
  );
});

function scanOf(portions: readonly (readonly string[])[]): FolderScan {
  const left = [...portions];
  return { next: () => left.shift(), facts: () => undefined, ownFacts: () => undefined, close() {} };
}

it('a folder of any size is listed whole by LIST, NLST and MLSD, and STAT tells how much it leaves out', () =>
  serving({ root: base }, async ({ address }) => {
    const client = await RawClient.loggedIn(address);
    const listener = await client.announce();
    for (const verb of ['LIST', 'NLST', 'MLSD']) {
      for (const count of [10_000, 10_001]) {
        const { content, last } = await client.fetch(`${verb} ${count}`, listener);
        expect(last).toBe('226 Transfer complete.');
        const names = content
          .toString()
          .split('\r\n')
          .slice(0, -1)
          .map((line) => /\d+$/.exec(line)?.[0]);
        expect(new Set(names).size).toBe(count);
        expect(names).toHaveLength(count);
      }
    }
    expect(await client.command('STAT 10001')).toMatch(
      /\r\n212 End of the first 500 names, 9501 more: use LIST\.$/,
    );
    await client.quit();
    await listener.close();
  }));

it('what is gone before its turn is left out, and a link that leads nowhere is told as itself', () => {
  const folder = mkdtempSync(join(base, 'gone-'));
  for (const name of ['a', 'b', 'c']) writeFileSync(join(folder, name), '');
  symlinkSync('none', join(folder, 'd'));
  const tree = openTree(folder, 'inside');
  const listing = new FolderListing(tree.scan([]));
  const types: (string | undefined)[] = [];
  const take = (name: string) => {
    rmSync(join(folder, 'b'), { force: true });
    types.push(listing.facts(name)?.type);
  };
  while (listing.slice(take));
  listing.close();
  tree.close();
  expect(types).toEqual(['file', undefined, 'file', 'link']);
});
