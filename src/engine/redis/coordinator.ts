// The engine of many machines: the server's processes here, and each shard of a block a job in the queue of an agent.
import { createHash, randomUUID } from 'node:crypto';
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { isLoopback } from '../../address.ts';
import { systemClock } from '../../clock.ts';
import { PreflightError } from '../../errors.ts';
import { formatPlan } from '../../plan/parse.ts';
import type { Plan } from '../../plan/types.ts';
import type { Agent } from '../../result/types.ts';
import { createAddressPool, createAddressPoolAt } from '../../run/address-pool.ts';
import type { BlockAssignment, BlockHooks, Engine, RawBlock } from '../../run/engine.ts';
import { ShardLostError } from '../../run/engine.ts';
import { createBlockServers } from '../block-servers.ts';
import { runAgentBlock } from './block.ts';
import { connect, isFull, isRedisError, redisErrorInWords } from './connection.ts';
import { findAgents, registrations, type Wanted } from './find-agents.ts';
import { type Inbox, openInbox } from './inbox.ts';
import { keysOfRun, leaseKey, PRESENCE_MS, RENEW_EVERY_MS, RUN_TTL_MS } from './keys.ts';
import type { Registration } from './messages.ts';
import { clientAddresses } from './networks.ts';
import { openQueue, removeQueue } from './queue.ts';
import { hold, lease, release } from './scripts.ts';
import type { RedisPlace } from './url.ts';
import { within } from './within.ts';

export interface AgentEngineOptions {
  readonly redis: RedisPlace;
  /** How many agents carry each block. */
  readonly agents: number;
  /** How long they are waited for. */
  readonly waitMs: number;
  /** An agent that says nothing for this long has lost its shard. */
  readonly silenceMs: number;
  /** The same for a run that is taken up again. */
  readonly run: string;
  readonly plan: Plan;
  /** Addresses of the plan's targets. */
  readonly targets: readonly string[];
  /** Ends the waiting for agents. */
  readonly signal?: AbortSignal | undefined;
  /** What a person who waits should know. */
  say(text: string): void;
}

/** A Redis that starts again takes less. */
const ANSWER_MS = 10_000;
const LEAVE_MS = 5000;
const LOOK_EVERY_MS = 500;

/**
 * Waits until enough agents are there and no other run has them; they are this run's until it is closed.
 * @throws PreflightError that names what is missing: Redis, agents, or the run itself, which another coordinator has
 */
