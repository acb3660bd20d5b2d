// Thousands of logged-in sessions that do nothing: what each costs, one that is used again, an address and a user at their limits.
// node test/server/control/bench-idle-sessions.mjs [--sessions 5000] (needs a build)
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { ScriptedSession, startServer } from '../files/scripted.mjs';

const { values } = parseArgs({ options: { sessions: { type: 'string', default: '5000' } } });
const SESSIONS = Number(values.sessions);
const PER_ADDRESS = 10;
const AT_ONCE = 50;
/** It was 12 when this was written. */
const MOST_KIB = 30;
const MOST_ROUND_TRIP_MS = 1000;
/** The script ends by itself, whatever hangs. */
const MOST_MS = 300_000;

// Node has raised its own limit to the hard one; the server does the same.
const [, descriptors] = /Max open files\s+\d+\s+(\d+)/.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
const wanted = SESSIONS + 200;
if (Number(descriptors) < wanted) {
  console.error(
    `${SESSIONS} sessions need ${wanted} descriptors, and ${descriptors} may be opened: ulimit -Hn`,
  );
  process.exit(3);
}

const base = mkdtempSync(join(tmpdir(), 'port20-idle-'));
const root = join(base, 'root');
mkdirSync(root);
writeFileSync(join(root, 'file'), 'content');
/** bcrypt of "Blue-Harbour 7", cheap. */
const HASH = '$2b$05$abcdefghijklmnopqrstuu.C5eTYaOqCj1JOCpoXTlv.rqKj/g1Hm';
const PER_USER = 3;
const users = join(base, 'users');
writeFileSync(users, `mo:${HASH}::::::max-sessions=${PER_USER}\njo:${HASH}::::::\n`, { mode: 0o600 });

const limits = [
  ...['--max-sessions', String(SESSIONS + 100), '--max-sessions-per-address', String(PER_ADDRESS)],
  ...['--workers', '1', '--users', users, '--anonymous'],
];
const server = await startServer(root, limits, { cwd: base });
const tooLate = setTimeout(() => fail(`not done within ${MOST_MS} ms`), MOST_MS);
server.ended.then((how) => fail(how));

// What is loaded and compiled with the first sessions is not what a session costs.
const warm = await Promise.all(Array.from({ length: 50 }, (_, n) => login(addressOf(900_000 + n))));
for (const session of warm) session.destroy();
const without = await settledKiB();

const sessions = [];
const startedMs = performance.now();
for (let n = 0; n < SESSIONS; n += AT_ONCE) {
  const some = Array.from({ length: Math.min(AT_ONCE, SESSIONS - n) }, (_, at) =>
    login(addressOf(Math.trunc((n + at) / PER_ADDRESS))),
  );
  sessions.push(...(await Promise.all(some)));
}
const loginsMs = performance.now() - startedMs;
const withThem = await settledKiB();
const perSession = (withThem - without) / SESSIONS;

const transferMs = await timed(async () => {
  const [first, last] = await sessions[Math.trunc(SESSIONS / 2)].transfer('RETR file');
  if (!first.startsWith('150') || !last.startsWith('226')) fail(`${first}, ${last}`);
});

const greedy = addressOf(950_000);
for (let n = 0; n < PER_ADDRESS; n++) sessions.push(await login(greedy));
const refusals = await Promise.all(
  Array.from({ length: 100 }, () => login(greedy).then(fail, (error) => error.message)),
);
if (!refusals.every((text) => text.startsWith('421 Too many sessions from your address'))) fail(refusals[0]);
const otherMs = await timed(async () => sessions.push(await login(addressOf(950_001))));

/** Each from an address of its own. @returns the reply to the password */
async function userLogin(name, at) {
  const session = await ScriptedSession.loggedIn(server, addressOf(960_000 + at));
  sessions.push(session);
  await session.command(`USER ${name}`);
  return session.command('PASS Blue-Harbour 7');
}
const ofUser = await Promise.all(Array.from({ length: PER_USER + 5 }, (_, at) => userLogin('mo', at)));
if (ofUser.filter((reply) => reply.startsWith('230')).length !== PER_USER) fail(ofUser.join('; '));
if (ofUser.filter((reply) => reply.startsWith('421 Too many sessions of this user')).length !== 5)
  fail(ofUser.join('; '));
let other;
const userMs = await timed(async () => {
  other = await userLogin('jo', 20);
});
if (!other.startsWith('230')) fail(other);
for (const session of sessions) session.destroy();
clearTimeout(tooLate);

console.log(
  `${SESSIONS} sessions logged in within ${(loginsMs / 1000).toFixed(1)} s, ${PER_ADDRESS} an address`,
);
console.log(
  `RSS without them ${mebibytes(without)} MiB, with them ${mebibytes(withThem)} MiB: ${perSession.toFixed(1)} KiB a session`,
);
console.log(`one of them fetches a file: ${transferMs.toFixed(1)} ms`);
console.log(`an address at its limit: 100 more refused; another one logs in: ${otherMs.toFixed(1)} ms`);
console.log(
  `a user at its limit of ${PER_USER}: 5 more refused; another one logs in: ${userMs.toFixed(1)} ms`,
);
const ok = perSession <= MOST_KIB && Math.max(transferMs, otherMs) <= MOST_ROUND_TRIP_MS;
console.log(ok ? 'ok' : `more than ${MOST_KIB} KiB a session, or than ${MOST_ROUND_TRIP_MS} ms`);
server.kill('SIGKILL');
rmSync(base, { recursive: true });
process.exit(ok ? 0 : 1);

function login(localAddress) {
  return ScriptedSession.loggedIn(server, localAddress);
}

function addressOf(n) {
  return `127.${100 + (n >> 16)}.${(n >> 8) & 255}.${n & 255}`;
}

async function timed(task) {
  const startMs = performance.now();
  await task();
  return performance.now() - startMs;
}

/** When the server's memory has not changed by a MiB for a while. */
async function settledKiB() {
  for (let before = rssKiB(), same = 0; ; ) {
    await sleep(300);
    const now = rssKiB();
    same = Math.abs(now - before) < 1024 ? same + 1 : 0;
    before = now;
    if (same === 5) return now;
  }
}

function rssKiB() {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))[1]);
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
