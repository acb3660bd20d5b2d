// A hundred short runs in a row over one Redis, with two agents: no stuck job, no key left; and how far apart the loads of
// a block began over a hundred blocks, which is printed: what it takes follows from who else wants the cores.
// `node test/engine/many-runs.mjs [--runs N] [--blocks N]`; needs redis-server.
import { parseArgs } from 'node:util';
import { equal, requireUnharmed, startAgents, startRedis, stress, until } from './lab.mjs';

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '100' }, blocks: { type: 'string', default: '100' } },
});
const redis = await startRedis();
const agents = await startAgents(redis.url, ['a1', 'a2', 'a3', 'a4']);
const LOAD = ['--binder', 'reuse-port', '--rate', '100', '--sessions', '8', '--on-saturation', 'warn'];
const patience = ['--agents-within', '60s', '--agent-silence', '30s'];

const spread = await stress(redis.url, 4, [
  ...LOAD,
  ...patience,
  '--duration',
  '200ms',
  '--blocks',
  values.blocks,
]);
equal(spread.status, 0, spread.stderr);
equal(spread.result.blocks.length, Number(values.blocks), 'every block is there');
// What a machine adds: the error of its clock, and how late its load began.
const spreads = spread.result.blocks
  .map(({ shards }) => {
    const begins = shards.map(({ startedLateMs, clockErrorMs }) => ({ startedLateMs, clockErrorMs }));
    const late = begins.map((one) => one.startedLateMs + one.clockErrorMs);
    return Math.max(...late) - Math.min(...begins.map((one) => one.startedLateMs - one.clockErrorMs));
  })
  .sort((a, b) => a - b);
const at = (share) => spreads[Math.min(spreads.length - 1, Math.floor(share * spreads.length))].toFixed(1);
console.log(
  `${spreads.length} blocks of four shards: the loads of a block began within ${at(0.5)} ms (median), ${at(0.9)} ms (90 %), ${at(1)} ms (all), clock errors included`,
);

/** Beside what agents have in Redis as long as they live. */
const OF_RUNS = /:run:|:lease:|:(?:active|wait|paused|failed|completed)$|:[\da-f]{8}-[\da-f-]{27}(?::lock)?$/;
const beganMs = performance.now();
for (let n = 0; n < Number(values.runs); n++) {
  const run = await stress(redis.url, 2, [
    ...LOAD,
    ...patience,
    '--duration',
    '50ms',
    '--blocks',
    '1',
    '--seed',
    String(n),
  ]);
  equal(run.status, 0, run.stderr);
  requireUnharmed(run.result);
  // An agent's queue hears of the end of its last job a moment after the coordinator does.
  let keys = [];
  await until(
    async () => {
      keys = (await redis.keys()).filter((key) => OF_RUNS.test(key));
      return keys.length === 0;
    },
    20_000,
    () => `of run ${n + 1} there is left: ${keys.join(' ')}`,
  );
}
const seconds = (performance.now() - beganMs) / 1000;
const memory = /used_memory_human:(\S+)/.exec(await redis.client.info('memory'))?.[1];
await Promise.all(agents.map((agent) => agent.kill()));
equal((await redis.keys()).join(' '), '', 'nothing is left in Redis');
for (const { status, stderr } of agents) equal(status, 0, stderr);
console.log(
  `${values.runs} runs in ${seconds.toFixed(0)} s, no stuck job and no key left; Redis used ${memory} behind the last`,
);
redis.client.disconnect();
await redis.kill('SIGKILL');
