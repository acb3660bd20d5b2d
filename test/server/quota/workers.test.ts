// A quota over several worker processes: together they keep to it, and what a killed one leaves behind is counted.
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { systemClock } from '../../../src/clock.ts';
import type * as Pools from '../../../src/server/operation/worker-pool.ts';
import { ownAddress } from '../../support/loopback.ts';
import { type DataListener, RawClient } from '../raw-client.ts';

/** Built: its workers are programs. */
const { startWorkers }: typeof Pools = await import(
  '../../../dist/server/operation/worker-pool.js' as string
);

const MiB = 2 ** 20;
const QUOTA = 40 * MiB;

let folder: string;
let root: string;
let pool: Pools.WorkerPool;

/** As the built-in one, with users of whom `bob` has a quota: a function cannot be sent to a worker. */
const PROGRAM = (dist: string) => `
  import { once } from 'node:events';
  const { createAcceptingServer } = await import('${dist}/server/server.js');
  const { RemoteLedger } = await import('${dist}/server/operation/remote-ledger.js');
  const { takeConnections } = await import('${dist}/server/operation/taker.js');
  const may = { upload: true, delete: true, rename: true, makeFolder: true };
  const authenticate = ({ username }) =>
    username === 'bob' ? { name: username, may, quotaBytes: ${QUOTA} } : { name: username, may };
  const [{ server }] = await once(process, 'message');
  const serving = createAcceptingServer({ ...server, authenticate }, { quotas: new RemoteLedger() });
  takeConnections((socket) => serving.accept(socket));
  process.send({ type: 'serving' });
  await Promise.race([once(process, 'SIGTERM'), once(process, 'disconnect')]);
  await serving.close();
  if (process.connected) process.disconnect();`;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'port20-test-'));
  root = await mkdtemp(join(tmpdir(), 'port20-test-'));
  const program = join(folder, 'worker.mjs');
  await writeFile(program, PROGRAM(new URL('../../../dist', import.meta.url).href));
  const server = { host: ownAddress(), port: 2121, root };
  pool = await startWorkers({ server, workers: 2, logLevel: 'silent', program });
});

afterEach(async () => {
  await pool.stop();
  await rm(folder, { recursive: true });
  await rm(root, { recursive: true });
});

interface Sender {
  readonly client: RawClient;
  /** One for each upload: what is left of one that was refused may hold its 4-tuple. */
  readonly listeners: DataListener[];
}

/** One after the other, so that they are shared out over the workers in turn. */
async function senders(count: number, name = 'bob'): Promise<Sender[]> {
  const all: Sender[] = [];
  while (all.length < count) {
    const client = await RawClient.connect(pool.address);
    await client.command(`USER ${name}`);
    expect(await client.command('PASS x')).toMatch(/^230 /);
    await client.command('TYPE I');
    all.push({ client, listeners: [] });
  }
  return all;
}

async function begun({ client, listeners }: Sender, name: string): Promise<Socket | string> {
  const listener = await client.announce();
  listeners.push(listener);
  client.send(`STOR ${name}\r\n`);
  const first = await client.reply();
  if (!first.startsWith('150 ')) return first;
  const socket = await listener.accepted();
  socket.on('error', () => {});
  return socket.resume();
}

async function upload(one: Sender, name: string, bytes: number): Promise<string> {
  const socket = await begun(one, name);
  if (typeof socket === 'string') return socket;
  socket.end(Buffer.alloc(bytes));
  const reply = await one.client.reply();
  socket.destroy();
  return reply;
}

async function done(all: readonly Sender[]): Promise<void> {
  for (const { client, listeners } of all) {
    client.socket.destroy();
    for (const listener of listeners) await listener.close();
  }
}

async function bytesHeld(): Promise<number> {
  const sizes = (await readdir(root)).map(async (name) => (await stat(join(root, name))).size);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

it('uploads of several workers at once never have more than the quota together, and to the byte what fits', async () => {
  const all = await senders(4);
  const replies = await Promise.all(all.map((one, n) => upload(one, `f${n}`, 15 * MiB)));
  const whole = replies.filter((reply) => reply.startsWith('226 ')).length;
  expect(replies.filter((reply) => reply.startsWith('552 '))).toHaveLength(4 - whole);
  expect(whole).toBeLessThanOrEqual(2);
  const [first, second] = all as [Sender, Sender];
  // The other worker is told of it: nobody else writes now, so nothing is held in advance.
  const rest = QUOTA - (await bytesHeld());
  expect(rest).toBe(QUOTA - whole * 15 * MiB);
  expect(await upload(first, 'rest', rest + 1)).toMatch(/^552 /);
  expect(await upload(second, 'rest', rest)).toMatch(/^226 /);
  expect(await upload(first, 'more', 1)).toMatch(/^552 /);
  expect(await second.client.command('DELE rest')).toMatch(/^250 /);
  expect(await upload(first, 'more', rest)).toMatch(/^226 /);
  await done(all);
});

it('what users without a quota do on another worker counts', async () => {
  const [bob] = (await senders(1)) as [Sender];
  expect(await upload(bob, 'mine', MiB)).toMatch(/^226 /);
  const [one, other] = (await senders(2, 'free')) as [Sender, Sender];
  for (const [n, free] of [one, other].entries()) {
    expect(await upload(free, `free${n}`, 20 * MiB)).toMatch(/^226 /); // beyond it: nothing refuses them
  }
  expect(await upload(bob, 'more', 1)).toMatch(/^552 /);
  expect(await other.client.command('DELE free0')).toMatch(/^250 /);
  expect(await upload(bob, 'more', QUOTA - 21 * MiB + 1)).toMatch(/^552 /);
  expect(await upload(bob, 'more', QUOTA - 21 * MiB)).toMatch(/^226 /);
  await done([bob, one, other]);
});

it('a worker that is killed in an upload leaves its part, which counts, and takes nothing else along', async () => {
  const all = await senders(2);
  const [first, second] = all as [Sender, Sender];
  const socket = await begun(first, 'broken');
  if (typeof socket === 'string') throw new Error(socket);
  socket.write(Buffer.alloc(10 * MiB));
  while ((await bytesHeld()) < 10 * MiB) await systemClock.sleep(5);
  const pids = new Set(pool.pids());
  const [victim = 0] = pids; // one of them is the first's: whichever it is, the other one goes on
  process.kill(victim, 'SIGKILL');
  const lost = await Promise.race(all.map((one) => one.client.ended().then(() => one)));
  if (lost === second) {
    socket.end();
    expect(await first.client.reply()).toMatch(/^226 /);
  }
  socket.destroy();
  while (pool.pids().length < 2 || pool.pids().includes(victim)) await systemClock.sleep(5);
  const [again] = (await senders(1)) as [Sender];
  const kept = 10 * MiB;
  expect(await upload(again, 'rest', QUOTA - kept + 1)).toMatch(/^552 /);
  expect(await upload(again, 'rest', QUOTA - kept)).toMatch(/^226 /);
  expect(await bytesHeld()).toBe(QUOTA);
  await done([...all, again]);
});