export async function createAgentEngine(options: AgentEngineOptions): Promise<Engine> {
  const { redis: place, run, plan } = options;
  const redis = await connect(place, { answerMs: ANSWER_MS });
  const waiting = await connect(place, { answerMs: 'any' }).catch((error) => {
    redis.disconnect();
    throw error;
  });
  const keys = keysOfRun(run);
  const owner = randomUUID();
  const held = new Map<string, Registration>();
  /** Instances that lost a shard by silence: one that is dead stays registered for as long. */
  const silentUntilMs = new Map<string, number>();
  const startsServers = plan.binders.length + plan.peers.length > 0;
  /** Where the agents reach this machine: settled with the first of them, for addresses of blocks follow from it. */
  const own: { address: string | undefined } = { address: undefined };
  let isOwner = false;
  let isGone = false;

  const renew = async () => {
    isOwner = await hold(redis, keys.owner, owner);
    for (const name of held.keys()) await hold(redis, leaseKey(name), run);
  };
  const close = async () => {
    clearInterval(renewing);
    inbox?.close();
    waiting.disconnect();
    await started.close();
    // What it leaves in a Redis that is gone has an end of its own.
    if (!isGone) await within(LEAVE_MS, leave());
    redis.disconnect();
  };
  /** Nothing of the run stays: jobs of agents that are gone, leases, and its own keys. */
  async function leave(): Promise<void> {
    const names = [...held.keys()];
    held.clear(); // a renewal that is under way takes none of them again
    const there = new Set((await registrations(redis)).map(({ name }) => name));
    for (const name of names) {
      if (there.has(name)) await release(redis, leaseKey(name), run);
      else await forgetAgent(redis, name);
    }
    await Promise.all([...queues.values()].map((queue) => queue.close()));
    if (!isOwner) return;
    await redis.del(keys.shards, keys.inbox, ...[...plans].map((digest) => keys.plan(digest)));
    await release(redis, keys.owner, owner);
  }

  const renewing = setInterval(() => void renew().catch(() => {}), RENEW_EVERY_MS);
  let inbox: Inbox | undefined;
  const started = createBlockServers();
  const queues = new Map<string, Queue>();
  const plans = new Set<string>();

  /** As many agents as the run has shards, all of them there. @throws PreflightError where too few come in time */
  async function agentsNow(forPlan: Plan, signal: AbortSignal | undefined): Promise<Registration[]> {
    const untilMs = systemClock.nowMs() + options.waitMs;
    let told = '';
    for (;;) {
      signal?.throwIfAborted();
      const { fit, unfit, server } = await findAgents(redis, wantedFor(forPlan));
      // Those that the run has already come first: shards stay where they were.
      const mine = fit.filter(({ name, instance }) => held.get(name)?.instance === instance);
      const names = [...mine, ...fit.filter((one) => !mine.includes(one))].map(({ name }) => name);
      const leased = await lease(redis, names, run, options.agents);
      if (leased.length === options.agents) {
        for (const name of [...held.keys()].filter((one) => !leased.includes(one))) {
          held.delete(name);
          await release(redis, leaseKey(name), run);
        }
        const chosen = leased.map((name) => fit.find((one) => one.name === name) as Registration);
        for (const one of chosen) held.set(one.name, one);
        own.address ??= server;
        return chosen;
      }
      const missing = inWords({ fit, unfit }, options);
      if (systemClock.nowMs() >= untilMs) throw new PreflightError(missing);
      if (missing !== told) options.say(`port20: waiting: ${missing}`);
      told = missing;
      await systemClock.sleep(LOOK_EVERY_MS, signal);
    }
  }

  function wantedFor({ scenarios }: Plan): Wanted {
    const sessions = Math.max(...scenarios.map((one) => Math.ceil(one.sessions / options.agents)));
    const isSilent = (instance: string) => (silentUntilMs.get(instance) ?? 0) > systemClock.nowMs();
    const known = own.address === undefined ? 'any' : { at: own.address };
    return { targets: options.targets, servers: startsServers ? known : 'none', sessions, isSilent };
  }

  async function planInRedis(asked: Plan): Promise<string> {
    const text = formatPlan(asked);
    const digest = createHash('sha256').update(text).digest('hex');
    await redis.set(keys.plan(digest), text, 'PX', RUN_TTL_MS);
    plans.add(digest);
    return digest;
  }

  function queueFor(agent: string): Queue {
    const known = queues.get(agent);
    if (known !== undefined) return known;
    const queue = openQueue(redis, agent);
    queues.set(agent, queue);
    return queue;
  }

  async function runBlock(assignment: BlockAssignment, hooks: BlockHooks = {}): Promise<RawBlock> {
    const lost = (reason: string, canRunAgain: boolean) => {
      const { spec, loads } = assignment;
      const { scenario, contestant, index } = spec;
      const of = loads.length;
      const block = { scenario: scenario.name, contestant: contestant.name, index };
      return new ShardLostError(reason, [{ ...block, shard: 0, of, agent: '', reason }], canRunAgain);
    };
    try {
      const agents = await agentsNow(assignment.plan, hooks.signal);
      const server = await started.open(assignment.server);
      const digest = await planInRedis(assignment.plan);
      const raw = await runAgentBlock(
        {
          ...{ redis, keys, owner, run, inbox: inbox as Inbox, queueFor, agents, plan: digest },
          silenceMs: options.silenceMs,
          onSilent: ({ instance }) => silentUntilMs.set(instance, systemClock.nowMs() + PRESENCE_MS),
        },
        { assignment, server, hooks },
      );
      return { ...raw, records: await started.shut() };
    } catch (error) {
      await started.close();
      isGone = isRedisError(error) && !(await answers(redis));
      if (!isGone) await within(LEAVE_MS, forgetTheDead());
      // It was ended while it waited for agents: nothing was offered, and nothing is lost.
      if (hooks.signal?.aborted && error === hooks.signal.reason) return nothingOf(assignment);
      if (error instanceof PreflightError) throw lost(error.message, false);
      if (!isRedisError(error)) throw error;
      throw lost(`Redis at ${place.name}: ${redisErrorInWords(error)}`, !isFull(error) && !isGone);
    }
  }

  async function forgetTheDead(): Promise<void> {
    const there = await registrations(redis);
    for (const [name, { instance }] of [...held]) {
      if (there.some((one) => one.name === name && one.instance === instance)) continue;
      held.delete(name);
      if (there.every((one) => one.name !== name)) await forgetAgent(redis, name);
    }
  }

  try {
    await takeRun(redis, keys.owner, owner, options);
    isOwner = true;
    // Not before: whoever reads there takes it from the one that has the run.
    inbox = openInbox(waiting, keys.inbox);
    const agents = await agentsNow(plan, options.signal);
    const { address = '' } = own;
    const pool = isLoopback(address) ? createAddressPool() : createAddressPoolAt(address);
    const [towards = address] = startsServers ? [] : options.targets;
    return { runBlock, close, elsewhere: { pool, agents: agents.map((one) => agentOf(one, towards)) } };
  } catch (error) {
    await close();
    options.signal?.throwIfAborted();
    throw isRedisError(error)
      ? new PreflightError(`Redis at ${place.name}: ${redisErrorInWords(error)}`, { cause: error })
      : error;
  }
}

