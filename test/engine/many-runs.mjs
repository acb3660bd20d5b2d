// A hundred short runs in a row over one Redis, with two agents: no stuck job, no key left; and how far apart the loads of
// a block began over a hundred blocks. `node test/engine/many-runs.mjs [--runs N] [--blocks N]`; needs redis-server.
import { parseArgs } from 'node:util';
import { equal, startAgents, startRedis, stress } from './lab.mjs';

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '100' }, blocks: { type: 'string', default: '100' } },
});
/** Between the first and the last load of a block. */
const MOST_SPREAD_MS = 50;

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
  equal(run.result.lost, undefined, 'nothing was lost');
  const keys = (await redis.keys()).filter((key) =>
    /:run:|:lease:|:active$|:wait$|:paused$|:failed$|:completed$/.test(key),
  );
  equal(keys.join(' '), '', `nothing of run ${n + 1} is left`);
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
// A core that others have is no fault of the barrier: a tenth of the blocks may meet one.
if (Number(at(0.9)) > MOST_SPREAD_MS) {
  console.log(`the loads of a block began ${at(0.9)} ms apart (90 %): at most ${MOST_SPREAD_MS} are allowed`);
  process.exitCode = 1;
}
