// A coordinator by hand: jobs in the queue of one agent, and what it answers.
import { createHash, randomUUID } from 'node:crypto';
import { Queue } from 'bullmq';
import { until } from './lab.mjs';

const PREFIX = 'port20';

/** `plan` as text, and what is different in the job. @returns its token, the key of its shards, and what was said for it */
export async function handOut(redis, agent, plan, more = {}) {
  const [run, token] = [randomUUID(), randomUUID()];
  const digest = createHash('sha256').update(plan).digest('hex');
  const key = `port20:run:${run}`;
  await redis.client.set(`${key}:owner`, 'by hand', 'PX', 60_000);
  await redis.client.set(`${key}:plan:${digest}`, plan, 'PX', 60_000);
  await redis.client.hset(`${key}:shards`, token, 'open');
  const queue = new Queue(`agent-${agent}`, {
    connection: { host: '127.0.0.1', port: redis.port },
    prefix: PREFIX,
  });
  const job = {
    ...{ protocol: 1, run, token, plan: digest },
    block: { scenario: 'load', contestant: '127.0.0.1:2121', index: 0 },
    ...{ shard: { index: 0, of: 1 }, server: { address: '127.0.0.1', port: 2121 }, dataPort: 2120 },
    files: [{ value: { path: 'file', bytes: 10, hash: '' }, weight: 1 }],
    ...{ uploadFolder: '', login: null, ...more },
  };
  await queue.add('shard', job, { attempts: 1, removeOnComplete: true, removeOnFail: true, jobId: token });
  await queue.close();
  const said = async () =>
    (await redis.client.lrangeBuffer(`${key}:inbox`, 0, -1)).map((bytes) =>
      JSON.parse(bytes.toString('utf8').split('\n')[0]),
    );
  return {
    token,
    shards: `${key}:shards`,
    said,
    /** Once it has said that. */
    async answers(type) {
      await until(
        async () => (await said()).some((one) => one.type === type),
        20_000,
        () => `${agent} did not say ${type}`,
      );
      return (await said()).find((one) => one.type === type);
    },
    async forget() {
      for (const name of await redis.client.keys(`${key}:*`)) await redis.client.del(name);
    },
  };
}
