// CPU time of a transfer on either user-PI: `npx tsc -p . && node test/client/bench-user-pi.mjs` (half a minute, loopback only).
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openSession } from '../../dist/client/basic-ftp/session.js';
import { openLeanSession } from '../../dist/client/lean/session.js';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const SERVER = { address: '127.77.1.1', port: 2121 };
const FILE_BYTES = 4096;
const ROUNDS = 5;
const TRANSFERS = 1500;
const SESSIONS = [8, 1];
const CASES = [
  { name: 'basic-ftp, fresh port', open: openSession, port: 'fresh' },
  { name: 'lean, fresh port', open: openLeanSession, port: 'fresh' },
  { name: 'lean, sticky port', open: openLeanSession, port: 'sticky' },
  { name: 'lean, default port', open: openLeanSession, port: 'default' },
];

const root = mkdtempSync(join(tmpdir(), 'port20-bench-'));
writeFileSync(join(root, 'file'), Buffer.alloc(FILE_BYTES, 'x'));
const server = await startServer();
try {
  for (const sessions of SESSIONS) await compare(sessions);
} finally {
  server.kill();
  rmSync(root, { recursive: true });
}

/** The rounds of the cases take turns, so that whatever else the machine does hits all of them. */
async function compare(sessions) {
  const costs = CASES.map(() => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, one] of CASES.entries()) costs[index].push(await costUs(one, sessions));
  }
  const [base = 0] = costs.map(median);
  console.log(
    `RETR of ${FILE_BYTES} bytes on ${sessions} session(s), CPU-µs of the client a transfer, medians of ${ROUNDS}:`,
  );
  for (const [index, { name }] of CASES.entries()) {
    const cost = median(costs[index]);
    console.log(`  ${name.padEnd(22)} ${cost.toFixed(0).padStart(5)}   1/${(base / cost).toFixed(2)}`);
  }
}

async function costUs({ open, port }, count) {
  const sessions = await Promise.all(Array.from({ length: count }, (_, index) => openOne(open, port, index)));
  await load(sessions, TRANSFERS / 5);
  const before = process.cpuUsage();
  await load(sessions, TRANSFERS);
  const { user, system } = process.cpuUsage(before);
  for (const session of sessions) session.close();
  return (user + system) / TRANSFERS;
}

function openOne(open, port, index) {
  const login = { user: 'anonymous', password: 'port20@', timeoutMs: 10_000 };
  return open({ server: SERVER, localAddress: `127.77.2.${index + 1}`, ...login, activeMode: { port } });
}

async function load(sessions, transfers) {
  let left = transfers;
  const chains = sessions.map(async (session) => {
    while (left-- > 0) {
      const { error, bytes } = await session.transfer({ direction: 'retr', path: 'file' });
      if (error !== undefined || bytes !== FILE_BYTES) throw new Error(JSON.stringify(error ?? { bytes }));
    }
  });
  await Promise.all(chains);
}

async function startServer() {
  const where = ['--listen', `${SERVER.address}:${SERVER.port}`, '--root', root, '--binder', 'reuse-port'];
  const child = spawn(process.execPath, [MAIN, 'serve', ...where], { stdio: ['ignore', 'ignore', 'pipe'] });
  const exited = once(child, 'close').then(([status]) => {
    throw new Error(`the server ended with ${status}`);
  });
  // Read to the end: a server whose log nobody reads stops.
  const listening = new Promise((resolve) => {
    child.stderr.on('data', (text) => String(text).includes('listening on') && resolve(child));
  });
  return Promise.race([listening, exited]);
}

function median(numbers) {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}
