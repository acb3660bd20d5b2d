// Several server processes on one control port and one data port, as they are built.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { restartDelayMs } from '../../src/server/restart.ts';
import { ownAddress } from '../support/loopback.ts';
import { RawClient } from './raw-client.ts';

const built = (path: string) => fileURLToPath(new URL(`../../dist/${path}`, import.meta.url));

// node:cluster keeps its settings per process, so each pool is run in a process of its own: primary and worker.
const PROGRAM = `
  const { default: cluster } = await import('node:cluster');
  const [options, workers] = process.argv.slice(2);
  if (cluster.isPrimary) {
    const { startWorkers } = await import('${built('server/cluster.js')}');
    const pool = await startWorkers({
      exec: process.argv[1],
      args: [options, workers],
      workers: Number(workers),
      onWorkerLost: (loss) => console.log(JSON.stringify({ loss })),
    }).catch((error) => {
      console.log(JSON.stringify({ error: error.message, code: error.code }));
      process.exit(3);
    });
    cluster.on('listening', () => console.log(JSON.stringify({ again: pool.pids() })));
    process.on('SIGTERM', () => pool.stop().then(() => console.log(JSON.stringify({ stopped: pool.pids() }))));
    console.log(JSON.stringify({ port: pool.port, pids: pool.pids() }));
  } else {
    const { createServer } = await import('${built('server/server.js')}');
    const server = createServer(JSON.parse(options));
    process.on('SIGTERM', () => server.close().then(() => process.exit(0)));
    await server.listen().catch((error) => process.exit(3));
  }
`;

describe('startWorkers', () => {
  it('shares the control port and the data port, replaces a dead worker, and stops', () =>
    inPool({ binder: 'reuse-port' }, 2, async ({ host, said, primary }) => {
      const { port, pids } = (await said()) as { port: number; pids: number[] };
      expect(pids).toHaveLength(2);
      const clients = await Promise.all([1, 2, 3, 4].map(() => RawClient.loggedIn({ address: host, port })));
      for (const client of clients) {
        const listener = await client.announce();
        const { from, content } = await client.fetch('RETR f', listener);
        expect([from, content.toString()]).toEqual([{ address: host, port: port - 1 }, 'content']);
        const passive = await client.command('PASV');
        expect(passive).toMatch(/^227 /);
        await listener.close();
      }
      await Promise.all(clients.map((client) => client.quit()));

      const [victim = 0] = pids;
      process.kill(victim, 'SIGKILL');
      expect(await said()).toEqual({
        loss: { pid: victim, how: 'SIGKILL', restartInMs: expect.any(Number) },
      });
      const { again } = (await said()) as { again: number[] };
      expect(again).toHaveLength(2);
      expect(again).not.toContain(victim);

      primary.kill('SIGTERM');
      expect(await said()).toEqual({ stopped: [] });
      expect(await once(primary, 'exit')).toEqual([0, null]);
    }));

  it('fails, and leaves no worker, when one ends before it listens', () =>
    inPool({ host: '192.0.2.1' }, 2, async ({ said, primary }) => {
      expect(await said()).toEqual({
        code: 'ERR_PREFLIGHT',
        error: 'a server process ended before it listened: exit status 3',
      });
      expect(await once(primary, 'exit')).toEqual([3, null]);
    }));
});

describe('restartDelayMs', () => {
  const losses = (count: number) => Array.from({ length: count }, (_, i) => i);
  it.each([
    [1, 100],
    [2, 200],
    [5, 1600],
    [8, 10_000],
    [10, 10_000],
    [11, undefined],
  ])('after %i losses within a minute: %p', (count, delayMs) => {
    expect(restartDelayMs(losses(count), 1000)).toBe(delayMs);
  });

  it('forgets what is older than a minute', () => {
    expect(restartDelayMs([...losses(50), 100_000], 100_000)).toBe(100);
  });
});

interface RunningPool {
  readonly host: string;
  readonly primary: ReturnType<typeof spawn>;
  /** The next thing that the primary said. */
  said(): Promise<unknown>;
}

async function inPool(
  options: object,
  workers: number,
  test: (pool: RunningPool) => Promise<void>,
): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'port20-test-'));
  await writeFile(join(root, 'f'), 'content');
  await writeFile(join(root, 'pool.mjs'), PROGRAM);
  const host = ownAddress();
  const args = [
    join(root, 'pool.mjs'),
    JSON.stringify({ host, port: 2121, root, ...options }),
    String(workers),
  ];
  const primary = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface(primary.stdout)[Symbol.asyncIterator]();
  const said = async () => JSON.parse((await lines.next()).value ?? 'null');
  try {
    await test({ host, primary, said });
  } finally {
    primary.kill('SIGKILL');
    await rm(root, { recursive: true });
  }
}
