// Uploads cut at random points in every way they can be cut: no half file under the target's name, the old one as it was,
// nothing else to be seen; and then curl and lftp, by turns, go on to a whole file. Exit 1 where one of these does not hold.
// node test/server/files/cut-uploads.mjs [--points 20] [--seed 1]; --points at random for each way, and both ends. Needs Linux, root or user
// namespaces, curl, lftp and a built dist/: what is missing is said, and the status is 3.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ScriptedSession, startServer } from './scripted.mjs';

const NEW_BYTES = 3_000_017;
const OLD_BYTES = 1_000_003;
const SMALL_DISK = '8m';
/** Points at each end, so that each client has each with and without an old file. */
const ENDS = 4;
const WORKERS = 2;
const TARGET = 'target.bin';
const PART = /^\.port20-[0-9a-f]{16}-\d+\.part$/;
/** What is not there by then never comes, whatever the machine does. */
const HUNG_MS = 60_000;

const { values } = parseArgs({
  options: {
    points: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    base: { type: 'string' }, // given only by this script to itself, in its own mount namespace
  },
});
const [points, seed] = [values.points, values.seed].map(Number);
for (const [name, value] of Object.entries({ points, seed })) {
  if (!(Number.isSafeInteger(value) && value >= (name === 'seed' ? 0 : 1))) {
    console.error(`--${name} must be a whole number, not '${values[name]}'`);
    process.exit(2);
  }
}

