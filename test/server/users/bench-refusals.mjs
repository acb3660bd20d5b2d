// Whether the time of a refusal tells that there is such a user: 1 000 guesses at one that exists and 1 000 at one that
// does not, in turns, from addresses of their own. Prints both times and how they differ.
// `npx tsc -p . && node test/server/users/bench-refusals.mjs [--guesses 1000] [--at-once 250] [--workers 1]`: under two minutes, loopback only.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startServer } from '../files/scripted.mjs';

const { values } = parseArgs({
  options: {
    guesses: { type: 'string', default: '1000' },
    'at-once': { type: 'string', default: '250' },
    workers: { type: 'string', default: '1' },
  },
});
const guesses = Number(values.guesses);
const atOnce = Number(values['at-once']);

/** As they are found in the same file: checks of 14 ms and of 8 ms, and of 170 ms (two cores of 2026). */
const bcrypt = `$2b$08$${'a'.repeat(53)}`;
const sha512 = `$6$saltsalt$${'a'.repeat(86)}`;
const scrypt = `$scrypt$ln=14,r=8,p=5$${'A'.repeat(22)}$${'A'.repeat(43)}`;
const NAMES = 10;
let addresses = 0;

await withServer([bcrypt, sha512], async (server) => {
  await report(server, `${atOnce} at once`, guesses, atOnce);
});
await withServer([scrypt], async (server) => {
  await report(server, 'more at once than can be checked in time', Math.ceil(guesses / 12), 40);
});

/** Ten users, whose hashes these are in turns. */
async function withServer(hashes, measure) {
  const folder = mkdtempSync(join(tmpdir(), 'port20-refusals-'));
  mkdirSync(join(folder, 'root'));
  const users = Array.from({ length: NAMES }, (_, n) => `exists${n}:${hashes[n % hashes.length]}:::::\n`);
  writeFileSync(join(folder, 'users'), users.join(''), { mode: 0o600 });
  const flags = ['--users', join(folder, 'users'), '--workers', values.workers];
  const server = await startServer(join(folder, 'root'), flags);
  try {
    await measure(server);
  } finally {
    server.kill('SIGTERM');
    await server.ended;
    rmSync(folder, { recursive: true });
  }
}

/** The two kinds take turns; a name that is guessed at waits longer each time, whether it exists or not. */
async function report(server, title, each, sessions) {
  const names = Array.from(
    { length: 2 * each },
    (_, n) => `${n % 2 === 0 ? 'exists' : 'absent'}${Math.floor(n / 2) % NAMES}`,
  );
  const times = { exists: [], absent: [] };
  let next = 0;
  await Promise.all(
    Array.from({ length: sessions }, async () => {
      for (let at = next++; at < names.length; at = next++) {
        times[at % 2 === 0 ? 'exists' : 'absent'].push(await refusalMs(server, names[at]));
      }
    }),
  );
  console.log(`${title}: ${each} refusals each, ms from PASS to its reply`);
  console.log('            min    p10    p50    p90    p99    max');
  for (const [kind, all] of Object.entries(times)) {
    const sorted = all.toSorted?.((a, b) => a - b) ?? [...all].sort((a, b) => a - b);
    const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
    const cells = [0, 0.1, 0.5, 0.9, 0.99, 1].map((share) => at(share).toFixed(1).padStart(7));
    console.log(`  ${kind.padEnd(6)} ${cells.join('')}`);
  }
  const { share, z } = mannWhitney(times.exists, times.absent);
  console.log(
    `  a refusal of one that exists takes longer in ${(100 * share).toFixed(1)} % of all pairs (z = ${z.toFixed(2)}; beyond 1.96 is one in twenty by chance)`,
  );
}

/** How often one of `a` is greater than one of `b`, ties by half; z is normal when there is no difference. */
function mannWhitney(a, b) {
  const all = [...a.map((ms) => ({ ms, a: true })), ...b.map((ms) => ({ ms, a: false }))].sort(
    (x, y) => x.ms - y.ms,
  );
  let ranks = 0;
  all.forEach((one, index) => {
    if (one.a) ranks += index + 1;
  });
  const u = ranks - (a.length * (a.length + 1)) / 2;
  const n = a.length * b.length;
  return { share: u / n, z: (u - n / 2) / Math.sqrt((n * (a.length + b.length + 1)) / 12) };
}

/** From an address that has not failed before: what the ledger makes addresses wait is not what is measured. */
function refusalMs(server, name) {
  const n = ++addresses;
  const localAddress = `127.${200 + (n >> 16)}.${(n >> 8) & 255}.${n & 255}`;
  return new Promise((resolve, reject) => {
    const socket = connect({ host: server.host, port: server.port, localAddress })
      .setNoDelay(true)
      .setEncoding('latin1');
    let sentAtMs;
    socket.on('error', reject).on('data', (text) => {
      if (text.startsWith('220 ')) socket.write(`USER ${name}\r\n`);
      else if (text.startsWith('331 ')) {
        sentAtMs = performance.now();
        socket.write('PASS wrong\r\n');
      } else if (text.startsWith('530 ')) {
        resolve(performance.now() - sentAtMs);
        socket.destroy();
      } else reject(new Error(text));
    });
  });
}
