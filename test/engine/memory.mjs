// What a coordinator keeps of a block that is over: none of its transfers, however long the server lives.
// `node --expose-gc test/engine/memory.mjs`; needs redis-server.
import { setTimeout as sleep } from 'node:timers/promises';
import { createAgentEngine } from '../../dist/engine/redis/coordinator.js';
import { readRedisUrl } from '../../dist/engine/redis/url.js';
import { fillPlan } from '../../dist/plan/parse.js';
import { runPlan } from '../../dist/run/run.js';
import { equal, startAgents, startRedis } from './lab.mjs';

const BLOCKS = 4;
const redis = await startRedis();
const agents = await startAgents(redis.url, ['a1', 'a2']);
const load = { name: 'load', workload: 'open', rate: 60, sessions: 8, duration: '500ms' };
const plan = fillPlan(
  { binders: ['reuse-port'], blocks: BLOCKS, generators: 2, onSaturation: 'warn', scenarios: [load] },
  'memory',
);
const engine = await createAgentEngine({
  ...{ redis: readRedisUrl(redis.url), agents: 2, plan, run: 'memory', targets: [] },
  ...{ waitMs: 60_000, silenceMs: 30_000, say: console.error },
});
const transfers = [];
const watched = {
  ...engine,
  async runBlock(...asked) {
    const raw = await engine.runBlock(...asked);
    transfers.push(new WeakRef(raw.attempts[0]));
    return raw;
  },
};
const { blocks } = await runPlan(plan, watched);
equal(blocks.length, BLOCKS, 'every block is there');
// A reference is kept until the turn in which it was made is over.
await sleep(0);
globalThis.gc();
equal(
  transfers.filter((one) => one.deref() !== undefined).length,
  0,
  'transfers that are kept while the server lives',
);
await engine.close();
await Promise.all(agents.map((agent) => agent.kill()));
equal((await redis.keys()).join(', '), '', 'nothing is left in Redis');
redis.client.disconnect();
console.log(`ok     ${BLOCKS} blocks, and no transfer of theirs is kept`);
process.exit(0);