/** With the small disk, which nobody else sees and which goes with the last process that does. */
function inOwnNamespace() {
  const missing = ['curl', 'lftp', 'unshare'].filter((name) => spawnSync(name, ['--version']).error);
  if (withSmallDisk(tmpdir(), ['true'], 'ignore') !== 0)
    missing.push('a mount namespace (root or user namespaces)');
  if (missing.length > 0) {
    console.error(`not tried, for want of ${missing.join(', ')}`);
    return 3;
  }
  const base = mkdtempSync(join(tmpdir(), 'port20-cut-'));
  try {
    mkdirSync(join(base, 'root/small'), { recursive: true });
    const command = [
      process.execPath,
      fileURLToPath(import.meta.url),
      ...process.argv.slice(2),
      '--base',
      base,
    ];
    return withSmallDisk(join(base, 'root/small'), command, 'inherit') ?? 1;
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
}

/** @returns the status of `command`, for which alone the disk is there; null when it has none */
function withSmallDisk(place, command, stdio) {
  const own = [...(process.geteuid?.() === 0 ? [] : ['--map-root-user']), '--mount'];
  const script = `mount -t tmpfs -o size=${SMALL_DISK} none "$0" && exec "$@"`;
  return spawnSync('unshare', [...own, 'sh', '-c', script, place, ...command], { stdio }).status;
}

/** How an upload is cut; `fraction` in 0 … 1 chooses among the ways to do it. Each resolves when the server is done with it. */
const WAYS = {
  reset: async ({ session, data }) => {
    data.resetAndDestroy();
    expectCode(await session.reply(), '426');
  },
  ABOR: async ({ session, data }) => {
    expectCode(await session.command('ABOR'), '426');
    expectCode(await session.reply(), '226');
    data.destroy();
  },
  'lost control': async ({ session, data, rest, fraction }) => {
    if (fraction < 0.5) session.reset();
    else session.destroy();
    const closed = closeOf(data);
    if (fraction < 0.25 || fraction > 0.75) data.end(rest); // what was on its way comes all the same, and a clean end
    await closed;
  },
  'killed worker': async ({ session, data, server }) => {
    const worker = workerOf(server, session.localPort);
    const closed = closeOf(data);
    process.kill(worker, 'SIGKILL');
    await closed;
    await until(() => !childrenOf(server.pid).includes(worker), 'the worker to be gone');
  },
  'full disk': async ({ session, data, rest }) => {
    data.end(rest);
    expectCode(await session.reply(), '452');
  },
};

/** Also of one that ends by a reset. */
const closeOf = (socket) => new Promise((resolve) => socket.once('close', resolve));

async function main(base) {
  const { createRandom } = await import('../../../dist/stats/random.js');
  const { uniform: random } = createRandom(seed);
  const root = join(base, 'root');
  const local = join(base, TARGET);
  const content = bytesFrom(random, NEW_BYTES);
  const old = bytesFrom(random, OLD_BYTES);
  writeFileSync(local, content);
  const server = await startServer(root, ['--write', '--workers', String(WORKERS)]);
  const run = { base, root, local, content, old, server, random, breaches: [] };
  const startedMs = performance.now();
  try {
    console.log(
      `seed ${seed}: uploads of ${NEW_BYTES} bytes; the old file, in every other case, has ${OLD_BYTES}`,
    );
    row('cut by', 'points', 'intact', 'kept, bytes', 'by curl', 'by lftp');
    for (const way of Object.keys(WAYS)) await tryWay(run, way);
  } finally {
    server.kill('SIGTERM');
    await server.ended;
  }
  for (const breach of run.breaches) console.log(`  ${breach}`);
  const well = run.breaches.length === 0;
  console.log(`${well ? 'ok' : 'FAILED'}, in ${Math.round((performance.now() - startedMs) / 1000)} s`);
  return well ? 0 : 1;
}

async function tryWay(run, way) {
  const counts = { intact: 0, curl: [0, 0], lftp: [0, 0] };
  const kept = [];
  const most = points + (way === 'full disk' ? 0 : 2 * ENDS);
  for (let n = 0; n < most; n++) {
    const point = pointOf(run, way, n);
    const words = `${way}, point ${n}, at byte ${point.atBytes}${point.hasOld ? ' over an old file' : ''}`;
    const breach = (error) => run.breaches.push(`${words}: ${error.message}`);
    counts[point.client][1]++;
    try {
      kept.push(await cut(run, point));
      counts.intact++;
      await goOn(run, point);
      counts[point.client][0]++;
    } catch (error) {
      breach(error);
    }
    rmSync(point.folder, { recursive: true, force: true });
  }
  const range = kept.length > 0 ? `${Math.min(...kept)} … ${Math.max(...kept)}` : '';
  row(way, most, counts.intact, range, counts.curl.join('/'), counts.lftp.join('/'));
}

/** Behind the random points come the ends: one byte, and every byte without the end of the file. */
function pointOf({ root, random, server }, way, n) {
  const anywhere = 1 + Math.trunc(random() * NEW_BYTES);
  const name = `${way.replace(' ', '-')}-${n}`;
  const path = way === 'full disk' ? `small/${name}` : name;
  return {
    way,
    path: `${path}/${TARGET}`,
    folder: join(root, path),
    ballast: way === 'full disk' ? join(root, 'small/ballast') : undefined,
    atBytes: n < points ? anywhere : n < points + ENDS ? 1 : NEW_BYTES,
    /** Cut only when the server has written what was sent, or while it is on its way. */
    settled: random() < 0.5 || n >= points,
    fraction: random(),
    hasOld: (n >> 1) % 2 === 0,
    client: n % 2 === 0 ? 'lftp' : 'curl',
    passive: (n >> 2) % 2 === 0,
    url: `ftp://${server.host}:${server.port}`,
  };
}

/** @returns how many bytes of it are kept. @throws for whatever is not as it must be */
async function cut(run, point) {
  const { old, content, server } = run;
  mkdirSync(point.folder);
  if (point.hasOld) writeFileSync(join(point.folder, TARGET), old);
  if (point.ballast !== undefined) leaveRoom(point);
  const session = await ScriptedSession.loggedIn(server);
  try {
    await session.command('TYPE I');
    const { data, first } = await session.begin(`STOR ${point.path}`);
    expectCode(first, '150');
    data.resume();
    const sent = point.ballast === undefined ? point.atBytes : 1;
    data.write(content.subarray(0, sent));
    await until(() => keptIn(point).length >= (point.settled ? sent : 1), 'what was sent to be written');
    requireIntact(run, point);
    await inTime(
      WAYS[point.way]({ session, data, server, rest: content.subarray(sent), fraction: point.fraction }),
      'the cut to be over',
    );
  } finally {
    session.destroy();
  }
  await untilReleased(run, point);
  requireIntact(run, point);
  await requireListed(run, point);
  const kept = keptIn(point);
  if (!content.subarray(0, kept.length).equals(kept)) throw new Error('the part is not how the file begins');
  return kept.length;
}

/** A lost control connection has no reply to wait for: SIZE tells of the part as soon as nobody writes it. */
async function untilReleased({ server }, { path }) {
  const session = await ScriptedSession.loggedIn(server);
  await session.command('TYPE I');
  const deadline = performance.now() + HUNG_MS;
  for (;;) {
    const reply = await session.command(`SIZE ${path}`);
    if (reply.startsWith('213 ') && reply !== `213 ${OLD_BYTES}`) break;
    if (performance.now() > deadline) throw new Error(`nothing to go on with: ${reply}`);
    await sleep(5);
  }
  session.destroy();
}

/** Under the target's name are the old bytes or nothing, and nothing else is in its folder but parts. */
function requireIntact({ old }, { folder, hasOld }) {
  const names = readdirSync(folder).filter((name) => !PART.test(name));
  const expected = hasOld ? TARGET : '';
  if (names.join() !== expected) throw new Error(`in the folder: '${names}', not '${expected}'`);
  if (hasOld && !readFileSync(join(folder, TARGET)).equals(old)) throw new Error('the old file is changed');
}

async function requireListed({ server, old }, { path, hasOld }) {
  const session = await ScriptedSession.loggedIn(server);
  await session.command('TYPE I');
  const fetch = async (line) => {
    const chunks = [];
    const replies = await session.transfer(line, { onData: (chunk) => chunks.push(chunk) });
    return { content: Buffer.concat(chunks), last: replies.at(-1) };
  };
  const listing = (await fetch(`LIST ${path.slice(0, -TARGET.length - 1)}`)).content.toString();
  const shown = hasOld ? new RegExp(`^-\\S+ .* ${OLD_BYTES} .* ${TARGET}\r\n$`) : /^$/;
  if (!shown.test(listing)) throw new Error(`LIST shows ${JSON.stringify(listing)}`);
  const { content, last } = await fetch(`RETR ${path}`);
  if (hasOld ? !content.equals(old) : !last.startsWith('550'))
    throw new Error(`RETR does not give the old file: ${last}`);
  session.destroy();
}

async function goOn({ base, local, content }, { client, passive, url, path, folder, ballast }) {
  if (ballast !== undefined) rmSync(ballast);
  const command = {
    curl: [
      'curl',
      '-sS',
      '-q',
      ...(passive ? [] : ['--ftp-port', '-']),
      '-C',
      '-',
      '-T',
      local,
      `${url}/${path}`,
    ],
    lftp: [
      'lftp',
      '--norc',
      '-c',
      `set net:timeout 25; set net:max-retries 1; set cmd:fail-exit yes; set ftp:passive-mode ${passive}; ` +
        `open ${url}; put -c ${local} -o ${path}`,
    ],
  }[client];
  const env = { PATH: process.env.PATH, HOME: base, LANG: 'C.UTF-8' };
  const child = spawn(command[0], command.slice(1), { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => {
      said += text;
    });
  }
  const timer = setTimeout(() => child.kill('SIGKILL'), HUNG_MS);
  const [code, signal] = await once(child, 'close');
  clearTimeout(timer);
  const how = `${client} ended with ${signal ?? code}: ${said.trim()}`;
  const target = join(folder, TARGET);
  if (code !== 0) throw new Error(how);
  if (!existsSync(target)) throw new Error(`no file; ${how}`);
  const found = readFileSync(target);
  if (!found.equals(content)) throw new Error(`a wrong file of ${found.length} bytes; ${how}`);
  const names = readdirSync(folder);
  if (names.join() !== TARGET) throw new Error(`left in the folder: ${names}`);
}

/** The disk holds `atBytes` more, by whole pages. */
function leaveRoom({ ballast, atBytes, folder }) {
  const { bavail, bsize } = statfsSync(folder);
  writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - Math.ceil(atBytes / bsize) * bsize)));
}

