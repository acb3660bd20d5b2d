// Several server processes behind one control port, as they are built: shared out evenly, replaced, nobody unanswered.
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Endpoint } from '../../../src/address.ts';
import { systemClock } from '../../../src/clock.ts';
import { givesUp, restartDelayMs } from '../../../src/server/operation/restart.ts';
import type * as Pools from '../../../src/server/operation/worker-pool.ts';
import { ownAddress } from '../../support/loopback.ts';
import { RawClient } from '../raw-client.ts';

/** Built: its workers are programs. */
const { startWorkers }: typeof Pools = await import(
  '../../../dist/server/operation/worker-pool.js' as string
);

let root: string;
let pool: Pools.WorkerPool | undefined;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'port20-test-'));
  await writeFile(join(root, 'f'), 'content');
});

afterEach(async () => {
  await pool?.stop();
  pool = undefined;
  await rm(root, { recursive: true });
});

interface Started {
  readonly pool: Pools.WorkerPool;
  readonly losses: readonly Pools.WorkerLoss[];
  /** Resolves when there are that many losses. */
  lost(count: number): Promise<void>;
  /** Resolves when that many workers serve. */
  serving(count: number): Promise<void>;
}

async function started(
  options: Partial<Pools.WorkerPoolOptions> = {},
  server: Pools.WorkerPoolOptions['server'] = {},
): Promise<Started> {
  const losses: Pools.WorkerLoss[] = [];
  const onWorkerLost = (loss: Pools.WorkerLoss) => void losses.push(loss);
  const settings = { host: ownAddress(), port: 2121, root, ...server };
  const running = await startWorkers({
    ...{ server: settings, workers: 2, logLevel: 'silent', onWorkerLost, ...options },
  });
  pool = running;
  const until = async (reached: () => boolean) => {
    while (!reached()) await systemClock.sleep(5);
  };
  return {
    ...{ pool: running, losses },
    lost: (count) => until(() => losses.length >= count),
    serving: (count) => until(() => running.pids().length >= count),
  };
}

function kill(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) process.kill(pid, signal);
}

function logins(address: Endpoint, count: number): Promise<RawClient[]> {
  return Promise.all(Array.from({ length: count }, () => RawClient.loggedIn(address)));
}

function endAll(clients: readonly RawClient[]): void {
  for (const { socket } of clients) socket.destroy();
}

describe('the workers', () => {
  it('serve one control port and one data port, passive listeners of their own, and stop', async () => {
    const { pool } = await started();
    const clients = await logins(pool.address, 4);
    for (const client of clients) {
      const listener = await client.announce();
      const { from, content } = await client.fetch('RETR f', listener);
      const { address, port } = pool.address;
      expect([from, content.toString()]).toEqual([{ address, port: port - 1 }, 'content']);
      expect(await client.command('PASV')).toMatch(/^227 /);
      await listener.close();
    }
    await pool.stop();
    expect(pool.pids()).toEqual([]);
    for (const client of clients) expect(await client.reply()).toMatch(/^421 /);
    await expect(RawClient.connect(pool.address)).rejects.toThrow('ECONNREFUSED');
    await pool.ended;
  });

  it('get even shares, of sessions that come at once as of those that come one by one', async () => {
    const { pool, lost } = await started();
    const clients = await logins(pool.address, 10);
    for (let n = 0; n < 6; n++) clients.push(...(await logins(pool.address, 1)));
    const [victim = 0] = pool.pids();
    kill([victim], 'SIGKILL');
    await lost(1);
    const answers = await Promise.all(clients.map((client) => client.command('NOOP').catch(() => 'lost')));
    expect(answers.filter((answer) => answer === 'lost')).toHaveLength(8);
    endAll(clients);
  });

  it('take over from one that is told to end: it finishes, new sessions go to the others', async () => {
    const { pool, losses, lost, serving } = await started();
    const [leaver = 0] = pool.pids();
    const both = await logins(pool.address, 2);
    kill([leaver], 'SIGTERM');
    expect(await Promise.race(both.map((client) => client.reply()))).toBe('421 The server is closing.');
    const clients = await logins(pool.address, 8);
    await lost(1);
    expect(losses).toEqual([{ pid: leaver, how: 'SIGTERM', restartInMs: 100 }]);
    await serving(2);
    expect(pool.pids()).not.toContain(leaver);
    for (const client of clients) expect(await client.command('NOOP')).toMatch(/^200 /);
    endAll([...both, ...clients]);
  });
});

