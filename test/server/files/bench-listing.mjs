// A large folder listed by many sessions of one server process: its memory, and how long another session's NOOP takes.
// node test/server/files/bench-listing.mjs [--entries 100000] [--sessions 30] [--verb LIST] [--heap MiB] (needs a build)
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ScriptedSession, startServer } from './scripted.mjs';

const { values } = parseArgs({
  options: {
    entries: { type: 'string', default: '100000' },
    sessions: { type: 'string', default: '30' },
    verb: { type: 'string', default: 'LIST' },
    heap: { type: 'string' },
  },
});
const ENTRIES = Number(values.entries);
const SESSIONS = Number(values.sessions);
const MOST_MIB = 512;
const MOST_NOOP_MS = 100;
/** The script ends by itself, whatever hangs. */
const MOST_MS = 300_000;

const base = mkdtempSync(join(tmpdir(), 'port20-listing-'));
const root = join(base, 'root');
mkdirSync(root);
for (let i = 0; i < ENTRIES; i++) closeSync(openSync(join(root, `a file of some name ${i}.txt`), 'w'));

const execArgv = values.heap === undefined ? [] : [`--max-old-space-size=${values.heap}`];
const server = await startServer(root, [], { execArgv, cwd: base });
const tooLate = setTimeout(() => fail(`not done within ${MOST_MS} ms`), MOST_MS);
server.ended.then((how) => fail(how));

const beforeMiB = mebibytes('VmRSS');
const listers = await Promise.all(Array.from({ length: SESSIONS }, () => ScriptedSession.loggedIn(server)));
const watcher = await ScriptedSession.loggedIn(server);
const startedMs = performance.now();
const listings = Promise.all(listers.map(countLines));
const noopsMs = await timeNoops(listings);
const counts = await listings;
const tookMs = performance.now() - startedMs;

const peakMiB = mebibytes('VmHWM');
const worstMs = noopsMs.at(-1);
// Where others have the cores, a NOOP waits for them and not for the listings.
const [, waitedNs] = readFileSync(`/proc/${server.pid}/schedstat`, 'utf8').split(' ').map(Number);
console.log(`${SESSIONS} sessions, ${values.verb} of ${ENTRIES} entries: ${Math.round(tookMs)} ms`);
console.log(`entries a second: ${Math.round((SESSIONS * ENTRIES) / (tookMs / 1000))}`);
console.log(`resident: ${Math.round(beforeMiB)} MiB before, ${Math.round(peakMiB)} MiB at most`);
console.log(
  `NOOP of another session, ms: ${noopsMs.length} times, median ${at(0.5)}, p99 ${at(0.99)}, worst ${at(1)}`,
);
console.log(`the server waited ${Math.round(waitedNs / 1e6)} ms for a core`);
const complete = counts.every((count) => count === ENTRIES);
if (!complete) console.log(`lines: ${counts.join(', ')}`);
end(complete && peakMiB < MOST_MIB && worstMs < MOST_NOOP_MS);

/** The number of lines, or the reply that was no 226. */
async function countLines(session) {
  let count = 0;
  const onData = (chunk) => {
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) count++;
  };
  const replies = await session.transfer(values.verb, { onData });
  return replies.at(-1).startsWith('226') ? count : replies.at(-1);
}

/** One after the other until `over`, sorted. */
async function timeNoops(over) {
  const times = [];
  let going = true;
  over.then(() => {
    going = false;
  });
  while (going) {
    const sentMs = performance.now();
    await watcher.command('NOOP');
    times.push(performance.now() - sentMs);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return times.sort((a, b) => a - b);
}

function at(share) {
  return noopsMs[Math.min(Math.trunc(noopsMs.length * share), noopsMs.length - 1)].toFixed(1);
}

function mebibytes(field) {
  const status = readFileSync(`/proc/${server.pid}/status`, 'utf8');
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024;
}

function fail(why) {
  console.log(why);
  end(false);
}

function end(well) {
  console.log(well ? 'ok' : 'FAILED');
  clearTimeout(tooLate);
  server.kill('SIGKILL');
  rmSync(base, { recursive: true, force: true });
  process.exit(well ? 0 : 1);
}
