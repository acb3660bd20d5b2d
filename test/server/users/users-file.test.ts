// Users files in their three forms: read, refused with file and line, and edited so that every other byte stays.
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { UsageError } from '../../../src/errors.ts';
import { refusedBy } from '../../../src/server/users/access.ts';
import { addUser, changeUser, removeUser, type UserChange } from '../../../src/server/users/edit-users.ts';
import { uploadRoots } from '../../../src/server/users/login-desk.ts';
import { EVERYTHING, NOTHING, RIGHTS } from '../../../src/server/users/user.ts';
import { loadUsers, parseUsers } from '../../../src/server/users/users-file.ts';

const HASH = '$2b$05$abcdefghijklmnopqrstuu.C5eTYaOqCj1JOCpoXTlv.rqKj/g1Hm';
const DATA = fileURLToPath(new URL('./data/', import.meta.url));

function only(line: string) {
  const { entries, warnings } = parseUsers(`# users\n\n${line}\n`, 'users');
  const [entry] = entries.values();
  return { entry, warnings };
}

describe('a line of ours', () => {
  it('says a folder, rights and limits', () => {
    const { entry, warnings } = only(
      `mo:${HASH}:::Mo M.:pub/mo:: deny=delete,rename max-sessions=5 rate=1MiB quota=10GiB`,
    );
    expect(warnings).toEqual([]);
    expect(entry).toMatchObject({
      user: {
        ...{
          name: 'mo',
          root: 'pub/mo',
          maxSessions: 5,
          maxBytesPerSecond: 2 ** 20,
          quotaBytes: 10 * 2 ** 30,
        },
        may: { ...EVERYTHING, delete: false, rename: false },
      },
      locked: false,
    });
  });

  it('without settings has all rights, the whole root and no limit', () => {
    expect(only(`mo:${HASH}:::::`).entry?.user).toEqual({ name: 'mo', may: EVERYTHING });
    expect(only(`mo:${HASH}::::::read-only`).entry?.user).toEqual({ name: 'mo', may: NOTHING });
  });

  it('may name its user in any script, and end in CRLF', () => {
    const line = Buffer.from(`Jörg Žižka:${HASH}:::::\r`).toString('latin1');
    const { entries } = parseUsers(`${line}\n`, 'users');
    expect([...entries.values()].map(({ user }) => user.name)).toEqual(['Jörg Žižka']);
    expect([...entries.keys()]).toEqual([Buffer.from('Jörg Žižka').toString('latin1')]);
  });

  it.each([
    [`mo:${HASH}`, 'has 2 columns, where'],
    [`:${HASH}:::::`, 'has no name'],
    [` mo:${HASH}:::::`, 'has a name with a space at an end'],
    [`m\u0007o:${HASH}:::::`, 'has a name with a colon or a control character'],
    [`caf\xe9:${HASH}:::::`, 'has a name that is not UTF-8'],
    [`Anonymous:${HASH}:::::`, 'has a name that stands for anonymous users'],
    [`ftp:${HASH}:::::`, 'has a name that stands for anonymous users'],
    [`${'m'.repeat(256)}:${HASH}:::::`, 'has a name of more than 255 bytes'],
    [`mo:${HASH}::::caf\xe9:`, 'has a folder that is not UTF-8'],
    ['mo::::::', "'mo' has no password: give a new one with port20 user add 'mo' --change"],
    ['mo:secret:::::', "'mo' has a password that is no hash: give a new one"],
    [`mo:${HASH}::::::readonly`, "has no setting 'readonly' (did you mean 'read-only'?)"],
    [`mo:${HASH}::::::read-only=1`, "'read-only=1' is not read-only"],
    [`mo:${HASH}::::::deny`, "'deny' is not deny= and some of upload,delete,rename,mkdir"],
    [`mo:${HASH}::::::deny=delet`, "deny: unknown right 'delet' (did you mean 'delete'?)"],
    [`mo:${HASH}::::::deny=delete read-only`, "says both 'read-only' and 'deny'"],
    [`mo:${HASH}::::::quota=1MiB quota=2MiB`, "says 'quota' twice"],
    [`mo:${HASH}::::::max-sessions=0`, "max-sessions: '0' is not a whole number"],
    [`mo:${HASH}::::::rate=0`, "rate: '0' would let nothing through"],
    [`mo:${HASH}::::::quota=much`, "quota: 'much' is not a size"],
  ])('%j is refused', (line, reason) => {
    expect(() => parseUsers(`# one\n${line}\n`, '/etc/users')).toThrow(UsageError);
    expect(() => parseUsers(`# one\n${line}\n`, '/etc/users')).toThrow(`/etc/users, line 2: ${reason}`);
  });

  it('is refused with a name that another line has', () => {
    const text = `mo:${HASH}:::::\njo:${HASH}:::::\nmo:${HASH}:::::\n`;
    expect(() => parseUsers(text, 'users')).toThrow("users, line 3: 'mo' is in line 1 already");
  });
});