describe('a worker that is stopped', () => {
  /** Resolves with its third answer from now on: the others were asked, and asked again, meanwhile. */
  function answers(worker: ChildProcess | undefined): Promise<void> {
    let pongs = 0;
    return new Promise((resolve) => {
      worker?.on('message', ({ type }: { readonly type: string }) => {
        if (type === 'pong' && ++pongs === 3) resolve();
      });
    });
  }

  it('is given no session once it does not answer', async () => {
    const workers: ChildProcess[] = [];
    const { pool } = await started({ onWorkerServing: (worker) => void workers.push(worker) });
    const pids = workers.map(({ pid = 0 }) => pid);
    kill(pids.slice(0, 1), 'SIGSTOP');
    await answers(workers[1]);
    const clients = await logins(pool.address, 4); // all of them are answered
    kill(pids.slice(0, 1), 'SIGCONT');
    for (const client of clients) expect(await client.command('NOOP')).toMatch(/^200 /);
    endAll(clients);
  });
});

describe('a pool that is to stop at once', () => {
  it('tells every client, and kills a worker that does not obey', async () => {
    const { pool } = await started({ graceMs: 3_600_000 });
    const clients = await logins(pool.address, 2);
    const pids = pool.pids();
    const listeners = await Promise.all(clients.map((client) => client.announce()));
    await writeFile(join(root, 'f'), Buffer.alloc(20_000_000));
    const data = [];
    for (const [at, client] of clients.entries()) {
      client.send('RETR f\r\n');
      data.push(await listeners[at]?.accepted());
      expect(await client.reply()).toMatch(/^150 /);
    }
    kill(pids.slice(0, 1), 'SIGSTOP');
    const stopping = pool.stop();
    await pool.stopAtOnce();
    await stopping;
    const last = await Promise.allSettled(clients.map((client) => client.reply()));
    const told = last.map((one) => one.status === 'fulfilled' && one.value);
    expect(told.sort()).toEqual(['426 Transfer aborted.', false]);
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    for (const socket of data) socket?.destroy();
    await Promise.all(listeners.map((listener) => listener.close()));
  });
});

describe('a connection that meets a dead worker', () => {
  it('is served by another, greeted once, when the dead one had not taken it', async () => {
    const { pool, lost } = await started();
    const [stopped = 0] = pool.pids();
    kill([stopped], 'SIGSTOP');
    const greetings = Promise.all(Array.from({ length: 12 }, () => RawClient.connect(pool.address)));
    kill([stopped], 'SIGKILL');
    const clients = await greetings;
    await lost(1);
    for (const client of clients) expect(await client.command('NOOP')).toMatch(/^200 |^530 /);
    endAll(clients);
  });

  it('waits for a replacement when none is left', async () => {
    const { pool, lost, serving } = await started();
    kill(pool.pids(), 'SIGKILL');
    const clients = await logins(pool.address, 20);
    await lost(2);
    await serving(2);
    for (const client of clients) expect(await client.command('NOOP')).toMatch(/^200 /);
    endAll(clients);
  });

  it('is refused when too many wait already', async () => {
    const { pool } = await started({ workers: 1 }, { maxSessions: 2 });
    kill(pool.pids(), 'SIGSTOP');
    kill(pool.pids(), 'SIGKILL');
    const first = await Promise.all(Array.from({ length: 9 }, () => firstReply(pool.address)));
    // Some may have been offered to the worker before its end was known: then they wait, too.
    expect(first.every((reply) => /^220 |^421 Too many/.test(reply))).toBe(true);
    expect(first.filter((reply) => reply.startsWith('421'))).not.toEqual([]);
  });
});

