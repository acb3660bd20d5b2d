// Logins over several server processes: users, guesses and sessions of a user are one service's, whichever process they meet.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { systemClock } from '../../../src/clock.ts';
import type * as Pools from '../../../src/server/operation/worker-pool.ts';
import { ownAddress } from '../../support/loopback.ts';
import { RawClient } from '../raw-client.ts';

/** Built: its workers are programs. */
const { startWorkers }: typeof Pools = await import(
  '../../../dist/server/operation/worker-pool.js' as string
);

/** bcrypt of "Blue-Harbour 7", cheap. */
const HASH = '$2b$05$abcdefghijklmnopqrstuu.C5eTYaOqCj1JOCpoXTlv.rqKj/g1Hm';
const PASSWORD = 'PASS Blue-Harbour 7';
const TOO_MANY = '421 Too many sessions of this user (2), try again later.';

let root: string;
let users: string;
let pool: Pools.WorkerPool | undefined;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'port20-test-'));
  users = `${root}.users`;
  await writeFile(users, `mo:${HASH}::::::max-sessions=2\n`, { mode: 0o600 });
});

afterEach(async () => {
  await pool?.stop();
  pool = undefined;
  await rm(root, { recursive: true });
  await rm(users, { force: true });
});

async function started(server: Pools.WorkerPoolOptions['server'] = {}): Promise<Pools.WorkerPool> {
  const settings = { host: ownAddress(), port: 2121, root, usersFile: users, loginDelayMs: 0, ...server };
  pool = await startWorkers({ server: settings, workers: 2, logLevel: 'silent' });
  return pool;
}

interface Login {
  readonly client: RawClient;
  readonly reply: string;
}

async function logIn(
  { address }: Pools.WorkerPool,
  user = 'mo',
  pass = PASSWORD,
  from = ownAddress(),
): Promise<Login> {
  const client = await RawClient.connect(address, from);
  await client.command(`USER ${user}`);
  return { client, reply: await client.command(pass) };
}

it("a user has as many sessions as it may over all of them, and room again when one ends or is somebody else's", async () => {
  const pool = await started();
  const [first, second] = [await logIn(pool), await logIn(pool)];
  expect([first.reply, second.reply]).toEqual([
    expect.stringMatching(/^230 /),
    expect.stringMatching(/^230 /),
  ]);
  for (let n = 0; n < 4; n++) expect((await logIn(pool)).reply).toBe(TOO_MANY);
  expect(await first.client.command('REIN')).toMatch(/^220 /);
  const third = await logIn(pool);
  expect(third.reply).toMatch(/^230 /);
  expect((await logIn(pool)).reply).toBe(TOO_MANY);
  await second.client.quit();
  let again = await logIn(pool);
  // Its process has ended the session before it tells the primary so.
  while (again.reply === TOO_MANY) again = await logIn(pool);
  expect(again.reply).toMatch(/^230 /);
  expect((await logIn(pool)).reply).toBe(TOO_MANY);
  for (const { client } of [first, third, again]) client.socket.destroy();
});

it("a process that is killed takes its users' sessions with it, and its replacement knows the users without their file", async () => {
  const pool = await started();
  const before = pool.pids();
  const both = [await logIn(pool), await logIn(pool)]; // one in each
  for (const { reply } of both) expect(reply).toMatch(/^230 /);
  expect((await logIn(pool)).reply).toBe(TOO_MANY);
  await rm(users);
  const [victim = 0] = before;
  process.kill(victim, 'SIGKILL');
  await Promise.race(both.map(({ client }) => client.ended()));
  let replacement = await logIn(pool).catch(() => undefined);
  while (!replacement?.reply.startsWith('230')) replacement = await logIn(pool).catch(() => undefined);
  expect((await logIn(pool)).reply).toBe(TOO_MANY);
  while (pool.pids().length < 2) await systemClock.sleep(5);
  for (const pid of before.slice(1)) process.kill(pid, 'SIGKILL');
  let last = await logIn(pool).catch(() => undefined);
  while (!last?.reply.startsWith('230')) last = await logIn(pool).catch(() => undefined);
  expect((await logIn(pool, 'mo', 'PASS wrong')).reply).toBe('530 Login incorrect.');
  for (const { client } of [...both, replacement, last]) client.socket.destroy();
});

it('guesses of one address count over all of them', async () => {
  const pool = await started({ maxLoginAttempts: 100 });
  const from = ownAddress();
  const guesses = Array.from({ length: 40 }, (_, n) => logIn(pool, `nobody${n}`, 'PASS x', from));
  expect((await Promise.all(guesses)).map(({ reply }) => reply)).toEqual(
    guesses.map(() => '530 Login incorrect.'),
  );
  // Turns of two seconds, fifteen of them at most: those behind are not looked at, in whichever process they are.
  const more = Array.from({ length: 40 }, async (_, n) => {
    const client = await RawClient.connect(pool.address, from);
    await client.command(`USER more${n}`);
    return { client, refused: client.command('PASS x').catch(() => 'ended') };
  });
  const sessions = await Promise.all(more);
  const refused = Promise.all(sessions.slice(16).map((one) => one.refused));
  await (await logIn(pool)).client.quit(); // from elsewhere it goes on
  const first = await Promise.any(
    sessions.map(async (one) => {
      const reply = await one.refused;
      if (!reply.startsWith('421 Too many failed logins from your address')) throw new Error(reply);
      return reply;
    }),
  );
  expect(first).toMatch(/^421 /);
  for (const { client } of sessions) client.socket.destroy();
  await refused;
});
