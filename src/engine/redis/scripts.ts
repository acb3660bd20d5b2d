// What must happen at once or not at all, as Redis does it: who has an agent, who has a run, and how a shard ended.
import type { ChainableCommander, Redis } from 'ioredis';
import { agentKey, leaseKey, PRESENCE_MS, RUN_TTL_MS, type RunKeys } from './keys.ts';
import type { Registration } from './messages.ts';

/** What the holder of a token says is taken while the shard is open, and with `final` its end is decided. */
const PUSH = `
if redis.call('HGET', KEYS[1], ARGV[1]) ~= 'open' then return 0 end
redis.call('RPUSH', KEYS[2], ARGV[2])
for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, ARGV[4]) end
if ARGV[3] == 'final' then redis.call('HSET', KEYS[1], ARGV[1], 'completed') end
return 1`;

/** By the coordinator that has the run alone; a Redis that has forgotten who that was is told. */
const OPEN = `
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ${PRESENCE_MS})
for i = 3, #ARGV do redis.call('HSET', KEYS[2], ARGV[i], 'open') end
redis.call('PEXPIRE', KEYS[2], ARGV[2])
return 1`;

/** What Redis has forgotten can be completed by nobody. */
const LOSE = `
local state = redis.call('HGET', KEYS[1], ARGV[1])
if state == 'completed' then return 0 end
if state then redis.call('HSET', KEYS[1], ARGV[1], 'lost') end
return 1`;

/** All or none: two runs that had half each would wait for ever. */
const LEASE = `
local free = {}
for i, key in ipairs(KEYS) do
  local holder = redis.call('GET', key)
  if (not holder or holder == ARGV[1]) and #free < tonumber(ARGV[2]) then free[#free + 1] = i end
end
if #free < tonumber(ARGV[2]) then return {} end
for _, i in ipairs(free) do redis.call('SET', KEYS[i], ARGV[1], 'PX', ARGV[3]) end
return free`;

/** Takes what nobody has, and keeps what is one's own. */
const HOLD = `
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`;

/** A name is one instance's: another that slept through its end does not take it back. */
const PRESENT = `
local holder = redis.call('GET', KEYS[1])
if holder then
  local isJson, one = pcall(cjson.decode, holder)
  if isJson and type(one) == 'table' and one.instance ~= ARGV[1] then return 0 end
end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1`;

const RELEASE = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`;

/** False: the shard has ended otherwise, and nothing of it is wanted any more. */
export async function push(
  redis: Redis,
  keys: RunKeys,
  token: string,
  message: Buffer,
  final = false,
): Promise<boolean> {
  const args = [token, message, final ? 'final' : '', RUN_TTL_MS];
  return (await redis.eval(PUSH, 2, keys.shards, keys.inbox, ...args)) === 1;
}

/** False: another coordinator has the run now. */
export async function openShards(
  redis: Redis,
  keys: RunKeys,
  owner: string,
  tokens: readonly string[],
): Promise<boolean> {
  return (await redis.eval(OPEN, 2, keys.owner, keys.shards, owner, RUN_TTL_MS, ...tokens)) === 1;
}

/** False: it was completed before. */
export async function lose(redis: Redis, keys: RunKeys, token: string): Promise<boolean> {
  return (await redis.eval(LOSE, 1, keys.shards, token)) === 1;
}

/** `count` of these agents that no other run has, or none. */
export async function lease(
  redis: Redis,
  agents: readonly string[],
  holder: string,
  count: number,
): Promise<string[]> {
  if (agents.length < count) return [];
  const keys = agents.map(leaseKey);
  const found = (await redis.eval(LEASE, keys.length, ...keys, holder, count, PRESENCE_MS)) as number[];
  return found.map((i) => agents[i - 1] as string);
}

/** False: somebody else has it. */
export async function hold(redis: Redis, key: string, holder: string): Promise<boolean> {
  return (await redis.eval(HOLD, 1, key, holder, PRESENCE_MS)) === 1;
}

export async function release(redis: Redis, key: string, holder: string): Promise<void> {
  await redis.eval(RELEASE, 1, key, holder);
}

/** Says that the agent is there. False: another instance has its name. */
export async function present(
  redis: Redis,
  { name, instance }: Pick<Registration, 'name' | 'instance'>,
  text: string,
): Promise<boolean> {
  return (await redis.eval(PRESENT, 1, agentKey(name), instance, text, PRESENCE_MS)) === 1;
}

/** Rejects with the first error: a pipeline by itself tells it in its answer alone. */
export async function execAll(pipeline: ChainableCommander): Promise<void> {
  for (const [error] of (await pipeline.exec()) ?? []) if (error !== null) throw error;
}
