// One contract for both trees on a real disk: every kind of name, every kind of link, every operation, and a folder outside.
import { createHash } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  constants,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { errorCodeOf } from '../../src/errors.ts';
import { treeCalls } from '../../src/net/tree/calls.ts';
import { KernelTree } from '../../src/net/tree/kernel-tree.ts';
import { openTree } from '../../src/net/tree/open-tree.ts';
import { PathTree } from '../../src/net/tree/path-tree.ts';
import { type FileTree, LINKS, type Links, type TreePath } from '../../src/net/tree/types.ts';
import { openDescriptors } from '../support/loopback.ts';

const { O_CREAT, O_EXCL, O_RDONLY, O_WRONLY } = constants;

const calls = treeCalls();
const TREES: Record<string, (root: string, links: Links) => FileTree> = {
  ...(calls && { 'openat2(2)': (root: string, links: Links) => new KernelTree(root, links, calls) }),
  'real paths': (root, links) => new PathTree(root, links),
};
const ways = Object.entries(TREES);

let base = '';
let root = '';
let outside = '';
let descriptors = 0;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'port20-test-'));
  root = join(base, 'root');
  outside = join(base, 'outside');
  for (const folder of [root, outside, join(root, 'sub')]) mkdirSync(folder);
  writeFileSync(join(root, 'file'), 'inside');
  writeFileSync(join(root, 'sub', 'file'), 'inside');
  writeFileSync(join(outside, 'file'), 'canary');
  mkdirSync(join(outside, 'empty'));
  descriptors = openDescriptors();
});

afterEach(() => {
  expect(openDescriptors()).toBe(descriptors);
  rmSync(base, { recursive: true });
});

async function within<T>(tree: FileTree, use: (tree: FileTree) => T | Promise<T>): Promise<T> {
  try {
    return await use(tree);
  } finally {
    tree.close();
  }
}

function read(tree: FileTree, path: TreePath): string {
  const fd = tree.open(path, O_RDONLY);
  const content = Buffer.alloc(100);
  const bytes = readSync(fd, content);
  closeSync(fd);
  return content.toString('latin1', 0, bytes);
}

function write(tree: FileTree, path: TreePath, content: string, flags = O_CREAT): void {
  const fd = tree.open(path, O_WRONLY | flags, flags === 0 ? undefined : 0o644);
  writeSync(fd, content);
  closeSync(fd);
}

function names(tree: FileTree, path: TreePath): string[] {
  const scan = tree.scan(path);
  const found: string[] = [];
  for (let some = scan.next(); some !== undefined; some = scan.next()) found.push(...some);
  scan.close();
  return found.sort();
}

/** What an operation came to: what it returned, `ok` for nothing, or the errno. */
async function outcome(operation: () => unknown): Promise<unknown> {
  try {
    return (await operation()) ?? 'ok';
  } catch (error) {
    return errorCodeOf(error);
  }
}

const NAMES: Readonly<Record<string, string>> = {
  ordinary: 'name.txt',
  'a space': ' a b ',
  'a leading dash': '-al',
  percent: '%2e%2e%2f%s',
  brackets: '[a-z]*?{b,c}',
  'UTF-8': Buffer.from('größe ☃').toString('latin1'),
  'Latin-1': 'caf\xe9',
  'every byte but / and NUL': bytesBut('/\0').slice(0, 253),
  'a backslash': 'a\\b',
  'a line break': 'a\r\nb',
  '255 bytes': 'x'.repeat(255),
  'three dots': '...',
};

function bytesBut(these: string): string {
  const all = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte));
  return all.filter((byte) => !these.includes(byte)).join('');
}