describe('the sessions of all workers', () => {
  it('are counted together, and free again when they end or their worker is killed', async () => {
    const { pool } = await started({}, { maxSessions: 3 });
    const TOO_MANY = '421 Too many sessions, try again later.';
    const clients = await logins(pool.address, 3);
    expect(await firstReply(pool.address)).toBe(TOO_MANY);
    await clients[0]?.quit();
    clients.push(await admitted(pool.address, ownAddress()));
    expect(await firstReply(pool.address)).toBe(TOO_MANY);
    kill(pool.pids(), 'SIGKILL');
    await Promise.all(clients.map((client) => client.ended()));
    for (let n = 0; n < 3; n++) clients.push(await admitted(pool.address, ownAddress()));
    expect(await firstReply(pool.address)).toBe(TOO_MANY);
    endAll(clients);
  });
});

describe('a pool that listens on several addresses', () => {
  it('has each of them served by every worker, with its own data port', async () => {
    const listen = [ownAddress(), ownAddress()].map((address, n) => ({ address, port: 2121 + n * 100 }));
    const running = await startWorkers({ server: { listen, root }, workers: 2, logLevel: 'silent' });
    pool = running;
    expect([running.addresses, running.address]).toEqual([listen, listen[0]]);
    for (const { address, port } of [...listen, ...listen]) {
      const client = await RawClient.loggedIn({ address, port });
      const listener = await client.announce();
      expect((await client.fetch('RETR f', listener)).from).toEqual({ address, port: port - 1 });
      await listener.close();
      client.socket.destroy();
    }
  });
});

describe('the passive ports of a range', () => {
  it('are shared by workers that do not know of each other', async () => {
    const { pool } = await started({}, { passivePorts: { low: 50_000, high: 50_003 } });
    const clients = await logins(pool.address, 5);
    const replies = await Promise.all(clients.map((client) => client.command('EPSV')));
    const ports = replies.flatMap((reply) => /\|(\d+)\|/.exec(reply)?.[1] ?? []);
    expect(ports.sort()).toEqual(['50000', '50001', '50002', '50003']);
    expect(replies.filter((reply) => /^425 .* all of them are in use/.test(reply))).toHaveLength(1);
    endAll(clients);
  });
});

describe('the sessions of one address', () => {
  const TOO_MANY = '421 Too many sessions from your address, try again later.';

  it('are counted over all workers, and free again when they end or their worker is killed', async () => {
    const { pool } = await started({}, { maxSessionsPerAddress: 2 });
    const [greedy, modest] = [ownAddress(), ownAddress()];
    const first = await RawClient.loggedIn(pool.address, greedy); // one on each worker
    const second = await RawClient.loggedIn(pool.address, greedy);
    expect(await firstReply(pool.address, greedy)).toBe(TOO_MANY);
    const other = await RawClient.loggedIn(pool.address, modest);
    await first.quit();
    const third = await admitted(pool.address, greedy);
    expect(await firstReply(pool.address, greedy)).toBe(TOO_MANY);
    kill(pool.pids(), 'SIGKILL');
    await Promise.all([second.ended(), third.ended(), other.ended()]);
    const again = [await admitted(pool.address, greedy), await admitted(pool.address, greedy)];
    expect(await firstReply(pool.address, greedy)).toBe(TOO_MANY);
    endAll(again);
  });

  it('are counted once, from their connection on, whichever worker they wait for', async () => {
    const { pool, lost, serving } = await started({}, { maxSessionsPerAddress: 2 });
    const greedy = ownAddress();
    kill(pool.pids(), 'SIGSTOP'); // offered, and not taken
    const both = [RawClient.connect(pool.address, greedy), RawClient.connect(pool.address, greedy)];
    expect(await firstReply(pool.address, greedy)).toBe(TOO_MANY);
    kill(pool.pids(), 'SIGKILL'); // offered to the next, or waiting for it
    const clients = await Promise.all(both);
    await lost(2);
    await serving(2);
    for (const client of clients) expect(client.greeting).toMatch(/^220 /);
    expect(await firstReply(pool.address, greedy)).toBe(TOO_MANY);
    await clients[0]?.quit();
    endAll([...clients, await admitted(pool.address, greedy)]);
  });
});

