// An agent: registers with Redis, takes one shard at a time from a queue of its own, and carries it in a child process.
import { randomUUID } from 'node:crypto';
import { availableParallelism, release as kernelRelease } from 'node:os';
import { Queue, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { PreflightError } from '../../errors.ts';
import { readDescriptorLimit } from '../../net/proc.ts';
import { VERSION } from '../../version.ts';
import { type GeneratorChild, readyGenerators } from '../generator-child.ts';
import { connect, isRedisError, type RedisPlace, redisErrorInWords } from './connection.ts';
import { agentKey, BULLMQ_PREFIX, leaseKey, PRESENCE_MS, PROTOCOL, queueOf, RENEW_EVERY_MS } from './keys.ts';
import { parsedBy, type Registration, registrationSchema } from './messages.ts';
import { present } from './scripts.ts';
import { carryShard, RefusedError, type ShardTools } from './shard-job.ts';
import { within } from './within.ts';

export interface AgentOptions {
  readonly redis: RedisPlace;
  readonly name: string;
  /** Where servers reach it; none: where it reaches Redis from. */
  readonly addresses: readonly string[];
  /** Networks whose servers it loads. */
  readonly allow: readonly string[];
  /** Of targets; anonymous where there is none. */
  readonly password: string | undefined;
  /** Aborts: no new shards, the one that runs is carried to its end. */
  readonly drain: AbortSignal;
  say(text: string): void;
}

/** What a command of an agent may take, a wait for orders too; longer than a Redis that starts again. */
const ANSWER_MS = 10_000;
/** Of each step of an agent's end: Redis may be gone. */
const LEAVE_MS = 3000;
/** A worker that cannot renew its lock for this long has lost the job. */
const LOCK_MS = 15_000;

/**
 * Resolves when it is drained, and leaves nothing in Redis.
 * @throws PreflightError where Redis cannot be reached, or an agent of that name is there
 */
export async function runAgent(options: AgentOptions): Promise<void> {
  const { redis: place, name, say, drain } = options;
  const redis = await connect(place, { answerMs: ANSWER_MS });
  const waiting = await connect(place, { answerMs: ANSWER_MS });
  const registration = registrationOf(options, redis);
  await requireUnused(redis, registration);
  const telling = heartbeat(redis, registration, options);
  const children: { current: GeneratorChild | undefined } = { current: undefined };
  const tools: ShardTools = { ...options, redis, waiting, registration: () => registration, children };
  let carrying: Promise<void> = Promise.resolve();
  const worker = new Worker(
    queueOf(name),
    async (job) => {
      const shard = carryShard(job.data, tools);
      carrying = shard.catch(() => {});
      try {
        await shard;
      } catch (error) {
        // The coordinator decides what is lost: for the queue the job is done either way, and is never tried again.
        say(`port20 agent ${name}: ${shardErrorInWords(error)}`);
        if (!(error instanceof RefusedError) && !isRedisError(error)) throw error;
      }
    },
    {
      connection: place.options,
      prefix: BULLMQ_PREFIX,
      concurrency: 1,
      // A shard that was taken once is never run again by the queue.
      maxStalledCount: 0,
      ...{ lockDuration: LOCK_MS, stalledInterval: LOCK_MS },
      ...{ removeOnComplete: { count: 0 }, removeOnFail: { count: 0 } },
    },
  );
  worker.on('error', (error) => telling.trouble(error));
  try {
    await worker.waitUntilReady();
    [children.current] = await readyGenerators([], 1);
    say(`port20 agent ${name}: ready at ${registration.addresses.join(', ')}, from ${place.name}`);
    await aborted(drain);
    registration.draining = true;
    await within(LEAVE_MS, telling.now());
    await within(LEAVE_MS, worker.pause(true));
    await carrying;
  } finally {
    telling.stop();
    await children.current?.end();
    await within(LEAVE_MS, worker.close());
    await within(LEAVE_MS, forget(redis, place, name, registration.instance));
    redis.disconnect();
    waiting.disconnect();
  }
}

type OwnRegistration = Omit<Registration, 'draining'> & { draining: boolean };

function registrationOf({ name, addresses, allow }: AgentOptions, redis: Redis): OwnRegistration {
  const limit = readDescriptorLimit();
  const own = (redis.stream as { localAddress?: string } | undefined)?.localAddress ?? '127.0.0.1';
  return {
    ...{ protocol: PROTOCOL, version: VERSION, name, instance: randomUUID(), allow },
    addresses: addresses.length > 0 ? addresses : [own.replace(/^::ffff:/, '')],
    cores: availableParallelism(),
    descriptorLimit: limit === Number.MAX_SAFE_INTEGER ? null : limit,
    ...{ kernel: kernelRelease(), node: process.version, draining: false },
  };
}

async function requireUnused(redis: Redis, registration: OwnRegistration): Promise<void> {
  const { name } = registration;
  const text = JSON.stringify(registration);
  if ((await redis.set(agentKey(name), text, 'PX', PRESENCE_MS, 'NX')) === 'OK') return;
  throw new PreflightError(
    `an agent called '${name}' is registered already: give this one another --name, or wait ${PRESENCE_MS / 1000} s if that one is dead`,
  );
}

/** Says that it is there, again and again; after a Redis that lost everything, too. */
function heartbeat(redis: Redis, registration: OwnRegistration, { name, redis: place, say }: AgentOptions) {
  let told = '';
  const trouble = (error: unknown) => {
    const words = redisErrorInWords(error);
    if (words === told) return;
    told = words;
    say(`port20 agent ${name}: Redis at ${place.name}: ${words}; trying again`);
  };
  const now = async () => {
    try {
      await present(redis, name, JSON.stringify(registration));
      await keepQueue(redis, name);
      if (told !== '') say(`port20 agent ${name}: Redis at ${place.name} answers again`);
      told = '';
    } catch (error) {
      trouble(error);
    }
  };
  const timer = setInterval(now, RENEW_EVERY_MS);
  return { now, trouble, stop: () => clearInterval(timer) };
}

/** What BullMQ keeps of a queue that has no job; the keys of a dead agent's end with it. */
const QUEUE_KEYS = ['meta', 'id', 'events', 'stalled-check', 'marker', 'stalled', 'wait', 'active', 'pc'];
const QUEUE_TTL_MS = 60_000;

async function keepQueue(redis: Redis, name: string): Promise<void> {
  const pipeline = redis.pipeline();
  for (const key of QUEUE_KEYS) pipeline.pexpire(`${BULLMQ_PREFIX}:${queueOf(name)}:${key}`, QUEUE_TTL_MS);
  await pipeline.exec();
}

async function forget(redis: Redis, place: RedisPlace, name: string, instance: string): Promise<void> {
  const known = parsedBy(registrationSchema, (await redis.get(agentKey(name))) ?? '');
  if (known !== undefined && known.instance !== instance) return;
  await removeQueue(place, name);
  await redis.del(agentKey(name), leaseKey(name));
}

/** With every job in it, whoever had it. */
export async function removeQueue(place: RedisPlace, agent: string): Promise<void> {
  const queue = new Queue(queueOf(agent), {
    connection: place.options,
    prefix: BULLMQ_PREFIX,
    skipMetasUpdate: true,
  });
  queue.on('error', () => {}); // what it was asked rejects
  try {
    await queue.obliterate({ force: true });
  } finally {
    await queue.close();
  }
}

function shardErrorInWords(error: unknown): string {
  return isRedisError(error) ? redisErrorInWords(error) : ((error as Error).message ?? String(error));
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}