describe.each(ways)('%s', (_way, open) => {
  describe.each(Object.entries(NAMES))('a name with %s', (_kind, name) => {
    it.each(LINKS)('is made, listed, read, renamed and removed as these bytes, links %s', (links) =>
      within(open(root, links), async (tree) => {
        await tree.makeFolder([name]);
        write(tree, [name, name], 'content', O_CREAT | O_EXCL);
        expect(await outcome(() => write(tree, [name, name], '', O_CREAT | O_EXCL))).toBe('EEXIST');
        expect(readdirSync(root, 'latin1').sort()).toEqual(['file', name, 'sub'].sort());
        expect(names(tree, [name])).toEqual([name]);
        const scan = tree.scan([name]);
        const facts = {
          type: 'file',
          sizeBytes: 7,
          mode: expect.any(Number),
          modifiedAtMs: expect.any(Number),
          inode: expect.any(Number),
        };
        expect(scan.facts(name)).toEqual(facts);
        expect(scan.ownFacts(name)).toEqual(scan.facts(name));
        expect([scan.facts('none'), scan.ownFacts('none')]).toEqual([undefined, undefined]);
        scan.close();
        expect(read(tree, [name, name])).toBe('content');
        tree.chmod([name, name], 0o640);
        tree.setTimes([name, name], 1_234_567_890_123);
        expect(tree.facts([name, name])).toEqual({
          type: 'file',
          mode: 0o100640,
          sizeBytes: 7,
          modifiedAtMs: 1_234_567_890_123,
          inode: lstatSync(Buffer.from([root, name, name].join('/'), 'latin1')).ino,
        });
        expect(tree.ownFacts([name]).type).toBe('directory');
        await tree.rename([name, name], ['moved']);
        await tree.renameNew(['moved'], [name, name]);
        expect(await outcome(() => tree.renameNew(['file'], [name, name]))).toBe('EEXIST');
        expect(read(tree, [name, name])).toBe('content');
        expect(await outcome(() => tree.removeFolder([name]))).toBe('ENOTEMPTY');
        expect(await outcome(() => tree.remove([name]))).toBe('EISDIR');
        expect(await outcome(() => tree.removeFolder([name, name]))).toBe('ENOTDIR');
        await tree.remove([name, name]);
        await tree.removeFolder([name]);
        expect(names(tree, [])).toEqual(['file', 'sub']);
      }),
    );
  });

  it('a link in a folder is told for itself or for what it leads to', () =>
    within(open(root, 'inside'), async (tree) => {
      symlinkSync('file', join(root, 'link'));
      const scan = tree.scan([]);
      expect(scan.ownFacts('link')).toMatchObject({ type: 'link', sizeBytes: 4 });
      expect(scan.facts('link')).toEqual(tree.facts(['file']));
      scan.close();
    }));

  it('two names that no encoding could tell apart are two files', () =>
    within(open(root, 'inside'), async (tree) => {
      write(tree, ['caf\xe9'], 'e9');
      write(tree, ['caf\xe8'], 'e8');
      expect([read(tree, ['caf\xe9']), read(tree, ['caf\xe8'])]).toEqual(['e9', 'e8']);
    }));

  it('of many that take one new name at once one gets it, and the others are as they were', () =>
    within(open(root, 'inside'), async (tree) => {
      const files = Array.from({ length: 20 }, (_, i) => `f${i}`);
      for (const file of files) write(tree, [file], file);
      const outcomes = await Promise.all(files.map((file) => outcome(() => tree.renameNew([file], ['new']))));
      const moved = files.filter((_, i) => outcomes[i] !== 'EEXIST');
      expect(moved).toHaveLength(1);
      expect(read(tree, ['new'])).toBe(moved[0]);
      expect(names(tree, []).sort()).toEqual(
        ['file', 'new', 'sub', ...files.filter((file) => file !== moved[0])].sort(),
      );
    }));

  it('names the errno of what cannot be', () =>
    within(open(root, 'inside'), async (tree) => {
      expect(await outcome(() => tree.open(['none'], O_RDONLY))).toBe('ENOENT');
      expect(await outcome(() => tree.facts(['none', 'f']))).toBe('ENOENT');
      expect(await outcome(() => tree.facts(['file', 'f']))).toBe('ENOTDIR');
      expect(await outcome(() => tree.scan(['file']))).toBe('ENOTDIR');
      expect(await outcome(() => tree.makeFolder(['x'.repeat(256)]))).toBe('ENAMETOOLONG');
      expect(await outcome(() => tree.makeFolder(['sub']))).toBe('EEXIST');
      expect(await outcome(() => tree.rename(['sub'], ['sub', 'below']))).toBe('EINVAL');
    }));

  it.each(['', '.', '..', 'a/b', '../outside', 'a\0b'])('%j is no name of anything in a folder', (name) =>
    within(open(root, 'inside'), async (tree) => {
      for (const operation of [
        () => tree.makeFolder([name]),
        () => tree.remove([name]),
        () => tree.removeFolder(['sub', name]),
        () => tree.rename([name], ['new']),
        () => tree.rename(['file'], ['sub', name]),
        () => tree.renameNew([name], ['new']),
        () => tree.renameNew(['file'], ['sub', name]),
      ]) {
        expect(await outcome(operation)).toBe('EINVAL');
      }
    }),
  );

  it("the root itself can be looked at, and is nobody's entry", () =>
    within(open(root, 'inside'), async (tree) => {
      expect(tree.facts([]).type).toBe('directory');
      expect(tree.ownFacts([]).type).toBe('directory');
      expect(await outcome(() => tree.makeFolder([]))).toBe('EEXIST');
      expect(await outcome(() => tree.remove([]))).toBe('EBUSY');
      expect(await outcome(() => tree.removeFolder([]))).toBe('EBUSY');
      expect(await outcome(() => tree.rename([], ['new']))).toBe('EBUSY');
    }));

  it('opens what is larger than two and four gigabytes, and tells its size', () =>
    within(open(root, 'inside'), async (tree) => {
      truncateSync(join(root, 'file'), 5_000_000_000);
      closeSync(tree.open(['file'], O_RDONLY));
      expect(tree.facts(['file']).sizeBytes).toBe(5_000_000_000);
      const scan = tree.scan([]);
      expect(scan.facts('file')?.sizeBytes).toBe(5_000_000_000);
      scan.close();
    }));

  it('sets and tells times before 1970 and after 2106', () =>
    within(open(root, 'inside'), async (tree) => {
      for (const atMs of [-86_400_000, 0, 4_500_000_000_000]) {
        tree.setTimes(['file'], atMs);
        expect(lstatSync(join(root, 'file')).mtimeMs).toBeCloseTo(atMs, 0);
        expect(tree.facts(['file']).modifiedAtMs).toBe(atMs);
      }
    }));

  it('gives the names of a folder of any size, each once', () =>
    within(open(root, 'inside'), async (tree) => {
      const many = Array.from({ length: 3000 }, (_, i) => `${i}-${'n'.repeat(i % 200)}`).sort();
      for (const name of many) writeFileSync(join(root, 'sub', name), '');
      rmSync(join(root, 'sub', 'file'));
      expect(names(tree, ['sub'])).toEqual(many);
    }));

  it('refuses a root that is no folder, and leaves nothing open', async () => {
    expect(await outcome(() => open(join(root, 'none'), 'inside'))).toBe('ENOENT');
    expect(await outcome(() => open(join(root, 'file'), 'inside'))).toBe('ENOTDIR');
  });
});

