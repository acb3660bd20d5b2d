// One shard as an agent carries it: from a job that is checked, through the common start, to an end that is told once.
import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import { InvalidRunError, Port20Error } from '../../errors.ts';
import type { StartedLoad } from '../../load/spec.ts';
import { contestantsOf, readFtpUrl } from '../../plan/contestants.ts';
import type { BlockSpec } from '../../plan/order.ts';
import { parsePlan } from '../../plan/parse.ts';
import type { Plan } from '../../plan/types.ts';
import type { Attempt } from '../../result/attempt.ts';
import { shardOf } from '../../run/shard.ts';
import { carry, type GeneratorChild, logIn, readyGenerators } from '../generator-child.ts';
import { sessionAddresses } from '../shard/addresses.ts';
import { encodeBatches } from '../shard/codec.ts';
import { isRedisError } from './connection.ts';
import { keysOfRun, type RunKeys } from './keys.ts';
import {
  jobSchema,
  type Order,
  orderSchema,
  packMessage,
  parsedBy,
  type Registration,
  type ShardJob,
  type ShardMessage,
} from './messages.ts';
import { admits, clientAddresses } from './networks.ts';
import { measureOffset } from './redis-clock.ts';
import { push } from './scripts.ts';

/** Nothing more of this shard is wanted: it was given up, or somebody else took the run. */
export class RefusedError extends Error {}

export interface ShardTools {
  readonly redis: Redis;
  /** For waiting for orders alone. */
  readonly waiting: Redis;
  readonly name: string;
  readonly allow: readonly string[];
  readonly password: string | undefined;
  registration(): Registration;
  /** Kept from shard to shard. */
  readonly children: { current: GeneratorChild | undefined };
  say(text: string): void;
}

/** So often a coordinator hears of a shard, whatever happens in it. */
const TELL_EVERY_MS = 500;
/** One wait for an order; between two it is looked whether anybody still wants the shard. */
const ORDER_WAIT_SECONDS = 2;

/** @throws RefusedError when nobody wants it any more, and what Redis rejects with; what else goes wrong is told as failed, and thrown where it was not foreseen */
export async function carryShard(data: unknown, tools: ShardTools): Promise<void> {
  const { data: job, error } = jobSchema.safeParse(data);
  if (job === undefined)
    throw new RefusedError(`a job of another form is refused: ${error?.issues[0]?.message}`);
  const keys = keysOfRun(job.run);
  const say = async (message: Said, attempts?: Buffer) => {
    const packed = packMessage({ ...message, token: job.token } as ShardMessage, attempts);
    const isLast = message.type === 'done' || message.type === 'failed';
    // `failed` is no end that counts: the coordinator decides that the shard is lost.
    if (await push(tools.redis, keys, job.token, packed, message.type === 'done')) return;
    throw new RefusedError(
      `${nameOf(job)}: ${isLast ? 'its result came too late and' : 'it was given up, and the rest'} is refused`,
    );
  };
  try {
    await carryTo(say, job, keys, tools);
  } catch (error) {
    // Whatever state the child is in, the next shard must not inherit it.
    await tools.children.current?.end();
    if (error instanceof RefusedError || isRedisError(error)) throw error;
    // Whatever it is: the coordinator is not to wait for what does not come.
    const { message } = error as Error;
    await say({ type: 'failed', reason: message.slice(0, MOST_REASON) });
    if (!(error instanceof Port20Error)) throw error;
    tools.say(`port20 agent ${tools.name}: ${nameOf(job)}: ${message}`);
  } finally {
    await tools.redis.del(keys.orders(job.token)).catch(() => {});
  }
}

const MOST_REASON = 2000;

type Said = ShardMessage extends infer One ? (One extends unknown ? Omit<One, 'token'> : never) : never;
type Say = (message: Said, attempts?: Buffer) => Promise<void>;

function nameOf({ block, shard }: ShardJob): string {
  return `shard ${shard.index + 1}/${shard.of} of ${block.scenario}/${block.contestant}, block ${block.index + 1}`;
}

async function carryTo(say: Say, job: ShardJob, keys: RunKeys, tools: ShardTools): Promise<void> {
  const { redis, children } = tools;
  const given = whenGivenUp();
  const alive = setInterval(() => {
    say({ type: 'alive' }).catch((error) => {
      if (error instanceof RefusedError) given.up(error);
    });
  }, TELL_EVERY_MS);
  try {
    await say({ type: 'alive' });
    const load = loadOf(job, await planOf(job, keys, redis), tools);
    const [child] = await readyGenerators(children.current === undefined ? [] : [children.current], 1);
    if (child === undefined) throw new InvalidRunError('no load generator could be started');
    children.current = child;
    await Promise.race([logIn(child, load), given.error]);
    const { offsetMs, errorMs } = await measureOffset(redis);
    await say({ type: 'ready', offsetMs, errorMs });
    const first = await nextOrder(job, keys, tools);
    if (first.type !== 'go') throw new InvalidRunError('it was ended before its start');
    clearInterval(alive);
    await runLoad(say, job, keys, tools, { child, startMs: first.startMs - offsetMs, given });
  } finally {
    clearInterval(alive);
  }
}

