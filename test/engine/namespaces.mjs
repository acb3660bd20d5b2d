// A server and four agents in five network namespaces joined by a bridge, each with an address of its own, over Debian's
// Redis: an open load, against the same on one machine; a part cut off; twenty times the load. Root, ip, nft and taskset
// needed.
// `node test/engine/namespaces.mjs [--strict] [TEXT]`. What it makes is gone when it ends. With --strict no generator may wait
// more than a tenth of the time for a core: that takes a machine with nothing else to do.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import {
  equal,
  folder,
  MAIN,
  matches,
  requireIdentity,
  runCases,
  sleep,
  start,
  startAgents,
  stress,
  until,
} from './lab.mjs';

const STRICT = process.argv.includes('--strict');
const NAME = `p20-${process.pid}`;
const SERVER = `${NAME}-s`;
const AGENTS = [1, 2, 3, 4].map((i) => `${NAME}-a${i}`);
const NETWORK = '10.120.77';
const inside = (namespace) => ['ip', 'netns', 'exec', namespace];
const ip = (...args) => execFileSync('ip', args, { stdio: ['ignore', 'pipe', 'pipe'] });

/** The bridge is in the server's namespace: nothing of it is on this machine's own network. */
function buildUp() {
  for (const namespace of [SERVER, ...AGENTS]) {
    ip('netns', 'add', namespace);
    ip('-n', namespace, 'link', 'set', 'lo', 'up');
  }
  ip('-n', SERVER, 'link', 'add', 'bridge', 'type', 'bridge');
  ip('-n', SERVER, 'addr', 'add', `${NETWORK}.1/24`, 'dev', 'bridge');
  ip('-n', SERVER, 'link', 'set', 'bridge', 'up');
  AGENTS.forEach((namespace, i) => {
    ip(
      '-n',
      SERVER,
      'link',
      'add',
      `to-a${i + 1}`,
      'type',
      'veth',
      'peer',
      'name',
      'eth0',
      'netns',
      namespace,
    );
    ip('-n', SERVER, 'link', 'set', `to-a${i + 1}`, 'master', 'bridge', 'up');
    ip('-n', namespace, 'addr', 'add', `${NETWORK}.${i + 11}/24`, 'dev', 'eth0');
    ip('-n', namespace, 'link', 'set', 'eth0', 'up');
  });
}

process.on('exit', () => {
  for (const namespace of [SERVER, ...AGENTS]) {
    try {
      ip('netns', 'del', namespace);
    } catch {}
  }
});

const PLAN = [
  '--seed',
  '3',
  '--binder',
  'legacy-bsd,reuse-port',
  '--bind-to-connect',
  '8ms',
  '--retry',
  'none',
];
const RATE = 60;
const ARRIVALS = [
  '--rate',
  String(RATE),
  '--sessions',
  '64',
  '--duration',
  '2s',
  '--blocks',
  STRICT ? '12' : '4',
];
const LOAD = [...PLAN, ...ARRIVALS, '--agents-within', '60s'];
/** What Redis binds in the server's namespace. */
const redisArgs = ['--protected-mode', 'no'];

buildUp();
const host = `${NETWORK}.1`;
const port = 6379;
const redis = start(
  'redis-server',
  ['--port', String(port), '--bind', host, '--save', '', '--appendonly', 'no', '--dir', folder, ...redisArgs],
  { prefix: inside(SERVER) },
);
await until(
  () => /Ready to accept/.test(redis.stdout),
  10_000,
  () => redis.stdout,
);
const url = `redis://${host}:${port}`;
const startAgent = async (i) => {
  const [agent] = await startAgents(url, [`a${i + 1}`], {
    args: ['--allow', `${NETWORK}.0/24`],
    prefix: inside(AGENTS[i]),
  });
  return agent;
};
const agents = await Promise.all(AGENTS.map((_, i) => startAgent(i)));
const over = (args, more = {}) => stress(url, 4, args, { prefix: inside(SERVER), ...more });
/** The process and its children, which are load generators, all their threads. */
function pinned(pid, cores) {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  for (const one of [pid, ...children])
    if (one !== '') execFileSync('taskset', ['-a', '-p', '-c', cores, String(one)]);
}
/** Those of the block that is under way, by their tokens. */
function openShards() {
  const cli = (...args) =>
    execFileSync('ip', ['netns', 'exec', SERVER, 'redis-cli', '-h', host, ...args])
      .toString()
      .trim();
  const key = cli('keys', 'port20:run:*:shards');
  return key === '' ? '' : cli('hkeys', key);
}
const rowsOf = ({ strategies }) => new Map(strategies.map((row) => [row.contestant, row]));
const share = (value) => `${(100 * value).toFixed(1)} %`;