/** Where a link leads: its text, from a folder with the file `file` outside or in. */
const LINK_KINDS = [
  'inside',
  'inside from /',
  'out from /',
  'out by ..',
  'nowhere',
  'circle',
  'magic',
] as const;
type LinkKind = (typeof LINK_KINDS)[number];

function linkText(kind: LinkKind, what: 'file' | 'folder'): string {
  const file = what === 'file' ? '/file' : '';
  return {
    inside: what === 'file' ? 'sub/file' : 'sub',
    'inside from /': `/sub${file}`,
    'out from /': `${outside}${file}`,
    'out by ..': `../outside${file}`,
    nowhere: 'none',
    circle: 'link',
    magic: `/proc/self/root${outside}${file}`,
  }[kind];
}

const FOLLOWS: Readonly<Record<Links, Readonly<Record<LinkKind, string>>>> = {
  inside: {
    inside: 'inside',
    'inside from /': 'inside',
    'out from /': 'ENOENT', // as in a chroot: the text is a path from the root
    'out by ..': 'ENOENT', // and `..` at the root is the root
    nowhere: 'ENOENT',
    circle: 'ELOOP',
    magic: 'ENOENT',
  },
  refuse: {
    inside: 'ELOOP',
    'inside from /': 'ELOOP',
    'out from /': 'ELOOP',
    'out by ..': 'ELOOP',
    nowhere: 'ELOOP',
    circle: 'ELOOP',
    magic: 'ELOOP',
  },
  follow: {
    inside: 'inside',
    'inside from /': 'ENOENT',
    'out from /': 'canary',
    'out by ..': 'canary',
    nowhere: 'ENOENT',
    circle: 'ELOOP',
    magic: 'canary',
  },
};

