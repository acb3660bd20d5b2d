// Sessions that fetch a large file and read nothing of it: what each costs the server's process, and the kernel.
// node test/server/data/bench-slow-readers.mjs [--sessions 500] [--mebibytes 100] (needs a build)
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { ScriptedSession, startServer } from '../files/scripted.mjs';

const { values } = parseArgs({
  options: {
    sessions: { type: 'string', default: '500' },
    mebibytes: { type: 'string', default: '100' },
  },
});
const SESSIONS = Number(values.sessions);
/** Two chunks of 256 KiB, and what a session costs. */
const MOST_KIB = 640;
/** The script ends by itself, whatever hangs. */
const MOST_MS = 300_000;

const base = mkdtempSync(join(tmpdir(), 'port20-slow-'));
const root = join(base, 'root');
mkdirSync(root);
closeSync(openSync(join(root, 'large'), 'w'));
truncateSync(join(root, 'large'), Number(values.mebibytes) * 2 ** 20); // sparse: the disk is not what is looked at

const limits = ['--max-sessions', String(SESSIONS + 1), '--max-sessions-per-address', String(SESSIONS + 1)];
const server = await startServer(root, limits, { cwd: base });
const tooLate = setTimeout(() => fail(`not done within ${MOST_MS} ms`), MOST_MS);
server.ended.then((how) => fail(how));

const sessions = [];
for (let n = 0; n < SESSIONS; n++) sessions.push(await ScriptedSession.loggedIn(server));
for (const session of sessions) await session.command('TYPE I');
const before = await settled();
const transfers = [];
for (const session of sessions) {
  const { data, first } = await session.begin('RETR large');
  if (!first.startsWith('150')) fail(first);
  transfers.push(data.pause());
}
const early = await settled();
// Every one takes a little, so that the server goes on for each of them, and stops again.
for (const data of transfers) data.on('readable', () => data.read(65_536)).once('data', () => {});
await sleep(2000);
for (const data of transfers) data.removeAllListeners('readable').pause();
const late = await settled();
const other = await ScriptedSession.loggedIn(server);
const startedMs = performance.now();
await other.command('NOOP');
const noopMs = performance.now() - startedMs;
for (const data of transfers) data.destroy();
for (const session of sessions) session.destroy();
const after = await settled();
clearTimeout(tooLate);

const perSession = (state) => ((state.rssKiB - before.rssKiB) / SESSIONS).toFixed(1);
console.log(`${SESSIONS} sessions, logged in: ${mebibytes(before.rssKiB)} MiB RSS`);
console.log(
  `each with a RETR that nobody reads: ${mebibytes(early.rssKiB)} MiB, ${perSession(early)} KiB more a session`,
);
console.log(
  `after each has taken a little: ${mebibytes(late.rssKiB)} MiB, ${perSession(late)} KiB more a session`,
);
console.log(`a NOOP of another session meanwhile: ${noopMs.toFixed(1)} ms`);
console.log(`all of them gone: ${mebibytes(after.rssKiB)} MiB`);
console.log(
  `TCP buffers of the host meanwhile: ${mebibytes((late.tcpPages - before.tcpPages) * 4)} MiB more`,
);
const ok = Number(perSession(late)) <= MOST_KIB;
console.log(ok ? 'ok' : `more than ${MOST_KIB} KiB a session`);
server.kill('SIGKILL');
rmSync(base, { recursive: true });
process.exit(ok ? 0 : 1);

/** When the server's memory has not changed by a MiB for a while. */
async function settled() {
  for (let before = rssKiB(), same = 0; ; ) {
    await sleep(300);
    const now = rssKiB();
    same = Math.abs(now - before) < 1024 ? same + 1 : 0;
    before = now;
    if (same === 5) return { rssKiB: now, tcpPages: tcpPages() };
  }
}

function rssKiB() {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))[1]);
}

function tcpPages() {
  return Number(/TCP: .* mem (\d+)/.exec(readFileSync('/proc/net/sockstat', 'utf8'))[1]);
}

function mebibytes(kibibytes) {
  return Math.round(kibibytes / 1024);
}

function fail(why) {
  console.error(why);
  server.kill('SIGKILL');
  rmSync(base, { recursive: true, force: true });
  process.exit(1);
}