await runCases({
  async 'four agents against one machine'() {
    const many = await over([...LOAD, '--on-saturation', 'warn']);
    const out = join(folder, 'one.json');
    const one = start(process.execPath, [
      ...[MAIN, 'stress', '--json', '--quiet', '--out', out, ...PLAN, ...ARRIVALS],
    ]);
    await one.ended;
    const alone = JSON.parse(readFileSync(out, 'utf8'));
    const waited = many.result.blocks.flatMap(({ shards }) =>
      shards.map(({ runQueueShare }) => runQueueShare),
    );
    const worst = Math.max(...waited);
    const told = [];
    const local = rowsOf(alone);
    for (const [name, { failureRate, interval, offered }] of rowsOf(many.result)) {
      const other = local.get(name);
      if (interval[0] > other.interval[1] || other.interval[0] > interval[1]) {
        throw new Error(
          `${name}: ${share(failureRate)} on four agents, ${share(other.failureRate)} on one machine`,
        );
      }
      told.push(
        `${name} ${share(failureRate)} of ${offered} (one machine ${share(other.failureRate)} of ${other.offered})`,
      );
    }
    for (const { server } of many.result.blocks) equal(server.address, host, 'the server is at the bridge');
    equal(
      new Set(many.result.agents.map(({ address }) => address)).size,
      4,
      'each agent has its own address',
    );
    equal(many.result.host.loopback, false, 'no loopback');
    if (STRICT && worst > 0.1)
      throw new Error(`a generator waited ${share(worst)} of the time for a core; ${told.join(', ')}`);
    equal(many.status, 0, many.stderr);
    return `${told.join(', ')}; no generator waited over ${share(worst)} for a core`;
  },

  async 'an agent is cut off'() {
    const nft = (...args) => execFileSync('ip', ['netns', 'exec', AGENTS[1], 'nft', ...args]);
    const run = await over([...LOAD, '--blocks', '2', '--on-saturation', 'warn', '--agent-silence', '4s'], {
      async during() {
        await until(
          () => openShards() !== '',
          60_000,
          () => 'no block began',
        );
        await sleep(1000);
        const open = openShards();
        nft('add', 'table', 'inet', 'cut');
        nft('add', 'chain', 'inet', 'cut', 'in', '{ type filter hook input priority 0; policy drop; }');
        await until(
          () => openShards() !== open,
          60_000,
          () => 'the block did not end',
        );
        nft('delete', 'table', 'inet', 'cut');
      },
    });
    equal(run.status, 0, run.stderr);
    const { lost = [], blocks } = run.result;
    if (!lost.some(({ agent, again }) => agent === 'a2' && again)) throw new Error('no shard of a2 was lost');
    equal(blocks.length, 4, 'its blocks were run again');
    requireIdentity(run.result);
    return `exit 0; lost: ${lost.map(({ agent, reason }) => `agent ${agent}: ${reason}`).join('; ')}`;
  },

  async 'twenty times the load'() {
    // On one core: how many a machine has, and how quick they are, is not to decide whether it is too much.
    for (const { pid } of agents) pinned(pid, '0');
    const run = await over([
      ...[
        '--binder',
        'reuse-port',
        '--rate',
        String(20 * RATE),
        '--sessions',
        '1280',
        '--duration',
        '2s',
        '--blocks',
        '1',
      ],
      ...['--agents-within', '60s', '--agent-silence', '30s'],
    ]);
    for (const { pid } of agents) pinned(pid, `0-${availableParallelism() - 1}`);
    equal(run.status, 4, run.stderr);
    matches(run.stderr, /agent a[1-4] was saturated: /);
    return `exit 4: ${run.stderr.trim().split('\n').at(-1)}`;
  },

  async 'the agents end in order'() {
    await Promise.all(agents.map((agent) => agent.kill()));
    for (const { status, stderr } of agents) equal(status, 0, stderr);
    const left = execFileSync('ip', ['netns', 'exec', SERVER, 'redis-cli', '-h', host, 'keys', '*'])
      .toString()
      .trim();
    equal(left, '', 'nothing is left in Redis');
    return 'exit 0, no key is left';
  },
});
