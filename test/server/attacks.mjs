// What a healthy session notices of clients that mean harm: its p50 and p99 of a tiny RETR without, and under each attack.
// `npx tsc -p . && node test/server/attacks.mjs [--seconds 3] [--attack 'slow loris']`: half a minute, loopback only. It prints; it
// judges only that the healthy session is served, and that the server is as it was when all of them are gone.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openLeanSession } from '../../dist/client/lean/session.js';
import { throwawayCertificate } from '../../dist/engine/throwaway-certificate.js';
import { startServe } from './operation/trial.mjs';

const SERVER = { host: '127.77.5.1', port: 2121 };
const HEALTHY = '127.77.6.1';
const addressOf = (index) => `127.77.7.${1 + (index % 200)}`;

/** A session that sends what it is told to, and forgets what it is told. */
async function session(index, login = true) {
  const socket = connect({ ...SERVER, localAddress: addressOf(index) });
  socket.on('error', () => {}).resume();
  await once(socket, 'connect').catch(() => {});
  if (login) socket.write('USER anonymous\r\nTYPE I\r\n');
  return socket;
}

/** As many at once, each again and again until the process ends. */
const many = (count, once) =>
  Promise.all(
    Array.from({ length: count }, async (_, index) => {
      for (;;) await once(index).catch(() => sleep(10));
    }),
  );
const closed = (socket) =>
  socket.destroyed ? undefined : new Promise((resolve) => socket.once('close', resolve));
const portOf = ({ localAddress }, port) =>
  `PORT ${localAddress.replaceAll('.', ',')},${port >> 8},${port & 255}`;

/** A whole ClientHello's beginning: TLS waits for the rest. */
const HALF_HELLO = Buffer.from('160301020001', 'hex');

const ATTACKS = {
  'PORT without a transfer': () =>
    many(20, async (index) => {
      const socket = await session(index);
      for (;;) {
        socket.write(`${portOf(socket, 2000)}\r\n`.repeat(100));
        await sleep(5);
        if (socket.destroyed) return;
      }
    }),
  'PASV without a transfer': () =>
    many(20, async (index) => {
      const socket = await session(index);
      for (;;) {
        socket.write('EPSV\r\n'.repeat(20));
        await sleep(5);
        if (socket.destroyed) return;
      }
    }),
  'brute force': () =>
    many(50, async (index) => {
      const socket = await session(index, false);
      socket.write('USER root\r\nPASS secret\r\n'.repeat(3));
      await closed(socket);
    }),
  'slow loris': () =>
    many(200, async (index) => {
      const socket = await session(index);
      while (!socket.destroyed) {
        socket.write('x');
        await sleep(100);
      }
    }),
  'lines of a megabyte': () =>
    many(4, async (index) => {
      const socket = await session(index);
      while (!socket.destroyed) {
        await new Promise((resolve) => socket.write(`${'x'.repeat(1_000_000)}\r\n`, resolve));
      }
    }),
  'readers that do not read': async () => {
    const listener = createServer({ pauseOnConnect: true }).listen(0, '0.0.0.0');
    await once(listener, 'listening');
    await many(100, async (index) => {
      const socket = await session(index);
      socket.write(`${portOf(socket, listener.address().port)}\r\nRETR large\r\n`);
      await closed(socket);
    });
  },
  'SYN black holes': async () => {
    // The queue of a listener that accepts nothing is full: Linux drops the SYN of whoever comes next.
    const hole = fork(fileURLToPath(import.meta.url), ['--hole']);
    const [port] = await once(hole, 'message');
    await Promise.all(
      [1, 2, 3].map(() => Promise.race([once(connect(port, '127.0.0.1'), 'connect'), sleep(200)])),
    );
    process.once('SIGTERM', () => {
      hole.kill('SIGKILL');
      process.exit();
    });
    await many(200, async (index) => {
      const socket = await session(index);
      socket.write(`${portOf(socket, port)}\r\nRETR f\r\n`);
      await closed(socket);
    });
  },
  'half handshakes': () =>
    many(50, async (index) => {
      const socket = await session(index, false);
      socket.write('AUTH TLS\r\n');
      await once(socket, 'data');
      socket.write(HALF_HELLO);
      await sleep(100);
      socket.resetAndDestroy();
    }),
  'resets in transfers': async () => {
    const listener = createServer((data) => data.resetAndDestroy()).listen(0, '0.0.0.0');
    await once(listener, 'listening');
    await many(20, async (index) => {
      const socket = await session(index);
      socket.write(`${portOf(socket, listener.address().port)}\r\nRETR large\r\n`);
      await sleep(20);
      socket.resetAndDestroy();
    });
  },
};

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '3' },
    attack: { type: 'string' },
    as: { type: 'string' },
    hole: { type: 'boolean', default: false },
  },
});
if (values.hole) {
  const server = createServer().listen({ port: 0, host: '0.0.0.0', backlog: 1 }, () => {
    process.send(server.address().port, () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
  });
} else if (values.as !== undefined) {
  process.on('disconnect', () => process.exit());
  await ATTACKS[values.as]();
} else {
  await main();
}

async function main() {
  const folder = mkdtempSync(join(tmpdir(), 'port20-attacks-'));
  const { cert, key } = throwawayCertificate();
  const [root, certFile, keyFile] = ['root', 'cert.pem', 'key.pem'].map((name) => join(folder, name));
  writeFileSync(certFile, cert);
  writeFileSync(keyFile, key, { mode: 0o600 });
  mkdirSync(root);
  writeFileSync(join(root, 'f'), 'x'.repeat(10));
  writeFileSync(join(root, 'large'), Buffer.alloc(20_000_000));
  const limits = ['--max-sessions-per-address', '500', '--log-level', 'silent', '--max-sessions', '2000'];
  const place = ['--listen', `${SERVER.host}:${SERVER.port}`, '--root', root];
  const server = await startServe([...place, ...limits, '--tls-cert', certFile, '--tls-key', keyFile]);
  try {
    const first = await healthySession();
    await measured(first, 500); // warms up
    first.close();
    const before = await least(() => descriptorsOf(server.pid));
    const healthy = await healthySession();
    console.log(row('', 'p50 without', 'under', 'p99 without', 'under', 'transfers'));
    const names = Object.keys(ATTACKS).filter(
      (name) => values.attack === undefined || name === values.attack,
    );
    for (const name of names) await tryAttack(name, healthy);
    healthy.close();
    const left = await settled(() => descriptorsOf(server.pid), before);
    console.log(`descriptors of the server: ${before} before, ${left} after`);
    if (left > before) process.exitCode = 1;
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true });
  }
}

