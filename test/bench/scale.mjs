// Thousands of sessions and hundreds of transfers in flight, all from one data port, while small transfers are timed.
// node test/bench/scale.mjs [--sessions 5000] [--transfers 500] [--seconds 10] [--workers 1] (needs a build)
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { descendantsOf } from '../../dist/peers/process-tree.js';
import { ScriptedSession, startServer } from '../server/files/scripted.mjs';

const { values } = parseArgs({
  options: {
    sessions: { type: 'string', default: '5000' },
    transfers: { type: 'string', default: '500' },
    seconds: { type: 'string', default: '10' },
    workers: { type: 'string', default: '1' },
  },
});
const SESSIONS = Number(values.sessions);
const TRANSFERS = Number(values.transfers);
const LARGE_BYTES = 16 * 2 ** 20;
/** What each of the transfers in flight takes in a step, so that all of them move and none ends before its time. */
const STEP_BYTES = 64 * 1024;
const STEP_MS = 500;
const AT_ONCE = 50;
/** p99 of a small transfer over its median. */
const MOST_RATIO = 10;
/** The script ends by itself, whatever hangs. */
const MOST_MS = 600_000;

const [, descriptors] = /Max open files\s+\d+\s+(\d+)/.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
const wanted = SESSIONS + 3 * TRANSFERS + 200;
if (Number(descriptors) < wanted) {
  console.error(
    `${SESSIONS} sessions need ${wanted} descriptors, and ${descriptors} may be opened: ulimit -Hn`,
  );
  process.exit(3);
}

const base = mkdtempSync(join(tmpdir(), 'port20-scale-'));
const root = join(base, 'root');
mkdirSync(root);
writeFileSync(join(root, 'tiny'), '0123456789');
writeFileSync(join(root, 'large'), '');
truncateSync(join(root, 'large'), LARGE_BYTES); // sparse: the disk is not what is looked at

const most = String(SESSIONS + 1000);
const limits = ['--max-sessions', most, '--max-sessions-per-address', most, '--workers', values.workers];
const server = await startServer(root, limits, { cwd: base });
const tooLate = setTimeout(() => fail(`not done within ${MOST_MS} ms`), MOST_MS);
server.ended.then((how) => fail(how));
const generator = fork(new URL('./generator/main.mjs', import.meta.url));

await small(1); // what is loaded and compiled with the first is not what they cost
const beforeMiB = memoryMiB();
const sessions = [];
while (sessions.length < SESSIONS) {
  const some = Array.from({ length: Math.min(AT_ONCE, SESSIONS - sessions.length) }, (_, at) =>
    ScriptedSession.loggedIn(server, addressOf(sessions.length + at)),
  );
  sessions.push(...(await Promise.all(some)));
}
const idleMiB = memoryMiB();
const alone = await small(Number(values.seconds));

const transfers = [];
for (let at = 0; at < TRANSFERS; at++) transfers.push(await begin(sessions[at], addressOf(at)));
const steps = setInterval(() => {
  for (const { data } of transfers) data.read(STEP_BYTES);
}, STEP_MS);
const beside = await small(Number(values.seconds));
const inFlight = transfers.filter(({ data, taken }) => !data.readableEnded && taken() < LARGE_BYTES).length;
const busyMiB = memoryMiB();
clearInterval(steps);
const ports = new Set(transfers.map(({ data }) => data.remotePort));
const ends = await Promise.all(transfers.map(({ finish }) => finish()));
const broken = ends.filter(({ bytes, reply }) => bytes !== LARGE_BYTES || !reply.startsWith('226'));
clearTimeout(tooLate);

console.log(`${SESSIONS} sessions logged in, ${values.workers} worker(s): ${beforeMiB} → ${idleMiB} MiB`);
console.log(
  `${inFlight} transfers in flight, from port ${[...ports].join(', ')} of the server: ${busyMiB} MiB`,
);
console.log(`16 sessions fetch 10 bytes each, beside the idle ones: ${told(alone)}`);
console.log(`and beside the transfers in flight:                    ${told(beside)}`);
console.log(`of the ${TRANSFERS} transfers ${ends.length - broken.length} were complete in the end`);
const failures = alone.failures + beside.failures + broken.length;
const ratio = beside.p99Ms / beside.medianMs;
const ok = failures === 0 && ports.size === 1 && inFlight === TRANSFERS && ratio < MOST_RATIO;
console.log(
  ok ? 'ok' : `${failures} failures, ${inFlight} in flight, p99 over the median ${ratio.toFixed(1)}`,
);
generator.kill();
server.kill('SIGKILL');
rmSync(base, { recursive: true });
process.exit(ok ? 0 : 1);

function told({ rate, medianMs, p99Ms, failures: failed }) {
  return `${Math.round(rate)} a second, median ${medianMs.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms, ${failed} failed`;
}

async function small(seconds) {
  generator.send({
    kind: 'transfer',
    server: { address: server.host, port: server.port },
    login: { user: 'anonymous', password: 'bench@' },
    command: 'RETR tiny\r\n',
    expectedBytes: 10,
    sessions: 16,
    seconds,
    warmupSeconds: 0.5,
  });
  const [{ result, error }] = await once(generator, 'message');
  if (error !== undefined) fail(error);
  return result;
}

/** An active RETR of the large file that is taken as `read` says, and whole by `finish`. */
async function begin(session, address) {
  const listener = createServer({ pauseOnConnect: true }).listen(0, address);
  await once(listener, 'listening');
  const { port } = listener.address();
  await session.command('TYPE I');
  await session.command(`PORT ${[...address.split('.'), port >> 8, port & 255].join(',')}`);
  const dialled = once(listener, 'connection');
  const first = await session.command('RETR large');
  if (!first.startsWith('150')) fail(first);
  const [data] = await dialled;
  listener.close();
  let bytes = 0;
  data.on('error', () => {});
  data.on('readable', () => {}); // reads when asked
  return {
    data,
    taken: () => data.bytesRead,
    async finish() {
      bytes = data.bytesRead - data.readableLength;
      data.removeAllListeners('readable').on('data', (chunk) => {
        bytes += chunk.length;
      });
      data.resume();
      await once(data, 'close');
      return { bytes, reply: await session.reply() };
    },
  };
}

function addressOf(n) {
  return `127.${100 + (n >> 16)}.${(n >> 8) & 255}.${1 + (n % 250)}`;
}

/** Of the server and its workers, each its share of what they share. */
function memoryMiB() {
  const pids = [server.pid, ...descendantsOf(server.pid)];
  const kib = pids.map(
    (pid) => /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'))[1],
  );
  return Math.round(kib.reduce((sum, one) => sum + Number(one), 0) / 1024);
}

function fail(why) {
  console.error(why);
  generator?.kill();
  server.kill('SIGKILL');
  rmSync(base, { recursive: true, force: true });
  process.exit(1);
}
