// Agents that carry nothing: all of the protocol over Redis, with transfers that are made up. Run by thousand.mjs.
import { Worker } from 'bullmq';
import { Redis } from 'ioredis';

const dist = (name) => import(new URL(`../../dist/${name}`, import.meta.url).href);
const [
  { agentKey, BULLMQ_PREFIX, keysOfRun, PROTOCOL, queueOf },
  { packMessage },
  { push, present },
  { measureOffset },
] = await Promise.all(
  ['keys', 'messages', 'scripts', 'redis-clock'].map((name) => dist(`engine/redis/${name}.js`)),
);
const { encodeAttempts } = await dist('engine/shard/codec.js');
const { arrivalsOf } = await dist('load/schedule.js');
const { shardOf } = await dist('run/shard.js');
const { blockOrder } = await dist('plan/order.js');
const { parsePlan } = await dist('plan/parse.js');
const { VERSION } = await dist('version.js');
const { systemClock } = await dist('clock.js');
const { removeQueue } = await dist('engine/redis/queue.js');
const { readRedisUrl } = await dist('engine/redis/url.js');

const [url, first, count] = process.argv.slice(2);
const place = readRedisUrl(url);
const redis = new Redis({ ...place.options });
const names = Array.from({ length: Number(count) }, (_, i) => `fake-${Number(first) + i}`);
const IDLE = { cpuShare: 0.1, runQueueShare: 0, eventLoopLagP99Ms: 1, eventLoopLagMaxMs: 2, descriptors: 40 };
const plans = new Map();

const registration = (name) => ({
  ...{ protocol: PROTOCOL, version: VERSION, name, instance: name, addresses: ['127.0.0.1'] },
  ...{ allow: ['127.0.0.0/8'], cores: 1, descriptorLimit: null, kernel: 'fake', node: process.version },
  draining: false,
});

async function planOf(keys, digest) {
  const known = plans.get(digest) ?? redis.get(keys.plan(digest)).then((text) => parsePlan(text));
  plans.set(digest, known);
  return known;
}

async function carry(job, orders) {
  const keys = keysOfRun(job.run);
  const say = (message, attempts, final) =>
    push(redis, keys, job.token, packMessage({ ...message, token: job.token }, attempts), final);
  await say({ type: 'alive' });
  const plan = await planOf(keys, job.plan);
  const spec = blockOrder(plan).find(
    (one) =>
      one.scenario.name === job.block.scenario &&
      one.contestant.name === job.block.contestant &&
      one.index === job.block.index,
  );
  const load = shardOf(plan, spec, job.shard, { ...job, addressOf: () => '127.0.0.1' });
  // Before the start: a thousand of them share a few processes.
  const drawn = [...arrivalsOf(load)].map(({ index, atMs }) => ({
    ...{
      index,
      atMs,
      session: load.sessions[index % load.sessions.length].number,
      command: 'RETR',
      bytes: 10,
    },
    ...{ hash: 'a'.repeat(40), replyCode: 226, outcome: { kind: 'completed' } },
    local: { address: '127.0.0.1', port: 20_000 + (index % 40_000) },
    remote: { address: '127.0.0.1', port: job.dataPort },
  }));
  const { offsetMs, errorMs } = await measureOffset(redis);
  await say({ type: 'ready', offsetMs, errorMs });
  let order = null;
  while (order === null) order = await orders.blpop(keys.orders(job.token), 2);
  const { type, startMs: redisMs } = JSON.parse(order[1]);
  if (type !== 'go') return;
  const startMs = redisMs - offsetMs;
  await systemClock.sleep(Math.max(0, startMs - systemClock.nowMs()));
  const startedLateMs = Math.max(0, systemClock.nowMs() - startMs);
  const endMs = startMs + load.scenario.durationMs;
  let sent = 0;
  let batch = [];
  const arrivals = drawn.map((one) => ({
    ...one,
    ...{
      scheduledAtMs: startMs + one.atMs,
      startedAtMs: startMs + one.atMs,
      endedAtMs: startMs + one.atMs + 3,
    },
  }));
  while (systemClock.nowMs() < endMs) {
    await systemClock.sleep(500);
    const nowMs = systemClock.nowMs();
    while (arrivals.length > 0 && arrivals[0].endedAtMs < nowMs) batch.push(arrivals.shift());
    if (batch.length === 0) await say({ type: 'alive' });
    else await say({ type: 'attempts' }, encodeAttempts(batch, startMs));
    sent += batch.length;
    batch = [];
  }
  if (arrivals.length > 0) await say({ type: 'attempts' }, encodeAttempts(arrivals, startMs));
  sent += arrivals.length;
  await say(
    { type: 'done', attempts: sent, generator: IDLE, lostSessions: 0, warnings: [], startedLateMs },
    undefined,
    true,
  );
}

const workers = names.map((name) => {
  const orders = new Redis({ ...place.options });
  const worker = new Worker(queueOf(name), (job) => carry(job.data, orders), {
    ...{ connection: redis, prefix: BULLMQ_PREFIX, concurrency: 1, maxStalledCount: 0 },
    ...{ lockDuration: 60_000, stalledInterval: 60_000 },
    ...{ removeOnComplete: { count: 0 }, removeOnFail: { count: 0 } },
  });
  worker.on('error', (error) => console.error(name, error.message));
  return { worker, orders };
});
await Promise.all(workers.map(({ worker }) => worker.waitUntilReady()));
const tell = () =>
  Promise.all(names.map((name) => present(redis, registration(name), JSON.stringify(registration(name)))));
await tell();
const telling = setInterval(tell, 3000);
process.send('ready');
process.on('message', async () => {
  clearInterval(telling);
  await Promise.all(workers.map(({ worker }) => worker.close()));
  for (const name of names) {
    await removeQueue(place, name);
    await redis.del(agentKey(name));
  }
  process.exit(0);
});