async function tryAttack(name, healthy) {
  const forMs = Number(values.seconds) * 1000;
  const without = await measured(healthy, forMs);
  const attacker = fork(fileURLToPath(import.meta.url), ['--as', name]);
  await sleep(1000); // it is in full swing
  const under = await measured(healthy, forMs);
  attacker.kill('SIGTERM');
  await once(attacker, 'exit');
  const times = [0.5, 0.99].flatMap((share) =>
    [without, under].map((one) => `${quantile(one, share).toFixed(1)} ms`),
  );
  console.log(row(name, ...times, String(under.length)));
}

/** The times of transfers, one behind the other. @throws when one of them fails */
async function measured(session, forMs) {
  const times = [];
  const until = performance.now() + forMs;
  while (performance.now() < until) {
    const { startedAtMs, endedAtMs, error } = await session.transfer({ direction: 'retr', path: 'f' });
    if (error !== undefined) throw new Error(`the healthy session was not served: ${JSON.stringify(error)}`);
    times.push(endedAtMs - startedAtMs);
  }
  return times;
}

function quantile(times, share) {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

function descriptorsOf(pid) {
  return readdirSync(`/proc/${pid}/fd`).length;
}

function healthySession() {
  return openLeanSession({
    ...{ server: { address: SERVER.host, port: SERVER.port }, localAddress: HEALTHY, user: 'anonymous' },
    ...{ password: 'port20@', timeoutMs: 30_000 },
  });
}

/** Of a second: what a transfer has open for a moment is not meant. */
async function least(count) {
  let found = count();
  for (let tries = 0; tries < 20; tries++) {
    await sleep(50);
    found = Math.min(found, count());
  }
  return found;
}

/** What is left of clients that are gone is closed within the time that a gentle end may take. */
async function settled(count, wanted) {
  for (let tries = 0; tries < 600 && count() > wanted; tries++) await sleep(100);
  return count();
}

function row(name, ...cells) {
  return [name.padEnd(26), ...cells.map((cell) => cell.padStart(12))].join('');
}
