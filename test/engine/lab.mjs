// What tests over Redis have in common: a redis-server of Debian by itself, agents, runs, and what must be true of a result.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';

export const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
export const folder = mkdtempSync(join(tmpdir(), 'port20-engine-'));
const started = new Set();

/** What a script started does not outlive it. */
process.on('exit', () => {
  for (const child of started) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

export { sleep };

/** A process whose output is kept; `ended` resolves with its exit status, or its signal. */
export function start(command, args, { env = {}, prefix = [] } = {}) {
  const [program, ...rest] = [...prefix, command, ...args];
  const child = spawn(program, rest, {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.add(child);
  const one = { child, pid: child.pid, stdout: '', stderr: '' };
  child.stdout.on('data', (data) => {
    one.stdout += data;
  });
  child.stderr.on('data', (data) => {
    one.stderr += data;
  });
  one.ended = once(child, 'close').then(([code, signal]) => {
    started.delete(child);
    one.status = code ?? signal;
    return one;
  });
  one.kill = (signal = 'SIGTERM') => {
    child.kill(signal);
    return one.ended;
  };
  one.says = (what, withinMs = 30_000) =>
    until(
      () => what.test(one.stderr),
      withinMs,
      () => `never said ${what}: ${one.stderr}`,
    );
  return one;
}

export async function until(reached, withinMs, why) {
  const endMs = performance.now() + withinMs;
  while (!(await reached())) {
    if (performance.now() > endMs) throw new Error(why());
    await sleep(20);
  }
}

/** Below those that the kernel gives to connections. */
let nextPort = 20_000 + (process.pid % 12_000);

/** Without persistence: what it forgets in a restart is forgotten. */
export async function startRedis({
  port = nextPort++,
  args = [],
  host = '127.0.0.1',
  connect = {},
  prefix = [],
} = {}) {
  const server = start(
    'redis-server',
    ['--port', String(port), '--bind', host, '--save', '', '--appendonly', 'no', '--dir', folder, ...args],
    { prefix },
  );
  const client = new Redis({ host, port, lazyConnect: true, maxRetriesPerRequest: null, ...connect });
  client.on('error', () => {});
  await until(
    () => client.ping().catch(() => false),
    10_000,
    () => `redis-server: ${server.stdout}`,
  );
  return { ...server, port, server, client, url: `redis://${host}:${port}`, keys: () => client.keys('*') };
}

export async function startAgents(url, names, { args = [], env = {}, prefix = [], main = MAIN } = {}) {
  const agents = names.map((name) =>
    start(process.execPath, [main, 'agent', '--redis', url, '--name', name, ...args], { env, prefix }),
  );
  await Promise.all(agents.map((agent) => agent.says(/: ready at/)));
  return agents;
}

/** With the result, where one was saved, and what stands in it checked. */
export async function stress(url, agents, args, { env = {}, prefix = [], during, keepsResult = true } = {}) {
  const out = join(folder, `result-${nextPort++}.json`);
  const run = start(
    process.execPath,
    [
      ...[MAIN, 'stress', '--engine', 'bullmq', '--redis', url, '--agents', String(agents)],
      ...['--json', '--quiet', '--out', out, ...args],
    ],
    { env, prefix },
  );
  await during?.(run);
  await run.ended;
  const result = keepsResult && existsSync(out) ? JSON.parse(readFileSync(out, 'utf8')) : undefined;
  if (result !== undefined) requireIdentity(result);
  return { status: run.status, stdout: run.stdout, stderr: run.stderr, result };
}

/** Whatever happened: offered is the sum of the ends, of the shards, and of the blocks; and no block of a lost round counts. */
export function requireIdentity({ blocks, strategies, lost = [], requested }) {
  const sum = (items, value) => items.reduce((total, item) => total + value(item), 0);
  for (const block of blocks) {
    const { offered, completed, failed, cancelled, dropped, warmUp, shards = [], problems } = block;
    if (problems.some(({ id }) => id === 'broken-off')) continue;
    equal(offered, completed + failed + cancelled + dropped, 'offered is the sum of its ends');
    equal(
      failed,
      sum(Object.values(block.failures), (n) => n),
      'failed is the sum of its kinds',
    );
    equal(
      offered + warmUp,
      sum(shards, (shard) => shard.offered),
      'offered is the sum of its shards',
    );
    equal(shards.length, requested.generators, 'every shard is there');
  }
  const keyOf = ({ scenario, contestant, index }) => JSON.stringify([scenario, contestant, index]);
  equal(new Set(blocks.map(keyOf)).size, blocks.length, 'no block is there twice');
  for (const row of strategies) {
    const own = blocks.filter(
      (block) =>
        block.scenario === row.scenario &&
        block.contestant === row.contestant &&
        block.valid &&
        block.cancelled === 0,
    );
    equal(
      row.offered,
      sum(own, ({ offered }) => offered),
      'a row is the sum of its blocks',
    );
  }
  const leftOut = new Set(
    lost.filter(({ again }) => !again).map(({ scenario, index }) => `${scenario} ${index}`),
  );
  for (const { scenario, index } of blocks) {
    if (leftOut.has(`${scenario} ${index}`))
      throw new Error(`a block of ${scenario} ${index}, which was given up`);
  }
}

/** Nothing was lost but to a core that others had: a load that began late is run again, and says so. */
export function requireUnharmed({ lost = [] }) {
  const harm = lost.find(({ again, reason }) => !again || !/^it began \d+ ms late$/.test(reason));
  if (harm !== undefined) throw new Error(`a shard was lost: ${JSON.stringify(harm)}`);
}

export function equal(found, wanted, what) {
  if (found !== wanted) throw new Error(`${what}: ${JSON.stringify(found)} is not ${JSON.stringify(wanted)}`);
}

export function matches(text, form) {
  if (!form.test(text)) throw new Error(`${JSON.stringify(text)} does not match ${form}`);
}

export function write(name, text) {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** So many at once, and what each was; the exit status tells whether all held. */
export async function runCases(cases, { atOnce = 1 } = {}) {
  const only = process.argv.slice(2).find((word) => !word.startsWith('--'));
  let wrong = 0;
  const waiting = Object.entries(cases).filter(([name]) => only === undefined || name.includes(only));
  await Promise.all(Array.from({ length: atOnce }, work));
  process.exit(wrong === 0 ? 0 : 1);

  async function work() {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await runCase(next);
  }

  async function runCase([name, work]) {
    const beganMs = performance.now();
    const said = await work().then(
      (told) => `ok     ${told}`,
      (error) => {
        wrong++;
        return `WRONG  ${error.stack}`;
      },
    );
    console.log(`${name}: ${said} (${((performance.now() - beganMs) / 1000).toFixed(1)} s)`);
  }
}
