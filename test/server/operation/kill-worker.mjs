// kill -9 of a worker under load: what of it the others and the clients notice, and how long until the next login is served.
// `npx tsc -p . && node test/server/operation/kill-worker.mjs [--kills 5]`: loopback, less than a minute. Exit 1 when a
// transfer of another worker breaks, or something half is visible in the root.
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Client, finish, servesNow, socketsOf, startServe, until, workersOf } from './trial.mjs';

const { values } = parseArgs({ options: { kills: { type: 'string', default: '5' } } });
const KILLS = Number(values.kills);
const WORKERS = [2, 3, 4];
/** Half of them send, half receive; all are in the middle of it when the worker is killed. */
const SESSIONS = 24;
const CONTENT = Buffer.alloc(12_000_000, 'port20 ');
const DIGEST = digest(CONTENT);
let sound = true;

for (const workers of WORKERS) await rounds(workers);
process.exitCode = sound ? 0 : 1;

async function rounds(workers) {
  const root = mkdtempSync(join(tmpdir(), 'port20-kill-'));
  const host = `127.78.${workers}.1`;
  writeFileSync(join(root, 'file'), CONTENT);
  const place = ['--listen', `${host}:2121`, '--root', root, '--write', '--log-level', 'silent'];
  const server = await startServe([...place, '--workers', String(workers)]);
  const found = { completed: 0, lost: 0, loginMs: [], allServeMs: [] };
  try {
    for (let kill = 0; kill < KILLS; kill++) await round({ root, host, server, workers, found });
  } finally {
    await server.stop();
    rmSync(root, { recursive: true });
  }
  tell(workers, found);
}

async function round({ root, host, server, workers, found }) {
  const clients = await Promise.all(
    Array.from({ length: SESSIONS }, (_, index) =>
      Client.loggedIn({ host, port: 2121, from: `127.78.${workers}.${index + 10}` }),
    ),
  );
  const running = await Promise.all(
    clients.map((client, index) => client.begin(index % 2 === 0 ? 'RETR file' : `STOR up-${index}`)),
  );
  for (const [index, { data }] of running.entries()) {
    if (index % 2 === 1) data.write(CONTENT.subarray(0, CONTENT.length / 2));
  }
  const before = workersOf(server.pid);
  const [victim] = before;
  const lost = new Set(socketsOf(victim, host, 2121).map(({ remote }) => `${remote.address}:${remote.port}`));
  const isLost = ({ socket }) => lost.has(`${socket.localAddress}:${socket.localPort}`);
  const ours = clients.map(isLost);
  const killedAtMs = performance.now();
  process.kill(victim, 'SIGKILL');
  const served = Client.loggedIn({ host, port: 2121, from: `127.78.${workers}.200` }).then((client) => {
    found.loginMs.push(performance.now() - killedAtMs);
    return client;
  });
  const ends = running.map((one, index) => (index % 2 === 0 ? finish(one) : upload(one)));
  const results = await Promise.all(ends);
  (await served).close();
  found.completed += results.filter(isWhole).length;
  found.lost += ours.filter(Boolean).length;
  const broken = results.filter(({ bytes, reply }, index) => !ours[index] && !isWhole({ bytes, reply }));
  if (broken.length > 0) fail(`${broken.length} transfers of other workers broke: ${broken[0].reply}`);
  visible(root, results);
  for (const client of clients) client.close();
  await until(() => workersOf(server.pid).some((pid) => !before.includes(pid)));
  await servesNow(
    workersOf(server.pid).find((pid) => !before.includes(pid)),
    { host, port: 2121 },
  );
  found.allServeMs.push(performance.now() - killedAtMs);
}

function isWhole({ bytes, reply }) {
  return bytes === CONTENT.length && reply.startsWith('226 ');
}

/** Sends the rest. @returns as finish(), with the bytes that were sent */
async function upload({ client, data }) {
  data.end(CONTENT.subarray(CONTENT.length / 2));
  data.resume();
  const reply = await client.reply().catch((error) => error.message);
  return { bytes: CONTENT.length, reply };
}

/** Every file in the root is a whole one, and each upload with a 226 is there. */
function visible(root, results) {
  for (const name of readdirSync(root)) {
    if (name.startsWith('.port20-')) continue; // hidden: a part, for its client to go on with
    if (digest(readFileSync(join(root, name))) !== DIGEST) fail(`${name} is visible, and not whole`);
  }
  for (const [index, { reply }] of results.entries()) {
    const missing = index % 2 === 1 && reply.startsWith('226 ') && !readdirSync(root).includes(`up-${index}`);
    if (missing) fail(`up-${index} had a 226, and is not there`);
  }
  for (const name of readdirSync(root)) if (name !== 'file') rmSync(join(root, name));
}

function tell(workers, { completed, lost, loginMs, allServeMs }) {
  const share = `${completed} transfers complete, ${lost} were the killed worker's`;
  console.log(`--workers ${workers}, ${KILLS} kills, ${SESSIONS} transfers in flight at each: ${share};`);
  console.log(
    `  the next login served after ${range(loginMs)} ms, the replacement serves after ${range(allServeMs)} ms`,
  );
}

function range(times) {
  const sorted = times.toSorted((a, b) => a - b).map(Math.round);
  return `${sorted[0]} to ${sorted.at(-1)} (median ${sorted[Math.floor(sorted.length / 2)]})`;
}

function digest(content) {
  return createHash('sha256').update(content).digest('hex');
}

function fail(what) {
  sound = false;
  console.log(`NOT: ${what}`);
}
