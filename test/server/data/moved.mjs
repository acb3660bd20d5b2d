// Files of random sizes up and down at random paces, many at once, by every way that bytes are moved: each is compared by its hash.
// node test/server/data/moved.mjs [--seconds 20] [--seed N] (needs a build)
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createRandom } from '../../../dist/stats/random.js';
import { ScriptedSession, startServer } from '../files/scripted.mjs';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '20' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
  },
});
const SESSIONS = 8;
const MOST_BYTES = 12 * 2 ** 20;
/** Each way with a server of its own, one after another. */
const WAYS = [
  { name: 'auto, on disk', flags: [] },
  { name: 'auto, in memory', flags: [], base: '/dev/shm' },
  { name: 'pool', flags: ['--file-calls', 'pool'] },
  { name: 'two workers', flags: ['--workers', '2'] },
  { name: 'paced', flags: ['--max-rate', '20MiB'] },
  { name: 'without FFI', flags: ['--binder', 'ephemeral'], env: { PORT20_NO_FFI: '1' } },
];
/** The script ends by itself, whatever hangs. */
const MOST_MS = Number(values.seconds) * 1000 + 240_000;
setTimeout(() => fail(`not done within ${MOST_MS} ms`), MOST_MS).unref();

const random = createRandom(Number(values.seed));
console.log(`seed ${values.seed}`);
const folders = [];
/** One block of noise, of which every file is a piece. */
const NOISE = Buffer.alloc(MOST_BYTES + 4096);
for (let at = 0; at < NOISE.length; at += 4) NOISE.writeUInt32LE(Math.floor(random.uniform() * 2 ** 32), at);

for (const way of WAYS) {
  const base = mkdtempSync(join(way.base ?? tmpdir(), 'port20-moved-'));
  folders.push(base);
  const root = join(base, 'root');
  mkdirSync(root);
  const flags = ['--write', '--max-sessions-per-address', '100', ...way.flags];
  const server = await startServer(root, flags, { cwd: base, env: way.env });
  const endMs = performance.now() + (Number(values.seconds) * 1000) / WAYS.length;
  const counts = { up: 0, down: 0, bytes: 0 };
  await Promise.all(Array.from({ length: SESSIONS }, (_, n) => moving(server, root, { n, endMs, counts })));
  server.kill('SIGTERM');
  await server.ended;
  rmSync(base, { recursive: true });
  const mebibytes = Math.round(counts.bytes / 2 ** 20);
  console.log(`${way.name}: ${counts.up} up, ${counts.down} down, ${mebibytes} MiB, all alike`);
}
console.log('ok');

async function moving(server, root, { n, endMs, counts }) {
  const session = await ScriptedSession.loggedIn(server);
  await session.command('TYPE I');
  while (performance.now() < endMs) {
    const content = someContent();
    const name = `file-${n}`;
    const up = await session.begin(`STOR ${name}`);
    if (!up.first.startsWith('150')) fail(up.first);
    const closed = new Promise((resolve) => up.data.once('close', resolve));
    up.data.resume();
    await sendInPieces(up.data, content);
    await closed;
    const stored = await session.reply();
    if (!stored.startsWith('226')) fail(stored);
    alike(readFileSync(join(root, name)), content, `${name} after STOR`);
    counts.up++;

    const start = random.uniform() < 0.3 ? Math.floor(random.uniform() * (content.length + 1)) : 0;
    if (start > 0) await session.command(`REST ${start}`);
    if (random.uniform() < 0.2) writeFileSync(join(root, name), content); // by somebody else than the server
    const down = await session.begin(`RETR ${name}`);
    if (!down.first.startsWith('150')) fail(down.first);
    const got = await receiveInPieces(down.data);
    const sent = await session.reply();
    if (!sent.startsWith('226')) fail(sent);
    alike(got, content.subarray(start), `${name} from ${start}`);
    counts.down++;
    counts.bytes += content.length + got.length;
  }
  session.destroy();
}

/** Mostly small, some around the sizes at which another way is taken, some large. */
function someContent() {
  const kind = random.uniform();
  const edges = [0, 1, 65_535, 65_536, 65_537, 131_072, 524_288, 589_824, 1_048_576, 1_048_577];
  const size =
    kind < 0.3
      ? Math.floor(random.uniform() * 5000)
      : kind < 0.6
        ? edges[Math.floor(random.uniform() * edges.length)]
        : Math.floor(random.uniform() ** 2 * MOST_BYTES);
  const from = Math.floor(random.uniform() * 4096);
  return NOISE.subarray(from, from + size);
}

async function sendInPieces(data, content) {
  const pieces = random.uniform() < 0.5 ? 1 : 1 + Math.floor(random.uniform() * 20);
  const pieceBytes = Math.max(1, Math.ceil(content.length / pieces));
  for (let at = 0; at < content.length; at += pieceBytes) {
    if (!data.write(content.subarray(at, at + pieceBytes))) {
      await Promise.race([new Promise((resolve) => data.once('drain', resolve)), sleep(5000)]);
    }
    if (pieces > 1 && random.uniform() < 0.2) await sleep(random.uniform() * 5);
  }
  data.end();
}

async function receiveInPieces(data) {
  const chunks = [];
  const slow = random.uniform() < 0.3;
  data.on('data', (chunk) => {
    chunks.push(chunk);
    if (!slow || random.uniform() < 0.9) return;
    data.pause();
    setTimeout(() => data.resume(), random.uniform() * 5);
  });
  await new Promise((resolve) => data.once('close', resolve));
  return Buffer.concat(chunks);
}

function alike(got, wanted, what) {
  if (got.length !== wanted.length) fail(`${what}: ${got.length} bytes in place of ${wanted.length}`);
  const hash = (bytes) => createHash('sha256').update(bytes).digest('hex');
  if (hash(got) !== hash(wanted)) fail(`${what}: ${wanted.length} bytes, and others than were sent`);
}

function fail(why) {
  console.error(why);
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  process.exit(1);
}
