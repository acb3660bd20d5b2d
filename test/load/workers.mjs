// Is every control connection answered while workers start, die and are replaced? Prints what became of each login.
// Usage: node test/load/workers.mjs [--starts 200] [--seconds 300]; needs Linux and a built dist/. Exit 1 when not.
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const WORKERS = 2;
/** Logins at the same moment, right after a start. */
const AT_ONCE = 50;
/** Clients that log in one time after the other while workers are killed. */
const CLIENTS = 8;
/** A connection that is open that long without a word was forgotten: a hang, whatever the machine does. */
const FORGOTTEN_MS = 60_000;

const { values } = parseArgs({
  options: { starts: { type: 'string', default: '200' }, seconds: { type: 'string', default: '300' } },
});

/** A server on an address of its own; resolves as soon as its port answers a connect. */
async function startServer() {
  const host = `127.${randomInt(1, 255)}.${randomInt(0, 256)}.${randomInt(1, 255)}`;
  const args = ['serve', '--listen', `${host}:2121`, '--workers', String(WORKERS), '--log-level', 'silent'];
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: 'ignore' });
  const stop = async () => {
    child.kill('SIGTERM');
    await once(child, 'exit');
  };
  const server = { host, child, stop };
  for (;;) {
    const first = await logIn(host);
    if (first !== 'refused') return { ...server, first };
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
  }
}

/** `served`, `refused` (nobody listens), `421`, or how far it came: `ended before 220`, `ended after 220`, `forgotten`. */
function logIn(host) {
  return new Promise((resolve) => {
    let said = '';
    const socket = connect({ host, port: 2121 });
    const timer = setTimeout(() => end('forgotten'), FORGOTTEN_MS);
    const end = (outcome) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(outcome);
    };
    socket.setNoDelay(true).on('data', (data) => {
      const greetedBefore = said.includes('220 ');
      said += data;
      if (said.startsWith('421')) end('421');
      else if (said.split('220 ').length > 2) end('greeted twice');
      else if (said.includes('230 ')) end('served');
      else if (!greetedBefore && /220 .*\r\n/.test(said)) socket.write('USER anonymous\r\n');
    });
    socket.on('error', ({ code }) => code === 'ECONNREFUSED' && end('refused'));
    socket.on('close', () => end(said.includes('220 ') ? 'ended after 220' : 'ended before 220'));
  });
}

function count(outcomes, into) {
  for (const outcome of outcomes) into[outcome] = (into[outcome] ?? 0) + 1;
}

async function starts(times) {
  const outcomes = {};
  for (let n = 0; n < times; n++) {
    const server = await startServer();
    count(
      [server.first, ...(await Promise.all(Array.from({ length: AT_ONCE }, () => logIn(server.host))))],
      outcomes,
    );
    await server.stop();
  }
  console.log(`${times} starts, ${AT_ONCE + 1} logins each from the first answer on:`, outcomes);
  return Object.keys(outcomes).every((outcome) => outcome === 'served');
}

const childrenOf = (pid) =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
const descriptorsOf = (pid) => readdirSync(`/proc/${pid}/fd`).length;

async function killings(seconds) {
  const { host, child, stop } = await startServer();
  await allServe(child.pid);
  const before = descriptorsOf(child.pid);
  const outcomes = {};
  const endsAt = performance.now() + seconds * 1000;
  const clients = Array.from({ length: CLIENTS }, async () => {
    while (performance.now() < endsAt) count([await logIn(host)], outcomes);
  });
  let kills = 0;
  while (performance.now() < endsAt) {
    const [victim] = childrenOf(child.pid);
    if (victim !== undefined && kills++ >= 0) process.kill(victim, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  await Promise.all(clients);
  await allServe(child.pid);
  const after = descriptorsOf(child.pid);
  await stop();
  const held = (outcomes['ended before 220'] ?? 0) + (outcomes['ended after 220'] ?? 0);
  console.log(`${seconds} s of logins by ${CLIENTS} clients, ${kills} workers killed:`, outcomes);
  console.log(
    `ended with the worker that held them: ${held}, at the most ${CLIENTS} a kill can; descriptors of the primary ${before} before, ${after} after`,
  );
  const known = ['served', 'ended before 220', 'ended after 220'];
  return (
    held <= kills * CLIENTS &&
    after <= before &&
    Object.keys(outcomes).every((outcome) => known.includes(outcome))
  );
}

/** The channel to each worker is there, and nothing else is: all of them are up. */
async function allServe(pid) {
  while (childrenOf(pid).length < WORKERS) await new Promise((resolve) => setTimeout(resolve, 50));
}

const sound = [await starts(Number(values.starts)), await killings(Number(values.seconds))];
process.exitCode = sound.every(Boolean) ? 0 : 1;