describe("ftpasswd's file", () => {
  it('is understood, and what has no effect of it is told once', async () => {
    const { entries, warnings } = await loadUsers(`${DATA}ftpd.passwd`);
    expect([...entries.values()].map(({ user, hash, locked }) => [user, hash.scheme, locked])).toEqual([
      [{ name: 'mo', root: '/tmp/ftp/mo', may: EVERYTHING }, 'sha512crypt', false],
      [{ name: 'jo', root: '/tmp/ftp/jo', may: EVERYTHING }, 'sha256crypt', false],
      [{ name: 'lo', root: '/tmp/ftp/lo', may: EVERYTHING }, 'sha512crypt', true],
    ]);
    const told = warnings.filter((warning) => warning.includes(', line '));
    expect(told).toEqual([
      expect.stringMatching(/ftpd\.passwd, line 4 and 2 more: uid and gid are not used/),
      expect.stringMatching(/ftpd\.passwd, line 4 and 2 more: the shell is not used/),
    ]);
  });
});

describe("pure-pw's file", () => {
  it('is understood with its limits and restrictions, and what has no effect of it is told once', async () => {
    const { entries, warnings } = await loadUsers(`${DATA}pureftpd.passwd`);
    const limits = { maxSessions: 3, maxBytesPerSecond: 32 * 1024, quotaBytes: 100 * 2 ** 20 };
    expect([...entries.values()].map(({ user }) => user)).toEqual([
      { name: 'ann', root: '/tmp/ftp/ann', may: EVERYTHING },
      { name: 'ben', root: '/tmp/ftp/ben', may: EVERYTHING, ...limits },
      { name: 'cat', root: '/tmp/ftp', startFolder: '/cat', may: EVERYTHING },
    ]);
    const told = warnings.filter((warning) => warning.includes(', line '));
    expect(told.map((warning) => warning.replace(/.*passwd, /, ''))).toEqual([
      'line 5 and 2 more: uid and gid are not used: all files are those of the user that the server runs as',
      'line 6: the quota of files is not used: that of bytes is',
      'line 6: of the two rates the lower holds for both ways',
      'line 7: ratios of upload and download are not used',
    ]);
    const access = entries.get('cat')?.access;
    expect(access && refusedBy(access, '127.2.3.4', '127.0.0.1', new Date())).toBeUndefined();
    expect(access && refusedBy(access, '127.1.3.4', '127.0.0.1', new Date())).toMatch(/from 127\.1\.3\.4/);
    expect(access && refusedBy(access, '10.0.0.1', '127.0.0.1', new Date())).toMatch(/from 10\.0\.0\.1/);
    expect(access && refusedBy(access, '127.2.3.4', '10.0.0.1', new Date())).toMatch(/at 10\.0\.0\.1/);
    expect(access && refusedBy(access, '::ffff:127.2.3.4', '::ffff:127.0.0.1', new Date())).toBeUndefined();
    expect(access && refusedBy(access, '::1', '::1', new Date())).toMatch(/from ::1/);
  });

  const at = { rate: 6, clients: 15, hours: 17 } as const;
  function pure(column: keyof typeof at, value: string): string {
    const columns = ['mo', HASH, '1', '1', '', '/srv', ...Array.from({ length: 12 }, () => '')];
    columns[at[column]] = value;
    return columns.join(':');
  }

  it.each([
    [pure('clients', '10.0.0.x'), "'10.0.0.x' is not an address such as 10.0.0.1 or 10.0.0.0/8"],
    [pure('clients', 'example.org'), "'example.org' is not an address"],
    [pure('clients', '10.0.0.0/33'), "'10.0.0.0/33' is not an address"],
    [pure('hours', '9-2460'), "'9-2460' is not a time of day such as 0900-1800"],
    [pure('rate', 'fast'), "'fast' is not a number"],
  ])('%j has a restriction or a limit that cannot be kept, and is refused', (line, reason) => {
    expect(() => parseUsers(line, 'users')).toThrow(`users, line 1: ${reason}`);
  });

  it.each([
    ['900-1800', '2026-01-05T09:00', undefined],
    ['900-1800', '2026-01-05T18:00', undefined],
    ['900-1800', '2026-01-05T18:01', 'may not log in at this time of day'],
    ['2200-0600', '2026-01-05T23:00', undefined],
    ['2200-0600', '2026-01-05T05:00', undefined],
    ['2200-0600', '2026-01-05T12:00', 'may not log in at this time of day'],
  ])('hours %s at %s: %s', (hours, now, expected) => {
    const { entry } = only(pure('hours', hours));
    expect(entry?.access && refusedBy(entry.access, '10.0.0.1', '10.0.0.2', new Date(now))).toBe(expected);
  });
});

