// An agent: registers with Redis, takes one shard at a time from a queue of its own, and carries it in a child process.
import { randomUUID } from 'node:crypto';
import { availableParallelism, release as kernelRelease } from 'node:os';
import { Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { systemClock } from '../../clock.ts';
import { PreflightError } from '../../errors.ts';
import { readDescriptorLimit } from '../../net/proc.ts';
import { VERSION } from '../../version.ts';
import { type GeneratorChild, readyGenerators } from '../generator-child.ts';
import { connect, isRedisError, redisErrorInWords } from './connection.ts';
import { agentKey, BULLMQ_PREFIX, leaseKey, PRESENCE_MS, PROTOCOL, queueOf, RENEW_EVERY_MS } from './keys.ts';
import { parsedBy, type Registration, registrationSchema } from './messages.ts';
import { keepQueue, removeQueue } from './queue.ts';
import { present } from './scripts.ts';
import { carryShard, RefusedError, type ShardTools } from './shard-job.ts';
import type { RedisPlace } from './url.ts';
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

/** What a coordinator that chose this agent a moment ago may take until its shard is in the queue. */
const HANDED_OUT_MS = 3000;

/**
 * Resolves when it is drained, and leaves nothing in Redis.
 * @throws PreflightError where Redis cannot be reached, or an agent of that name is there
 */
export async function runAgent(options: AgentOptions): Promise<void> {
  const redis = await connect(options.redis, { answerMs: ANSWER_MS });
  let waiting: Redis | undefined;
  try {
    waiting = await connect(options.redis, { answerMs: ANSWER_MS });
    const registration = registrationOf(options, redis);
    const text = JSON.stringify(registration);
    if (!(await present(redis, registration, text))) throw nameTaken(options.name);
    await work(options, registration, { redis, waiting });
  } catch (error) {
    if (!isRedisError(error)) throw error;
    const words = `Redis at ${options.redis.name}: ${redisErrorInWords(error)}`;
    throw new PreflightError(words, { cause: error });
  } finally {
    redis.disconnect();
    waiting?.disconnect();
  }
}

async function work(
  options: AgentOptions,
  registration: OwnRegistration,
  { redis, waiting }: { readonly redis: Redis; readonly waiting: Redis },
): Promise<void> {
  const { redis: place, name, say, drain } = options;
  const replaced = new AbortController();
  let job: string | undefined;
  const telling = heartbeat(redis, registration, {
    ...options,
    jobs: () => (job === undefined ? [] : [job]),
    onReplaced: () => replaced.abort(),
  });
  const children: { current: GeneratorChild | undefined } = { current: undefined };
  const tools: ShardTools = { ...options, redis, waiting, registration: () => registration, children };
  let carrying: Promise<void> = Promise.resolve();
  const worker = new Worker(
    queueOf(name),
    async ({ id, data }) => {
      job = id;
      // Some of the queue's keys are new with it.
      keepQueue(redis, name, telling.jobs()).catch(telling.trouble);
      const shard = carryShard(data, tools);
      carrying = shard.catch(() => {});
      try {
        await shard;
      } catch (error) {
        // The coordinator decides what is lost: for the queue the job is done either way, and is never tried again.
        say(`port20 agent ${name}: ${shardErrorInWords(error)}`);
        if (!(error instanceof RefusedError) && !isRedisError(error)) throw error;
      } finally {
        job = undefined;
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
    await telling.now();
    [children.current] = await readyGenerators([], 1);
    say(`port20 agent ${name}: ready at ${registration.addresses.join(', ')}, from ${place.name}`);
    await firstOf(drain, replaced.signal);
    if (replaced.signal.aborted) throw nameTaken(name);
    registration.draining = true;
    await within(LEAVE_MS, telling.now());
    const isChosen = await within(LEAVE_MS, redis.exists(leaseKey(name)));
    if (isChosen) await systemClock.sleep(HANDED_OUT_MS);
    await within(LEAVE_MS, worker.pause(true));
    await carrying;
  } finally {
    telling.stop();
    await children.current?.end();
    await within(LEAVE_MS, worker.close());
    await within(LEAVE_MS, forget(redis, registration));
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

function nameTaken(name: string): PreflightError {
  return new PreflightError(
    `an agent called '${name}' is registered already: give this one another --name, or wait ${PRESENCE_MS / 1000} s if that one is dead`,
  );
}

interface Telling extends AgentOptions {
  /** In its queue, by their identifiers. */
  jobs(): readonly string[];
  onReplaced(): void;
}

/** Says that it is there, again and again; after a Redis that lost everything, too. */
function heartbeat(redis: Redis, registration: OwnRegistration, telling: Telling) {
  const { name, redis: place, say, jobs, onReplaced } = telling;
  // A Redis that is gone refuses and is silent by turns: each is told once, until it answers.
  const told = new Set<string>();
  const trouble = (error: unknown) => {
    const words = redisErrorInWords(error);
    if (told.has(words)) return;
    told.add(words);
    say(`port20 agent ${name}: Redis at ${place.name}: ${words}; trying again`);
  };
  const now = async () => {
    try {
      if (!(await present(redis, registration, JSON.stringify(registration)))) onReplaced();
      await keepQueue(redis, name, jobs());
      if (told.size > 0) say(`port20 agent ${name}: Redis at ${place.name} answers again`);
      told.clear();
    } catch (error) {
      trouble(error);
    }
  };
  const timer = setInterval(now, RENEW_EVERY_MS);
  return { now, trouble, jobs, stop: () => clearInterval(timer) };
}

async function forget(redis: Redis, { name, instance }: OwnRegistration): Promise<void> {
  const known = parsedBy(registrationSchema, (await redis.get(agentKey(name))) ?? '');
  if (known !== undefined && known.instance !== instance) return;
  await removeQueue(redis, name);
  await redis.del(agentKey(name), leaseKey(name));
}

function shardErrorInWords(error: unknown): string {
  return isRedisError(error) ? redisErrorInWords(error) : ((error as Error).message ?? String(error));
}

async function firstOf(...signals: readonly AbortSignal[]): Promise<void> {
  if (signals.some(({ aborted }) => aborted)) return;
  await new Promise<void>((resolve) => {
    for (const signal of signals) signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
