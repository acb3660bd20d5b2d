// TLS with lftp, Python's ftplib, basic-ftp and curl, in each way that they have: as many transfers each as are asked for, counted by
// the server's own log; then session reuse that is required, and the protocols and ciphers that openssl's client finds.
// Usage: test/interop/tls [--transfers 1000] [--client lftp,curl]. Exit 1 when anything is not as it should be.
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { throwawayCertificate } from '../../dist/engine/throwaway-certificate.js';
import { CLIENTS } from './tls-clients.mjs';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const [HOST, PORT, IMPLICIT] = ['127.20.22.1', 2121, 2990];
/** A client that is at it for longer hangs. curl 7.88 takes a third of a second for each: what its TLS has read already it does not look for. */
const GUARD_MS = 900_000;
const run = promisify(execFile);

const { values } = parseArgs({
  options: { transfers: { type: 'string', default: '1000' }, client: { type: 'string' } },
});
const transfers = Number(values.transfers);
const clients = CLIENTS.filter(({ name }) => values.client?.split(',').includes(name) ?? true);
const folder = await mkdtemp(join(tmpdir(), 'port20-tls-'));
const problems = [];

/** Serves for as long as `work` takes. @returns the lines of its log about data connections */
async function serving(pem, more, work) {
  const here = await mkdtemp(join(folder, 'server-'));
  const [root, log] = [join(here, 'root'), join(here, 'log')];
  await mkdir(root);
  const content = randomBytes(20_000);
  await writeFile(join(root, 'f'), content);
  await writeFile(join(here, 'cert.pem'), pem.cert);
  await writeFile(join(here, 'key.pem'), pem.key, { mode: 0o600 });
  const listen = `${HOST}:${PORT},${HOST}:${IMPLICIT}`;
  const args = ['serve', '--listen', listen, '--root', root, '--write', '--log-file', log];
  const tls = ['--tls', 'require', '--tls-cert', join(here, 'cert.pem'), '--tls-key', join(here, 'key.pem')];
  const all = [MAIN, ...args, ...tls, '--implicit-tls', String(IMPLICIT), ...more];
  const child = spawn(process.execPath, all, { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(child, 'exit');
  await new Promise((resolve, reject) => {
    child.once('exit', (status) => reject(new Error(`serve ended with ${status}`)));
    createInterface(child.stderr).on('line', (line) => {
      if (line.startsWith('listening on')) resolve();
      else if (!/^port20: (warning: it serves as root|SIGTERM)/.test(line)) console.error(line);
    });
  });
  try {
    await work({ root, here, content });
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
  const lines = (await readFile(log, 'utf8'))
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  return lines.filter(({ command, outcome }) => command !== undefined && outcome !== undefined);
}

async function session({ file, args, stdin = '' }, cwd) {
  const child = spawn(file, args, {
    cwd,
    stdio: 'pipe',
    env: { ...process.env, HOME: cwd, LANG: 'C.UTF-8' },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      said = (said + text).slice(-4000);
    });
  }
  child.stdin.on('error', () => {});
  child.stdin.end(stdin);
  const guard = setTimeout(() => child.kill('SIGKILL'), GUARD_MS);
  const [status, signal] = await once(child, 'close');
  clearTimeout(guard);
  return { status: signal ?? status, said };
}

/** One client in one way: what it moved, by the server's log and on the disk. */
async function tryOut(client, mode, kind, pem) {
  const name = `${client.name}, ${mode}, ${kind}`;
  const half = Math.ceil(transfers / 2);
  const startedAtMs = performance.now();
  let result;
  let whole = 0;
  const lines = await serving(pem, [], async ({ root, here, content }) => {
    await writeFile(join(here, 'f'), content);
    const port = kind === 'implicit' ? IMPLICIT : PORT;
    result = await session(client.run({ host: HOST, port, mode, kind, count: half, here }), here);
    for (let index = 1; index <= half; index++) {
      const [up, down] = await Promise.all(
        [join(root, `u${index}`), join(here, `d${index}`)].map((file) => readFile(file).catch(() => null)),
      );
      whole += [up, down].filter((bytes) => bytes?.equals(content)).length;
    }
  });
  const files = lines.filter(({ command }) => command === 'RETR' || command === 'STOR');
  const failed = lines.filter(({ outcome }) => outcome.kind !== 'completed');
  const plain = files.filter(({ tls }) => tls === undefined);
  const binder = mode === 'passive' ? 'passive' : 'reuse-port';
  const otherwise = files.filter((line) => line.binder !== binder);
  const resumed = files.filter(({ tls }) => tls?.resumed).length;
  const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1);
  const [{ tls } = {}] = files;
  console.log(
    `${name.padEnd(32)} ${files.length} transfers, ${failed.length} failed, ${whole} whole, ${resumed} resumed, ${tls?.protocol}, ${seconds} s`,
  );
  const right = result.status === 0 && files.length === 2 * half && whole === 2 * half;
  if (right && failed.length + plain.length + otherwise.length === 0) return;
  problems.push(name);
  console.log(`  status ${result.status}; ${JSON.stringify(failed[0]?.outcome)}\n${result.said}`);
}

/** Whether a client that resumes, or does not, has its transfers under `--tls-reuse require`. */
async function tryReuse(client, version, pem) {
  let result;
  const lines = await serving(pem, ['--tls-reuse', 'require'], async ({ here, content }) => {
    await writeFile(join(here, 'f'), content);
    const way = { host: HOST, port: PORT, mode: 'passive', kind: 'explicit', count: 5, here, version };
    result = await session(client.run(way), here);
  });
  const files = lines.filter(({ command }) => command === 'RETR' || command === 'STOR');
  const completed = files.filter(({ outcome }) => outcome.kind === 'completed');
  const refused = files.filter(({ outcome }) => outcome.code === 'TLS_NOT_RESUMED');
  const versions = [...new Set(files.map(({ tls }) => tls?.protocol))];
  const right = { all: completed.length === 10, first: completed.length === 1, none: completed.length === 0 }[
    client.resumes[version]
  ];
  console.log(
    `reuse require, ${client.name} ${versions}: ${completed.length} completed, ${refused.length} refused with 522`,
  );
  if (
    right &&
    completed.length + refused.length === files.length &&
    versions.length === 1 &&
    versions[0] === `TLSv${version}`
  )
    return;
  problems.push(`reuse of ${client.name} ${version}`);
  console.log(result.said);
}

/** Whether openssl's client gets a connection. */
async function handshakes(...args) {
  const child = spawn('openssl', ['s_client', '-starttls', 'ftp', '-connect', `${HOST}:${PORT}`, ...args], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  let said = '';
  child.stdout.on('data', (text) => {
    said += text;
  });
  child.stdin.on('error', () => {});
  child.stdin.end('QUIT\r\n');
  await once(child, 'close');
  return /Cipher is (?!\(NONE\))/.test(said);
}

async function tryProtocols(kind, pem, expected) {
  await serving(pem, [], async () => {
    const weak = ['-cipher', 'ALL:@SECLEVEL=0'];
    const spoken = [];
    for (const version of ['tls1', 'tls1_1', 'tls1_2', 'tls1_3']) {
      if (await handshakes(`-${version}`, ...weak)) spoken.push(version);
    }
    const { stdout } = await run('openssl', ['ciphers', '-tls1_2', 'ALL:COMPLEMENTOFALL:@SECLEVEL=0']);
    const names = stdout
      .trim()
      .split(':')
      .filter((name) => !name.startsWith('TLS_'));
    const taken = [];
    for (const name of names) {
      if (await handshakes('-tls1_2', '-cipher', `${name}:@SECLEVEL=0`)) taken.push(name);
    }
    console.log(
      `openssl, ${kind} key: ${spoken.join(' ')}; of ${names.length} ciphers of TLS 1.2: ${taken.join(' ')}`,
    );
    if (spoken.join() !== 'tls1_2,tls1_3') problems.push(`protocols with an ${kind} key`);
    if (taken.sort().join() !== expected.sort().join()) problems.push(`ciphers with an ${kind} key`);
  });
}

const forwardSecret = (kind) =>
  ['AES256-GCM-SHA384', 'CHACHA20-POLY1305', 'AES128-GCM-SHA256'].map((name) => `ECDHE-${kind}-${name}`);

async function rsaPem() {
  const [cert, key] = [join(folder, 'rsa-cert.pem'), join(folder, 'rsa-key.pem')];
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=port20', '-days', '2'];
  await run('openssl', [...request, '-keyout', key, '-out', cert]);
  return { cert: await readFile(cert, 'utf8'), key: await readFile(key, 'utf8') };
}

try {
  const pem = throwawayCertificate();
  for (const client of clients) {
    for (const mode of client.modes) for (const kind of client.kinds) await tryOut(client, mode, kind, pem);
  }
  for (const client of clients) {
    for (const version of Object.keys(client.resumes)) await tryReuse(client, version, pem);
  }
  await tryProtocols('EC', pem, forwardSecret('ECDSA'));
  await tryProtocols('RSA', await rsaPem(), forwardSecret('RSA'));
} finally {
  await rm(folder, { recursive: true });
}
console.log(problems.length === 0 ? 'all as it should be' : `not as it should be: ${problems.join('; ')}`);
process.exitCode = problems.length === 0 ? 0 : 1;