/** The one difference: to Node a magic link is one like any other. */
function expected(way: string, links: Links, kind: LinkKind): string {
  return way === 'openat2(2)' && links === 'follow' && kind === 'magic' ? 'ELOOP' : FOLLOWS[links][kind];
}

/** Everything that an intruder could have read from, or changed in, a folder. */
function fingerprint(folder: string): string {
  const hash = createHash('sha256');
  for (const name of ['', ...readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()]) {
    const { mode, size, mtimeMs, ino } = lstatSync(join(folder, name));
    hash.update(JSON.stringify([name, mode, size, mtimeMs, ino]));
  }
  return hash.update(readFileSync(join(folder, 'file'))).digest('hex');
}

describe.each(ways)('links by %s', (way, open) => {
  describe.each(LINKS)('%s', (links) => {
    it.each(LINK_KINDS)('a link to a file: %s', (kind) =>
      within(open(root, links), async (tree) => {
        symlinkSync(linkText(kind, 'file'), join(root, 'link'));
        const target = expected(way, links, kind);
        const done = target.startsWith('E') ? target : 'ok';
        const before = fingerprint(outside);

        expect(await outcome(() => read(tree, ['link']))).toBe(target);
        expect(await outcome(() => tree.facts(['link']).type)).toBe(done === 'ok' ? 'file' : target);
        expect(await outcome(() => tree.scan(['link']))).toBe(done === 'ok' ? 'ENOTDIR' : target);
        expect(await outcome(() => read(tree, ['link', 'file']))).toBe(done === 'ok' ? 'ENOTDIR' : target);
        expect(await outcome(() => tree.chmod(['link'], 0o604))).toBe(done);
        expect(await outcome(() => tree.setTimes(['link'], 1000))).toBe(done);
        expect(await outcome(() => write(tree, ['link'], 'WRITTEN', 0))).toBe(done);
        expect(fingerprint(outside) === before).toBe(target !== 'canary');

        // What takes the last name for itself takes the link.
        const scan = tree.scan([]);
        expect(scan.facts('link')?.type).toBe(done === 'ok' ? 'file' : 'link');
        scan.close();
        expect(tree.ownFacts(['link']).type).toBe('link');
        const changed = fingerprint(outside);
        expect(await outcome(() => tree.makeFolder(['link']))).toBe('EEXIST');
        expect(await outcome(() => tree.removeFolder(['link']))).toBe('ENOTDIR');
        await tree.rename(['link'], ['renamed']);
        await tree.rename(['file'], ['renamed']); // in the link's place
        expect(lstatSync(join(root, 'renamed')).isFile()).toBe(true);
        symlinkSync(linkText(kind, 'file'), join(root, 'link'));
        await tree.remove(['link']);
        expect(names(tree, [])).toEqual(['renamed', 'sub']);
        expect(fingerprint(outside)).toBe(changed);
      }),
    );

    it.each(LINK_KINDS)('a link to a folder: %s', (kind) =>
      within(open(root, links), async (tree) => {
        symlinkSync(linkText(kind, 'folder'), join(root, 'link'));
        const target = expected(way, links, kind);
        const done = target.startsWith('E') ? target : 'ok';
        const before = fingerprint(outside);
        chmodSync(join(root, 'sub'), 0o755);

        expect(await outcome(() => read(tree, ['link', 'file']))).toBe(target);
        expect(await outcome(() => tree.facts(['link']).type)).toBe(done === 'ok' ? 'directory' : target);
        expect(await outcome(() => tree.ownFacts(['link', 'file']).type)).toBe(
          done === 'ok' ? 'file' : target,
        );
        expect(await outcome(() => names(tree, ['link']).includes('file'))).toBe(
          done === 'ok' ? true : target,
        );
        expect(await outcome(() => tree.makeFolder(['link', 'new']))).toBe(done);
        expect(await outcome(() => write(tree, ['link', 'up'], 'x'))).toBe(done);
        expect(await outcome(() => write(tree, ['link', 'up2'], 'x', O_CREAT | O_EXCL))).toBe(done);
        expect(await outcome(() => tree.rename(['link', 'up'], ['link', 'new', 'up']))).toBe(done);
        expect(await outcome(() => tree.rename(['file'], ['link', 'moved']))).toBe(done);
        expect(await outcome(() => tree.rename(['link', 'moved'], ['file']))).toBe(done);
        expect(await outcome(() => tree.remove(['link', 'file']))).toBe(done);
        expect(await outcome(() => tree.remove(['link', 'new', 'up']))).toBe(done);
        expect(await outcome(() => tree.removeFolder(['link', 'new']))).toBe(done);
        expect(await outcome(() => tree.chmod(['link'], 0o711))).toBe(done);
        const touched = target === 'canary' ? outside : join(root, 'sub');
        expect(readdirSync(touched).includes('file')).toBe(done !== 'ok');
        if (target !== 'canary') expect(fingerprint(outside)).toBe(before);

        expect(await outcome(() => tree.removeFolder(['link']))).toBe('ENOTDIR');
        await tree.rename(['link'], ['renamed']);
        await tree.remove(['renamed']);
      }),
    );
  });

  it('a link that leads nowhere is made a file of only within the root', () =>
    within(open(root, 'inside'), async (tree) => {
      symlinkSync(`${outside}/new`, join(root, 'out'));
      symlinkSync('../../outside/new', join(root, 'up'));
      symlinkSync('/made', join(root, 'in'));
      const before = fingerprint(outside);
      expect(await outcome(() => write(tree, ['out'], 'x'))).toBe('ENOENT');
      expect(await outcome(() => write(tree, ['up'], 'x'))).toBe('ENOENT');
      expect(await outcome(() => write(tree, ['in'], 'x', O_CREAT | O_EXCL))).toBe('EEXIST');
      expect(fingerprint(outside)).toBe(before);
    }));
});