/** One that is dead is waited for until Redis forgets it. */
async function takeRun(
  redis: Redis,
  key: string,
  owner: string,
  { run, say, signal }: AgentEngineOptions,
): Promise<void> {
  const untilMs = systemClock.nowMs() + PRESENCE_MS + RENEW_EVERY_MS;
  for (let tries = 0; !(await hold(redis, key, owner)); tries++) {
    if (systemClock.nowMs() > untilMs) {
      throw new PreflightError(`another coordinator has run ${run}: wait for it to end`);
    }
    if (tries === 0) say(`port20: waiting: another coordinator had run ${run} a moment ago`);
    await systemClock.sleep(LOOK_EVERY_MS, signal);
  }
}

function inWords(
  { fit, unfit }: { readonly fit: readonly Registration[]; readonly unfit: readonly string[] },
  { agents, redis }: AgentEngineOptions,
): string {
  const there = fit.length === 1 ? '1 is' : `${fit.length} are`;
  const busy = fit.length >= agents ? ' there, but another run has some' : ' there';
  const others = unfit.length === 0 ? '' : `; ${unfit.slice(0, MOST_NAMED).join('; ')}`;
  const start =
    unfit.length === 0 && fit.length < agents ? `: start more with port20 agent --redis ${redis.name}` : '';
  return `${agents} agents are needed, ${there}${busy}${others}${start}`;
}

const MOST_NAMED = 5;

/** With the address at which that server dials it. */
function agentOf({ name, addresses, version, cores, kernel, node }: Registration, server: string): Agent {
  const [address = addresses[0] ?? ''] = clientAddresses(addresses, server) ?? [];
  return { name, address, version, cores, kernel, node };
}

function nothingOf({ server }: BlockAssignment): RawBlock {
  const records = server.kind === 'binder' ? [] : null;
  return { startedAtMs: 0, attempts: [], records, generators: [], lostSessions: 0, warnings: [] };
}

async function forgetAgent(redis: Redis, name: string): Promise<void> {
  await removeQueue(redis, name);
  await redis.del(leaseKey(name));
}

/** Within the time that a restart takes. */
async function answers(redis: Redis): Promise<boolean> {
  return redis.ping().then(
    () => true,
    () => false,
  );
}