describe('workers that cannot be replaced', () => {
  /** Serves, as the built-in one does, unless a file says that it must not. */
  async function mortal(): Promise<{ program: string; forbid(): Promise<void> }> {
    const worker = new URL('../../../dist/server/operation/worker.js', import.meta.url);
    const [program, file] = [join(root, 'worker.mjs'), join(root, 'forbidden')];
    const text = `import { existsSync } from 'node:fs';
      if (existsSync(${JSON.stringify(file)})) process.exit(3);
      await import(${JSON.stringify(worker.href)});`;
    await writeFile(program, text);
    return { program, forbid: () => writeFile(file, '') };
  }
  const clock = { ...systemClock, sleep: async () => {} };

  it('end the pool, and who waits is refused', async () => {
    const { program, forbid } = await mortal();
    const { pool, losses } = await started({ program, clock });
    await forbid();
    kill(pool.pids(), 'SIGKILL');
    const waiting = firstReply(pool.address);
    await expect(pool.ended).rejects.toThrow(
      'server processes keep ending: a server process ended before it served: exit status 3',
    );
    expect(await waiting).toMatch(/^421 The server is closing/);
    expect(losses.at(-1)?.restartInMs).toBeUndefined();
    await expect(RawClient.connect(pool.address)).rejects.toThrow('ECONNREFUSED');
  });

  it('are tried for again and again while another serves', async () => {
    const { program, forbid } = await mortal();
    const { pool, losses, lost } = await started({ program, clock });
    await forbid();
    kill(pool.pids().slice(0, 1), 'SIGKILL');
    await lost(20);
    expect(losses.every(({ restartInMs }) => restartInMs !== undefined)).toBe(true);
    const [client] = await logins(pool.address, 1);
    expect(await client?.command('NOOP')).toMatch(/^200 /);
    endAll(client === undefined ? [] : [client]);
  });
});

describe('a pool that cannot start', () => {
  it('says so when a worker ends before it serves, and gives the port back', async () => {
    const program = join(root, 'worker.mjs');
    await writeFile(program, 'process.exit(3)');
    const host = ownAddress();
    await expect(started({ program }, { host })).rejects.toThrow(
      'a server process ended before it served: exit status 3',
    );
    await started({}, { host });
  });

  it.each([
    [
      'an address of another machine',
      { host: '192.0.2.1' },
      /192\.0\.2\.1 is not an address of this machine/,
    ],
    ['a root that is none', { root: '/nowhere' }, /root '\/nowhere' cannot be served: ENOENT/],
    ['a port without one below it', { port: 1 }, /port 1 leaves no port below it/],
  ])('%s', async (_, server, message) => {
    await expect(started({}, server)).rejects.toThrow(message);
  });

  it('a port that is served already', async () => {
    const { pool } = await started({ workers: 1 });
    await expect(started({}, { host: pool.address.address })).rejects.toThrow(/is in use by another server/);
    await pool.stop();
  });
});

/** What the server says first, 220 or a refusal; '' when it says nothing. */
async function firstReply(address: Endpoint, localAddress?: string): Promise<string> {
  const client = await RawClient.connect(address, localAddress).catch(() => undefined);
  client?.socket.destroy();
  return client?.greeting ?? '';
}

/** Tries until there is room: a session's end is told from process to process, and nobody tells a client when. */
async function admitted(address: Endpoint, localAddress: string): Promise<RawClient> {
  for (;;) {
    const client = await RawClient.connect(address, localAddress);
    if (client.greeting.startsWith('220 ')) return client;
    await client.ended();
  }
}

it.each([
  [0, 100],
  [1, 200],
  [4, 1600],
  [7, 10_000],
  [1000, 10_000],
])('after %i failed starts in a row the next one waits %i ms', (failedStarts, delayMs) => {
  expect(restartDelayMs(failedStarts)).toBe(delayMs);
});

it.each([
  [0, 0, false],
  [7, 0, false],
  [8, 0, true],
  [1000, 1, false],
])('%i failed starts and %i workers that serve: gives up %p', (failedStarts, serving, expected) => {
  expect(givesUp(failedStarts, serving)).toBe(expected);
});
