// `port20 user` as an operator runs it: a file made, changed, listed and served, its passwords never shown, its mistakes one line.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { unfinishedPrefix } from '../../src/cli/files.ts';
import { systemClock } from '../../src/clock.ts';
import { ownedName } from '../../src/owner.ts';
import { RawClient } from '../server/raw-client.ts';
import { ownAddress } from '../support/loopback.ts';
import { emptyFolder, expectOneLine, MAIN, type RunOptions, run, start, startProgram } from './port20.ts';

/** bcrypt of "Blue-Harbour 7", cheap. */
const HASH = '$2b$05$abcdefghijklmnopqrstuu.C5eTYaOqCj1JOCpoXTlv.rqKj/g1Hm';
const SCRYPT = String.raw`\$scrypt\$ln=14,r=8,p=5\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}`;

let cwd: string;
let file: string;

beforeEach(() => {
  cwd = emptyFolder();
  file = join(cwd, 'users');
});

const user = (args: readonly string[], options: RunOptions = {}) =>
  run(['user', ...args, '--users', 'users'], { cwd, ...options });
const text = () => readFileSync(file, 'utf8');

describe('add', () => {
  it('makes the file, for its owner alone, and writes what was said', async () => {
    const settings = ['--deny', 'delete,rename', '--max-sessions', '4', '--rate', '1MiB', '--quota', '10GiB'];
    const added = await user(['add', 'mo', '--root', 'pub/mo', ...settings], { input: 's3cr3t\n' });
    expect(added).toEqual({ status: 0, stdout: '', stderr: "user 'mo' added in users\n" });
    const line = `^mo:${SCRYPT}::::pub/mo::deny=delete,rename max-sessions=4 rate=1MiB quota=10GiB\n$`;
    expect(text()).toMatch(new RegExp(line));
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it.each<[string, readonly string[], RunOptions]>([
    ['standard input', [], { input: 'Blue-Harbour 7' }],
    ['a file', ['--password-file', 'pw'], {}],
    ['the environment', [], { env: { PORT20_PASSWORD: 'Blue-Harbour 7' } }],
  ])(
    'takes the password from %s; with it the user logs in, and without it nobody',
    async (_, flags, options) => {
      writeFileSync(join(cwd, 'pw'), 'Blue-Harbour 7\r\n');
      mkdirSync(join(cwd, 'root/mo'), { recursive: true });
      expect(await user(['add', 'mo', '--root', 'mo', ...flags], options)).toMatchObject({ status: 0 });
      const address = ownAddress();
      const listen = ['--listen', `${address}:2121`, '--root', 'root', '--log-level', 'silent'];
      const server = start(['serve', '--users', 'users', ...listen, '--login-delay', '0ms'], { cwd });
      expect((await server.stderrMatch(/^listening on .*$/m))[0]).toMatch(/, root root, users users$/);
      const client = await RawClient.connect({ address, port: 2121 });
      expect(await client.command('USER anonymous')).toMatch(/^331 /);
      expect(await client.command('PASS Blue-Harbour 7')).toMatch(/^530 /);
      expect(await client.command('USER mo')).toMatch(/^331 /);
      expect(await client.command('PASS Blue-Harbour 8')).toMatch(/^530 /);
      expect(await client.command('PASS Blue-Harbour 7')).toMatch(/^230 /);
      await client.quit();
      server.child.kill('SIGTERM');
      expect((await server.ended).status).toBe(143);
    },
  );

  it('leaves comments, other lines, mode and a link to the file as they are', async () => {
    mkdirSync(join(cwd, 'etc'));
    const target = join(cwd, 'etc/users');
    const before = `# who\r\n\r\njo:${HASH}::::: \n#odd\nka:$1$old$hash:::::`;
    writeFileSync(target, before);
    chmodSync(target, 0o640);
    symlinkSync('etc/users', file);
    const added = await user(['add', 'mo'], { input: 'x' });
    expect(added.status).toBe(0);
    expect(added.stderr).toMatch(
      /^port20: a server will not take the file as it is: users, line 5: 'ka' has an MD5/m,
    );
    expect(text().startsWith(`${before}\r\nmo:$scrypt$`)).toBe(true);
    expect(statSync(target).mode & 0o777).toBe(0o640);
    expect(readFileSync(target, 'utf8')).toBe(text());
    expect(readdirSync(join(cwd, 'etc'))).toEqual(['users']);
  });

  it('with --change gives a new password, or other settings with the old one', async () => {
    writeFileSync(file, `mo:${HASH}::::mo::quota=1GiB max-sessions=2\n`);
    expect(await user(['add', 'mo', '--change', '--quota', 'none', '--read-only'])).toMatchObject({
      status: 0,
    });
    expect(text()).toBe(`mo:${HASH}::::mo::read-only max-sessions=2\n`);
    expect(await user(['add', 'mo', '--change', '--deny', 'none'])).toMatchObject({ status: 0 });
    expect(text()).toBe(`mo:${HASH}::::mo::max-sessions=2\n`);
    expect(await user(['add', 'mo', '--change'], { input: 'new' })).toMatchObject({ status: 0 });
    expect(text()).toMatch(new RegExp(`^mo:${SCRYPT}::::mo::max-sessions=2\n$`));
  });

  it('with --change leaves the password, though the environment and the file name one for stress', async () => {
    writeFileSync(file, `mo:${HASH}:::::\n`);
    writeFileSync(join(cwd, 'pw'), 'another');
    writeFileSync(join(cwd, 'port20.config.yaml'), 'password-file: pw\n');
    const env = { PORT20_PASSWORD_FILE: 'pw' };
    expect(await user(['add', 'mo', '--change', '--rate', '1MiB'], { env })).toMatchObject({ status: 0 });
    expect(text()).toBe(`mo:${HASH}::::::rate=1MiB\n`);
  });

  it('is not told what the environment and the configuration file say of the server', async () => {
    writeFileSync(join(cwd, 'port20.config.yaml'), 'users: users\nroot: /srv\nmax-sessions: 7\n');
    const options = { cwd, input: 'x', env: { PORT20_ROOT: '/srv', PORT20_MAX_SESSIONS: '7' } };
    expect(await run(['user', 'add', 'mo'], options)).toMatchObject({ status: 0 });
    expect(text()).toMatch(new RegExp(`^mo:${SCRYPT}::::::\n$`));
  });

  it('is not kept from it by one that was killed, of which nothing is left', async () => {
    const fifo = join(cwd, 'etc');
    await startProgram('mkfifo', [fifo]).ended;
    const killed = start(['user', 'add', 'mo', '--users', 'etc'], { cwd, input: 'x' });
    writeFileSync(fifo, ''); // once before the password, and then it waits for what is in the file
    while (!readdirSync(cwd).some((name) => name.startsWith(unfinishedPrefix(fifo))))
      await systemClock.sleep(5);
    killed.child.kill('SIGKILL');
    await killed.ended;
    rmSync(fifo);
    const added = await run(['user', 'add', 'mo', '--users', 'etc'], { cwd, input: 'x' });
    expect(added).toMatchObject({ status: 0 });
    expect(readdirSync(cwd)).toEqual(['etc']);
  });

  it('by several at once loses none of them', async () => {
    writeFileSync(file, '');
    const names = ['a', 'b', 'c', 'd'];
    const all = await Promise.all(names.map((name) => user(['add', name], { input: name })));
    for (const [at, { status, stderr }] of all.entries()) {
      if (status === 0) expect(text()).toContain(`${names[at]}:$scrypt$`);
      else expect(stderr).toMatch(/another port20 user changes 'users'/);
    }
    expect(text().match(/\n/g) ?? []).toHaveLength(all.filter(({ status }) => status === 0).length);
  });
});

describe('on a terminal', () => {
  /** Types each answer when its prompt is there. */
  async function typing(answers: readonly (readonly [prompt: RegExp, keys: string])[]) {
    const command = `'${process.execPath}' '${MAIN}' user add mo --users users`;
    const child = spawn('script', ['-qefc', command, '/dev/null'], { cwd, env: { PATH: process.env.PATH } });
    let shown = '';
    child.stdout.setEncoding('utf8').on('data', (more: string) => {
      shown += more;
    });
    const ended = once(child, 'close');
    for (const [prompt, keys] of answers) {
      while (!prompt.test(shown)) await Promise.race([once(child.stdout, 'data'), ended]);
      child.stdin.write(keys);
    }
    const [status] = await ended;
    return { status, shown };
  }

  it('the password is asked for twice and not shown', async () => {
    const { status, shown } = await typing([
      [/password of 'mo': $/, 'Blue-Harboux\x7fr 7\r'],
      [/the same again: $/, 'Blue-Harbour 7\r'],
    ]);
    expect(status).toBe(0);
    expect(shown).not.toContain('Blue');
    expect(text()).toMatch(/^mo:\$scrypt\$/);
  });

  it('two that differ are refused, and Ctrl-C ends it; the file is as it was', async () => {
    const differ = await typing([
      [/password of 'mo': $/, 'one\r'],
      [/the same again: $/, 'two\r'],
    ]);
    expect(differ).toMatchObject({
      status: 2,
      shown: expect.stringMatching(/port20: the two passwords are not the same/),
    });
    expect(await typing([[/password of 'mo': $/, 'one\x03']])).toMatchObject({ status: 130 });
    expect(existsSync(file)).toBe(false);
  });
});

describe('list', () => {
  it('tells names, roots, rights and limits, and no hash', async () => {
    writeFileSync(file, `mo:${HASH}:::::\njörg:!${HASH}::::/srv/j::read-only rate=1MiB\n`, { mode: 0o600 });
    const { status, stdout } = await user(['list']);
    expect(status).toBe(0);
    expect(stdout).toBe(
      [
        'name  root    rights     sessions  rate    quota  password',
        'mo    .       all        -         -       -      bcrypt',
        'jörg  /srv/j  read-only  -         1MiB/s  -      locked\n',
      ].join('\n'),
    );
    const json = JSON.parse((await user(['list', '--json'])).stdout);
    expect(json).toMatchObject([
      { name: 'mo', root: '.', may: { upload: true }, maxSessions: null, locked: false },
      { name: 'jörg', root: '/srv/j', may: { upload: false }, maxBytesPerSecond: 2 ** 20, locked: true },
    ]);
    expect(JSON.stringify(json)).not.toContain('$2b$');
  });
});

describe('remove', () => {
  it('takes out the line, and nothing else', async () => {
    writeFileSync(file, `# mo\nmo:${HASH}:::::\njo:${HASH}:::::\n`);
    expect(await user(['remove', 'mo'])).toEqual({
      status: 0,
      stdout: '',
      stderr: "user 'mo' removed from users\n",
    });
    expect(text()).toBe(`# mo\njo:${HASH}:::::\n`);
  });
});

describe('a mistake', () => {
  it.each<[readonly string[], RegExp]>([
    [['add', 'mo', '--users', 'users'], /user 'mo' exists: say --change to change it/],
    [['add', 'ma', '--change', '--users', 'users'], /no user 'ma' \(did you mean 'mo'\?\)/],
    [['add', 'new', '--users', 'users'], /there is no password in standard input/],
    [
      ['add', 'new', '--users', 'users', '--password-file', 'none'],
      /password file 'none' cannot be read: ENOENT/,
    ],
    [
      ['add', 'new', '--users', 'users', '--read-only', '--deny', 'delete'],
      /--read-only and --deny: say one of them/,
    ],
    [['add', 'new', '--users', 'users', '--root', 'a:b'], /--root 'a:b' has a colon/],
    [['add', 'a:b', '--users', 'users'], /"a:b" cannot be a user/],
    [
      ['add', 'anonymous', '--users', 'users'],
      /"anonymous" cannot be a user: it has a name that stands for anon/,
    ],
    [['add', '--users', 'users'], /name the user: port20 user add NAME/],
    [['add', 'mo'], /name the users file: --users FILE/],
    [['add', 'mo', '--users', ''], /--users: is empty: name a file, or leave the flag out/],
    [['remove', 'ma', '--users', 'users'], /no user 'ma' \(did you mean 'mo'\?\)/],
    [['remove', 'mo', '--users', 'none'], /users file 'none' cannot be read: ENOENT/],
    [['remove', 'mo', '--users', 'users', '--rate', '1MiB'], /--rate is not for user remove/],
    [['add', 'new', '--users', 'users', '--json'], /--json is not for user add/],
    [['list', 'mo', '--users', 'users'], /list tells of all users: leave out 'mo'/],
    [['list', '--users', 'none'], /users file 'none' cannot be read: ENOENT/],
    [['lits', '--users', 'users'], /unknown action 'lits' \(did you mean 'list'\?\)/],
  ])('%j', async (args, line) => {
    writeFileSync(file, `mo:${HASH}:::::\n`, { mode: 0o600 });
    expectOneLine(await run(['user', ...args], { cwd }), 2, line);
    expect(text()).toBe(`mo:${HASH}:::::\n`);
  });

  it.each<[string, readonly string[], RegExp]>([
    ['mo:secret:::::', [], /users, line 1: 'mo' has a password that is no hash: give a new one/],
    [`mo:${HASH}:::::`, ['--write'], /write is about anonymous users/],
  ])('%j and serve %j', async (line, flags, said) => {
    writeFileSync(file, `${line}\n`, { mode: 0o600 });
    for (const workers of ['1', '2']) {
      const listen = ['--listen', `${ownAddress()}:2121`, '--workers', workers];
      expectOneLine(await run(['serve', '--users', 'users', ...listen, ...flags], { cwd }), 2, said);
    }
  });

  it('in a password that FTP cannot send', async () => {
    expectOneLine(await user(['add', 'mo'], { input: 'a\nb\n' }), 2, /has a line break or a NUL in it/);
    expectOneLine(await user(['add', 'mo'], { input: 'a'.repeat(1001) }), 2, /has more than 1000 bytes/);
    expectOneLine(await user(['add', 'mo'], { input: 'a'.repeat(3_000_000) }), 2, /has more than 1000 bytes/);
    expect(existsSync(file)).toBe(false);
  });

  it('that is a file which cannot be written, or which somebody changes', async () => {
    expectOneLine(
      await run(['user', 'add', 'mo', '--users', 'none/users'], { cwd, input: 'x' }),
      3,
      /cannot write 'none\/users': ENOENT/,
    );
    writeFileSync(join(cwd, ownedName(unfinishedPrefix(file))), ''); // this process runs
    expectOneLine(
      await user(['add', 'mo'], { input: 'x' }),
      3,
      /another port20 user changes 'users': try again/,
    );
  });
});