function keptIn({ folder }) {
  const [part, ...others] = readdirSync(folder).filter((name) => PART.test(name));
  if (others.length > 0) throw new Error('more parts than one');
  if (part === undefined) return Buffer.alloc(0);
  if (statSync(join(folder, part)).isFile()) return readFileSync(join(folder, part));
  throw new Error(`${part} is not a file`);
}

const childrenOf = (pid) =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);

/** The child that has the server's end of the connection from `port` open. */
function workerOf({ pid, port: serverPort }, port) {
  const hex = (number) => `:${number.toString(16).toUpperCase().padStart(4, '0')}`;
  const line = readFileSync('/proc/self/net/tcp', 'utf8')
    .split('\n')
    .map((text) => text.trim().split(/\s+/))
    .find(([, local, remote]) => local?.endsWith(hex(serverPort)) && remote?.endsWith(hex(port)));
  const link = `socket:[${line?.[9]}]`;
  const found = childrenOf(pid).find((child) =>
    readdirSync(`/proc/${child}/fd`).some((fd) => linkOf(`/proc/${child}/fd/${fd}`) === link),
  );
  if (found === undefined) throw new Error('no worker has the control connection');
  return found;
}

function linkOf(path) {
  try {
    return readlinkSync(path);
  } catch {
    return undefined; // closed meanwhile
  }
}

async function until(holds, what) {
  const deadline = performance.now() + HUNG_MS;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await sleep(2);
  }
}

function inTime(promise, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited in vain for ${what}`)), HUNG_MS);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

function expectCode(reply, code) {
  if (!reply.startsWith(code)) throw new Error(`'${reply}', not ${code}`);
}

function bytesFrom(random, bytes) {
  const words = Uint32Array.from({ length: Math.ceil(bytes / 4) }, () => random() * 2 ** 32);
  return Buffer.from(words.buffer).subarray(0, bytes);
}

function row(...cells) {
  const widths = [15, 8, 8, 20, 9];
  console.log(
    cells
      .map((cell, i) => String(cell).padEnd(widths[i] ?? 0))
      .join(' ')
      .trimEnd(),
  );
}

process.exitCode = values.base === undefined ? inOwnNamespace() : await main(values.base);