describe('the file itself', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'port20-test-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('that is not there, or is a folder, is named', async () => {
    await expect(loadUsers(`${folder}/none`)).rejects.toThrow(
      `users file '${folder}/none' cannot be read: ENOENT`,
    );
    await expect(loadUsers(folder)).rejects.toThrow(`users file '${folder}' cannot be read: EISDIR`);
  });

  it('that everybody may read gets a warning', async () => {
    const path = `${folder}/users`;
    await writeFile(path, `mo:${HASH}:::::\n`);
    await chmod(path, 0o644);
    expect((await loadUsers(path)).warnings).toEqual([expect.stringContaining(`chmod o-r ${path}`)]);
    await chmod(path, 0o640);
    expect((await loadUsers(path)).warnings).toEqual([]);
  });

  it('is read as anything, and is either users or one line that names file and line', () => {
    const bytes = fc.uint8Array({ maxLength: 60 }).map((array) => Buffer.from(array).toString('latin1'));
    const piece = fc.oneof(
      bytes,
      fc.constantFrom(':', '::::', HASH, 'mo', '\n', '\r\n', 'deny=', '#', '/./', ' '),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        try {
          for (const { user } of parseUsers(pieces.join(''), 'users').entries.values()) {
            expect(user.name).not.toMatch(/[\p{C}:]/u);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
          expect((error as Error).message).toMatch(/^users, line \d+: /);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

const name = fc
  .string({ unit: fc.constantFrom(...'abcXYZ019-_.@é ß'), minLength: 1, maxLength: 12 })
  .filter((text) => text.trim() === text && !/^(ftp|anonymous)$/i.test(text))
  .map((text) => Buffer.from(text).toString('latin1'));
const limit = fc.option(fc.integer({ min: 1, max: 2 ** 50 }), { nil: undefined });
const change: fc.Arbitrary<UserChange> = fc
  .record({
    root: fc.option(fc.constantFrom('', 'a', '/srv/ftp/a b', '../x'), { nil: undefined }),
    denied: fc.option(fc.subarray([...RIGHTS]), { nil: undefined }),
    maxSessions: limit,
    maxBytesPerSecond: limit,
    quotaBytes: limit,
  })
  .map((all) => Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)));
const comment = fc.constantFrom('', '# mo:x', '   ', '#', '\t');

describe('an edited file', () => {
  it('has what was said of each user, and every other byte as it was', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(name, { minLength: 1, maxLength: 5 }),
        fc.array(change, { minLength: 10, maxLength: 10 }),
        fc.array(comment, { minLength: 6, maxLength: 6 }),
        fc.constantFrom('\n', '\r\n'),
        fc.nat(),
        (names, changes, comments, eol, pick) => {
          let text = `${comments[5]}${eol}`;
          for (const [at, one] of names.entries()) {
            text = `${addUser(text, one, { hash: HASH, ...changes[at] })}${comments[at]}${eol}`;
          }
          const who = names[pick % names.length] ?? '';
          const index = names.indexOf(who);
          const changed = changeUser(text, who, changes[9] ?? {});
          const expected = { hash: HASH, ...changes[index], ...changes[9] };
          expect(parseUsers(changed, 'users').entries.get(who)).toEqual(
            parseUsers(addUser('', who, expected), 'users').entries.get(who),
          );
          const others = (whole: string) => whole.split('\n').filter((line) => !line.startsWith(`${who}:`));
          expect(others(changed)).toEqual(others(text));
          expect(removeUser(changed, who)).toBe(removeUser(text, who));
          expect(parseUsers(removeUser(text, who), 'users').entries.size).toBe(names.length - 1);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('gets a new line behind a last one without an end', () => {
    expect(addUser('# all', 'mo', { hash: HASH })).toBe(`# all\nmo:${HASH}::::::\n`);
  });

  it('of other servers gets a new password and folder in their own columns', async () => {
    const text = await readFile(`${DATA}pureftpd.passwd`, 'latin1');
    const changed = changeUser(text, 'ben', { hash: HASH, root: '/srv/ben' });
    expect(changed.split('\n')[5]).toBe(
      `ben:${HASH}:2001:2001:Ben B:/srv/ben:32768:65536:::3:1000:104857600:::::`,
    );
    expect(() => changeUser(text, 'ben', { denied: ['delete'] })).toThrow("the line of 'ben' has 18 columns");
    const passwd = await readFile(`${DATA}ftpd.passwd`, 'latin1');
    expect(changeUser(passwd, 'jo', { hash: HASH, denied: ['delete'] })).toContain(
      `\njo:${HASH}:2001:2001::/tmp/ftp/jo:/bin/false:deny=delete\n`,
    );
  });

  it.each([
    [() => addUser(`mo:${HASH}:::::`, 'mo', {}), "user 'mo' exists: say --change to change it"],
    [() => addUser('', 'a:b', {}), '"a:b" cannot be a user: it has a name with a colon'],
    [() => changeUser(`mo:${HASH}:::::`, 'ma', {}), "no user 'ma' (did you mean 'mo'?)"],
    [() => removeUser(`# ma\nmo:${HASH}:::::`, 'ma'), "no user 'ma' (did you mean 'mo'?)"],
  ])('is refused %#', (edit, reason) => {
    expect(edit).toThrow(UsageError);
    expect(edit).toThrow(reason);
  });
});

it('what was left of uploads is looked for in every root in which somebody may upload, and once in each', () => {
  const line = (who: string, root: string, settings: string) => `${who}:${HASH}::::${root}::${settings}\n`;
  const text = [
    line('a', 'home/a', ''),
    line('b', 'home', ''),
    line('c', '/srv/c', ''),
    line('d', '/srv/d', 'read-only'),
    line('e', '/srv/cc', ''),
  ].join('');
  const users = parseUsers(text, 'users');
  const served = { root: '/ftp', write: false, authenticate: undefined };
  expect(uploadRoots(served, users)).toEqual(['/ftp/home', '/srv/c', '/srv/cc']);
  expect(uploadRoots({ ...served, write: true }, users)).toEqual(['/ftp', '/srv/c', '/srv/cc']);
  expect(uploadRoots(served, undefined)).toEqual([]);
  expect(uploadRoots({ ...served, authenticate: () => undefined }, undefined)).toEqual(['/ftp']);
});