const procfs = calls !== undefined;

/** With /proc for a root the magic links themselves lie inside: they lead to whatever this process has open. */
describe.each(ways)('names and locks by %s', (_way, open) => {
  it('a lock is seen by another descriptor of the file, and ends with its own, whichever number comes next', () =>
    within(open(root, 'inside'), (tree) => {
      const first = tree.open(['file'], O_RDONLY);
      expect(tree.lock(first)).toBe(true);
      const second = tree.open(['file'], O_RDONLY);
      expect(tree.lock(second)).toBe(false);
      closeSync(first);
      const again = tree.open(['file'], O_RDONLY);
      expect(again).toBe(first); // the lowest number that is free
      expect(tree.lock(again)).toBe(true);
      expect(tree.lock(second)).toBe(false);
      closeSync(again);
      closeSync(second);
    }));

  it('finds a name, and says so of what is there alone', () =>
    within(open(root, 'inside'), (tree) => {
      expect(tree.find(['file'])).toEqual(tree.ownFacts(['file']));
      expect(tree.find(['none'])).toBe(undefined);
      expect(tree.find(['file', 'beneath'])).toBe(undefined);
      expect(tree.openIfThere(['none'], O_RDONLY)).toBe(undefined);
      expect(() => tree.openIfThere(['file', 'beneath'], O_RDONLY)).toThrow(
        expect.objectContaining({ code: 'ENOTDIR' }),
      );
      closeSync(tree.openIfThere(['file'], O_RDONLY) ?? -1);
    }));
});

