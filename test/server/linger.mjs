// What `--linger` costs: RETR of a small file, with 226 behind our own FIN alone and behind the client's as well.
// `npx tsc -p . && node test/server/linger.mjs`: half a minute, loopback only. In a network namespace whose lo has a
// netem delay it tells the price of a round trip.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openLeanSession } from '../../dist/client/lean/session.js';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const FILE_BYTES = 4096;
const ROUNDS = 7;
const ROUND_MS = 1000;
const SESSIONS = [1, 8];
const SERVERS = [
  { address: '127.77.3.1', linger: '0ms' },
  { address: '127.77.3.2', linger: '2s' },
];

const root = mkdtempSync(join(tmpdir(), 'port20-linger-'));
writeFileSync(join(root, 'file'), Buffer.alloc(FILE_BYTES, 'x'));
const children = await Promise.all(SERVERS.map(start));
try {
  for (const sessions of SESSIONS) await compare(sessions);
} finally {
  for (const child of children) child.kill();
  rmSync(root, { recursive: true });
}

/** The rounds take turns, so that whatever else the machine does hits both; the first of each only warms up. */
async function compare(sessions) {
  const rates = SERVERS.map(() => []);
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [index, server] of SERVERS.entries()) {
      const rate = await ratePerSecond(server, sessions);
      if (round > 0) rates[index].push(rate);
    }
  }
  console.log(`RETR of ${FILE_BYTES} bytes on ${sessions} session(s), transfers a second, ${ROUNDS} rounds:`);
  const base = median(rates[0]);
  for (const [index, { linger }] of SERVERS.entries()) {
    const sorted = rates[index].sort((a, b) => a - b).map(Math.round);
    const share = ((100 * median(sorted)) / base).toFixed(0);
    console.log(
      `  --linger ${linger.padEnd(4)} median ${Math.round(median(sorted))} (${share} %), rounds ${sorted.join(' ')}`,
    );
  }
}

async function ratePerSecond({ address }, count) {
  const login = { user: 'anonymous', password: 'port20@', timeoutMs: 10_000, activeMode: { port: 'fresh' } };
  const open = (_, index) =>
    openLeanSession({
      server: { address, port: 2121 },
      localAddress: `127.77.4.${index + 1}`,
      ...login,
    });
  const sessions = await Promise.all(Array.from({ length: count }, open));
  const startedAtMs = performance.now();
  let transfers = 0;
  const chains = sessions.map(async (session) => {
    while (performance.now() - startedAtMs < ROUND_MS) {
      const { error, bytes } = await session.transfer({ direction: 'retr', path: 'file' });
      if (error !== undefined || bytes !== FILE_BYTES) throw new Error(JSON.stringify(error ?? { bytes }));
      transfers++;
    }
  });
  await Promise.all(chains);
  const seconds = (performance.now() - startedAtMs) / 1000;
  for (const session of sessions) session.close();
  return transfers / seconds;
}

async function start({ address, linger }) {
  const where = ['--listen', `${address}:2121`, '--root', root, '--linger', linger];
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
