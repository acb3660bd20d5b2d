// Users files as ftpasswd of ProFTPD and pure-pw of Pure-FTPd make them here and now: their users log in, with the right
// password and no other, locked ones do not, and hashes that cannot be checked are named with a way out.
// `npx tsc -p . && node test/server/users/other-servers-files.mjs`: under a minute; Debian, whose packages it unpacks aside.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { debianProgram } from '../../../dist/peers/packages.js';
import { startServer } from '../files/scripted.mjs';

const MAIN = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));
const PASSWORD = 'Blue-Harbour 7';
const folder = mkdtempSync(join(tmpdir(), 'port20-other-'));
const homes = join(folder, 'homes');

const ftpasswd = await debianProgram('proftpd-core', 'usr/sbin/ftpasswd');
const purePw = await debianProgram('pure-ftpd', 'usr/bin/pure-pw');

try {
  await usersOfFtpasswd();
  refusedOfFtpasswd();
  await usersOfPurePw();
} finally {
  rmSync(folder, { recursive: true });
}

async function usersOfFtpasswd() {
  const file = join(folder, 'ftpd.passwd');
  for (const [name, hash] of [
    ['mo', '--sha512'],
    ['jo', '--sha256'],
    ['lo', '--sha512'],
  ]) {
    makeWithFtpasswd(file, name, hash);
  }
  run(ftpasswd, ['--passwd', `--file=${file}`, '--name=lo', '--lock']);
  await serving(file, async (server) => {
    for (const name of ['mo', 'jo']) {
      assert.match(await logIn(server, name, PASSWORD), /^230 /);
      assert.match(await logIn(server, name, `${PASSWORD}.`), /^530 /);
    }
    assert.match(await logIn(server, 'lo', PASSWORD), /^530 /);
  });
  console.log('ftpasswd: --sha512 and --sha256 log in, a locked one does not');
}

function refusedOfFtpasswd() {
  for (const [hash, said] of [
    ['--md5', /line 1: 'mo' has an MD5 hash.*port20 user add 'mo' --change/],
    ['--des', /line 1: 'mo' has a DES hash.*port20 user add 'mo' --change/],
  ]) {
    const file = join(folder, `passwd${hash}`);
    makeWithFtpasswd(file, 'mo', hash);
    const { status, stderr } = spawnSync(process.execPath, [MAIN, 'user', 'list', '--users', file], {
      encoding: 'utf8',
    });
    assert.equal(status, 2);
    assert.match(stderr, said);
  }
  console.log('ftpasswd: --md5 and --des are refused with their way out');
}

async function usersOfPurePw() {
  const file = join(folder, 'pureftpd.passwd');
  const all = ['-u', '2001', '-g', '2001', '-f', file];
  const make = (name, ...flags) => {
    mkdirSync(join(homes, name), { recursive: true });
    run(purePw, ['useradd', name, ...flags, ...all], `${PASSWORD}\n${PASSWORD}\n`);
  };
  make('ann', '-d', join(homes, 'ann'));
  make('ben', '-D', join(homes, 'ben'), '-y', '1', '-N', '100', '-n', '1000', '-t', '64', '-T', '32');
  make('cat', '-d', join(homes, 'cat'), '-r', '10.0.0.0/8');
  await serving(file, async (server) => {
    assert.match(await logIn(server, 'ann', PASSWORD), /^230 /);
    assert.match(await logIn(server, 'ann', `${PASSWORD}.`), /^530 /);
    assert.match(await logIn(server, 'cat', PASSWORD), /^530 /);
    const inside = await session(server, 'ben', PASSWORD);
    assert.match(inside.reply, /^230 /);
    assert.match(await logIn(server, 'ben', PASSWORD), /^421 Too many sessions of this user \(1\)/);
    inside.socket.destroy();
  });
  console.log('pure-pw: users log in, with their limits, and not from where they may not');
}

function makeWithFtpasswd(file, name, hash) {
  const home = join(homes, name);
  mkdirSync(home, { recursive: true });
  const flags = ['--uid=2001', '--gid=2001', '--shell=/bin/false', '--stdin', hash];
  run(
    ftpasswd,
    ['--passwd', `--file=${file}`, `--name=${name}`, `--home=${home}`, ...flags],
    `${PASSWORD}\n`,
  );
}

function run({ file, env }, args, input = '') {
  const { status, stderr, error } = spawnSync(file, args, { env, input, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${file} ${args.join(' ')}: ${error ?? stderr}`);
}

async function serving(file, test) {
  mkdirSync(homes, { recursive: true });
  const server = await startServer(homes, ['--users', file]);
  try {
    await test(server);
  } finally {
    server.kill('SIGTERM');
    await server.ended;
  }
}

async function logIn(server, name, password) {
  const { reply, socket } = await session(server, name, password);
  socket.destroy();
  return reply;
}

/** One login, and the last reply to it; the socket is the caller's to end. */
function session({ host, port }, name, password) {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port }).setEncoding('latin1');
    socket.on('error', reject).on('data', (reply) => {
      if (reply.startsWith('220 ')) socket.write(`USER ${name}\r\n`);
      else if (reply.startsWith('331 ')) socket.write(`PASS ${password}\r\n`);
      else resolve({ reply, socket });
    });
  });
}