interface Started {
  readonly child: GeneratorChild;
  /** By this machine's clock. */
  readonly startMs: number;
  readonly given: ReturnType<typeof whenGivenUp>;
}

/** Ends what the shard is waiting for. */
function whenGivenUp() {
  let up: (error: unknown) => void = () => {};
  const error = new Promise<never>((_, reject) => {
    up = reject;
  });
  error.catch(() => {}); // nobody may be waiting
  return { up, error };
}

async function runLoad(
  say: Say,
  job: ShardJob,
  keys: RunKeys,
  tools: ShardTools,
  { child, startMs, given }: Started,
): Promise<void> {
  let batch: Attempt[] = [];
  let sent = 0;
  // One after another: the coordinator is to have every attempt before it hears that there are no more.
  let telling: Promise<void> = Promise.resolve();
  const tell = () => {
    const some = batch;
    batch = [];
    sent += some.length;
    telling = telling.then(async () => {
      if (some.length === 0) await say({ type: 'alive' });
      for (const bytes of encodeBatches(some, startMs)) await say({ type: 'attempts' }, bytes);
    });
    telling.catch(given.up);
  };
  const timer = setInterval(tell, TELL_EVERY_MS);
  const obeying = obey(job, keys, tools, child).catch(given.up);
  try {
    const onAttempts = (some: readonly Attempt[]) => {
      for (const attempt of some) batch.push(attempt);
    };
    const done = await Promise.race([carry(child, startMs, onAttempts), given.error]);
    clearInterval(timer);
    if (batch.length > 0) tell();
    await telling;
    const { generator, lostSessions, warnings, startedLateMs } = done;
    await say({ type: 'done', attempts: sent, generator, lostSessions, warnings, startedLateMs });
  } finally {
    clearInterval(timer);
    await tools.redis.rpush(keys.orders(job.token), JSON.stringify({ type: 'end' })).catch(() => {});
    await obeying;
  }
}

/** Passes orders on until the shard's own end. */
async function obey(job: ShardJob, keys: RunKeys, tools: ShardTools, child: GeneratorChild): Promise<void> {
  for (;;) {
    const order = await nextOrder(job, keys, tools);
    if (order.type === 'end') return;
    if (order.type === 'stop') child.send(order);
  }
}

/** @throws RefusedError when nobody wants the shard any more */
async function nextOrder(job: ShardJob, keys: RunKeys, { redis, waiting }: ShardTools): Promise<Order> {
  for (;;) {
    const found = await waiting.blpop(keys.orders(job.token), ORDER_WAIT_SECONDS);
    const order = found === null ? undefined : parsedBy(orderSchema, found[1]);
    if (order !== undefined) return order;
    const [state, owner] = await Promise.all([redis.hget(keys.shards, job.token), redis.exists(keys.owner)]);
    if (state === 'open' && owner === 1) continue;
    const why = state === 'open' ? 'its coordinator is gone' : 'it was given up';
    throw new RefusedError(`${nameOf(job)}: ${why}`);
  }
}

/** @throws InvalidRunError for a plan that is not the one that the job names */
async function planOf(job: ShardJob, keys: RunKeys, redis: Redis): Promise<Plan> {
  const text = (await redis.get(keys.plan(job.plan))) ?? '';
  if (createHash('sha256').update(text).digest('hex') !== job.plan) {
    throw new InvalidRunError('the plan is not the one that the job names');
  }
  return parsePlan(text, 'plan of the run');
}

/** @throws InvalidRunError for what the plan does not have, or this agent does not load */
function loadOf(job: ShardJob, plan: Plan, { allow, password, registration }: ShardTools): StartedLoad {
  const { block, shard, server, files, uploadFolder, dataPort } = job;
  const spec = specOf(plan, block);
  if (!admits(allow, server.address)) {
    throw new InvalidRunError(`it does not load ${server.address}: start it with --allow ${server.address}`);
  }
  const own = clientAddresses(registration().addresses, server.address);
  if (own?.length === 0) throw new InvalidRunError(`it has no address at which ${server.address} reaches it`);
  const addressOf = sessionAddresses(spec.scenario, own);
  const load = shardOf(plan, spec, shard, { server, files, uploadFolder, addressOf });
  return { ...load, dataPort, login: job.login ?? loginOf(spec, password) };
}

function specOf(plan: Plan, { scenario, contestant, index }: ShardJob['block']): BlockSpec {
  const found = {
    scenario: plan.scenarios.find(({ name }) => name === scenario),
    contestant: contestantsOf(plan).find(({ name }) => name === contestant),
  };
  if (found.scenario === undefined || found.contestant === undefined || index >= plan.blocks) {
    throw new InvalidRunError('the block is none of the plan');
  }
  return { scenario: found.scenario, contestant: found.contestant, index };
}

/** RFC 1635: a password of the form of an address. A target's own does not travel: each agent has it. */
function loginOf({ contestant }: BlockSpec, password: string | undefined): StartedLoad['login'] {
  const user = contestant.kind === 'target' ? readFtpUrl(contestant.url).user : '';
  return { user: user === '' ? 'anonymous' : user, password: password ?? 'port20@' };
}