(procfs ? describe : describe.skip)('magic links', () => {
  it.each(ways)('by %s lead nowhere', (_way, open) =>
    within(open('/proc', 'inside'), async (tree) => {
      const self = String(process.pid);
      for (const link of ['root', 'cwd']) {
        expect(await outcome(() => names(tree, [self, link]).includes('etc'))).not.toBe(true);
        expect(await outcome(() => read(tree, [self, link, 'etc', 'passwd']))).toMatch(/^(ELOOP|ENOENT)$/);
      }
      expect(await outcome(() => read(tree, [self, 'exe']))).toMatch(/^(ELOOP|ENOENT)$/);
    }),
  );
});

describe('both trees', () => {
  const name = fc.constantFrom('a', 'b', 'c');
  const target = fc
    .tuple(fc.boolean(), fc.array(fc.constantFrom('a', 'b', 'c', '..', '.', ''), { maxLength: 5 }))
    .map(([fromRoot, parts]) => (fromRoot ? '/' : '') + parts.join('/'))
    .filter((text) => text !== '');
  const entry = fc.record({ at: fc.array(name, { minLength: 1, maxLength: 3 }), target: fc.option(target) });

  (calls ? it : it.skip)('find the same at the end of every path, whatever the links are', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(entry, { maxLength: 12 }),
        fc.array(fc.array(name, { maxLength: 4 }), { minLength: 5, maxLength: 10 }),
        fc.constantFrom<Links>('inside', 'refuse'),
        async (entries, paths, links) => {
          const folder = mkdtempSync(join(base, 'random-'));
          for (const { at, target } of entries) {
            try {
              mkdirSync(join(folder, ...at.slice(0, -1)), { recursive: true });
              if (target === null) mkdirSync(join(folder, ...at));
              else symlinkSync(target, join(folder, ...at));
            } catch {
              // its place is taken
            }
          }
          const found = ways.map(([, open]) =>
            within(open(folder, links), (tree) => {
              const tries = paths.flatMap((path) => [
                () => names(tree, path),
                () => tree.facts(path),
                () => tree.ownFacts(path),
              ]);
              return Promise.all(tries.map(outcome));
            }),
          );
          const [one, other] = await Promise.all(found);
          expect(one).toHaveLength(3 * paths.length);
          expect(one).toEqual(other);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('openTree takes the kernel where it has openat2', () => {
    within(openTree(root, 'inside'), async (tree) => {
      expect(tree).toBeInstanceOf(calls === undefined ? PathTree : KernelTree);
    });
  });

  (calls ? it : it.skip)('held by its descriptor, the root is that folder and no other', () =>
    within(openTree(root, 'inside'), async (tree) => {
      mkdirSync(join(base, 'elsewhere'));
      rmSync(join(root, 'sub'), { recursive: true });
      const moved = join(base, 'moved');
      // What is put in its place is not what was opened.
      symlinkSync(outside, join(base, 'swap'));
      renameSync(root, moved);
      renameSync(join(base, 'swap'), root);
      expect(names(tree, [])).toEqual(['file']);
      expect(read(tree, ['file'])).toBe('inside');
    }),
  );

  (calls ? it : it.skip)('a tree that is closed finds nothing any more', async () => {
    const tree = openTree(root, 'inside');
    tree.close();
    expect(await outcome(() => tree.facts(['file']))).toBe('EBADF');
    expect(await outcome(() => tree.remove(['file']))).toBe('EBADF');
  });
});
