// One block on many machines: every shard is handed out, all start in one moment, and each ends as completed or as lost, once.
import { randomUUID } from 'node:crypto';
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { systemClock } from '../../clock.ts';
import { InvalidRunError } from '../../errors.ts';
import type { LoadSpec } from '../../load/spec.ts';
import type { Attempt } from '../../result/attempt.ts';
import type { LostShard } from '../../result/types.ts';
import type { BlockAssignment, BlockHooks, RawBlock } from '../../run/engine.ts';
import { ShardLostError } from '../../run/engine.ts';
import type { OpenServer } from '../servers.ts';
import { shardProblem } from '../shard/check.ts';
import { decodeAttempts } from '../shard/codec.ts';
import { createTally } from '../tally.ts';
import type { Inbox } from './inbox.ts';
import { PRESENCE_MS, PROTOCOL, RUN_TTL_MS, type RunKeys } from './keys.ts';
import type { Order, Registration, ShardJob, ShardMessage } from './messages.ts';
import { keepQueue } from './queue.ts';
import { type ClockOffset, measureOffset, redisNowMs } from './redis-clock.ts';
import { execAll, lose, openShards } from './scripts.ts';
import { within } from './within.ts';

export interface BlockGround {
  readonly redis: Redis;
  readonly keys: RunKeys;
  readonly owner: string;
  readonly run: string;
  readonly inbox: Inbox;
  queueFor(agent: string): Queue;
  /** One for each shard. */
  readonly agents: readonly Registration[];
  /** Digest of the plan, which is in Redis. */
  readonly plan: string;
  readonly silenceMs: number;
  /** One lost its shard by saying nothing. */
  onSilent(agent: Registration): void;
}

export interface BlockWork {
  readonly assignment: BlockAssignment;
  readonly server: OpenServer;
  readonly hooks: BlockHooks;
}

/** From the order to go until the load begins: by then the slowest agent has heard it. */
const LEAD_MS = 150;
const LOOK_EVERY_MS = 100;
/** What a transfer that runs when a block is ended early may still take. */
const STOP_GRACE_MS = 2000;
/** A load that began so much later than the others' is another load. */
const MOST_LATE_MS = 500;
/** Redis may be gone. */
const CLEAN_UP_MS = 3000;
/** Logins, and a child process that has to be started. */
const READY_WITHIN_MS = 60_000;

type Done = Extract<ShardMessage, { type: 'done' }>;

/** One shard, as far as it is. */
interface Part {
  readonly token: string;
  readonly agent: Registration;
  readonly load: LoadSpec;
  /** In the order in which they came. */
  readonly attempts: Attempt[];
  heardAtMs: number;
  /** It has taken its shard: until then it may be busy with what came before. */
  isThere: boolean;
  clock: ClockOffset | undefined;
  done: Done | undefined;
  lost: string | undefined;
  /** It ended on our order, without a result: neither its fault nor a result to wait for. */
  isOver: boolean;
  /** Redis has its last word as said, but none came here. */
  isUnheard: boolean;
}

/**
 * Resolves when every shard is completed, and the sums are the plan's.
 * @throws ShardLostError once every shard has ended, some of them as lost; InvalidRunError when the server dies
 */
export async function runAgentBlock(
  ground: BlockGround,
  work: BlockWork,
): Promise<Omit<RawBlock, 'records'>> {
  const { redis, keys, owner, inbox, agents } = ground;
  const { assignment, server, hooks } = work;
  const parts = assignment.loads.map(
    (load, i): Part => ({
      ...{ token: randomUUID(), agent: agents[i] as Registration, load, attempts: [] },
      ...{
        heardAtMs: systemClock.nowMs(),
        isThere: false,
        clock: undefined,
        done: undefined,
        lost: undefined,
        isOver: false,
        isUnheard: false,
      },
    }),
  );
  const tally = createTally(hooks);
  let startedAtMs = 0;
  let isStopped = false;
  const death = deathOf(server);
  const release = parts.map((part) =>
    inbox.listen(part.token, (message, bytes) => {
      part.heardAtMs = systemClock.nowMs();
      part.isThere = true;
      hear(part, message, bytes);
    }),
  );

  function hear(part: Part, message: ShardMessage, bytes: Buffer): void {
    switch (message.type) {
      case 'alive':
        return;
      case 'ready':
        part.clock = { offsetMs: message.offsetMs, errorMs: message.errorMs };
        return;
      case 'attempts':
        try {
          const some = decodeAttempts(bytes, startedAtMs);
          for (const attempt of some) part.attempts.push(attempt);
          tally.add(some);
        } catch (error) {
          giveUp(part, `what it sent is not to be used: ${(error as Error).message}`);
        }
        return;
      case 'done':
        part.done = message;
        return;
      case 'failed':
        // What ends because another was lost, or before its start, did as it was told.
        if (isStopped && (anyLost() || startedAtMs === 0)) part.isOver = true;
        else giveUp(part, message.reason);
        return;
      default:
        message satisfies never;
    }
  }

  /**
   * Whoever is silent has lost its shard, whatever it may still say. If Redis has its last word as said, that is waited for
   * once more: with a connection that broke while it was handed over, it is gone.
   */
  async function loseTheSilent(): Promise<void> {
    for (const part of running()) {
      const silentMs = systemClock.nowMs() - part.heardAtMs;
      if (silentMs <= ground.silenceMs + (part.isThere ? 0 : PRESENCE_MS)) continue;
      if (await lose(redis, keys, part.token)) {
        giveUp(part, `it was not heard of for ${Math.round(silentMs / 1000)} s`);
        ground.onSilent(part.agent);
      } else if (part.isUnheard) {
        giveUp(part, 'its last word was lost on its way');
      } else {
        part.isUnheard = true;
        part.heardAtMs = systemClock.nowMs();
      }
    }
  }

  async function waitUntil(reached: () => boolean): Promise<void> {
    let lookedAtMs = systemClock.nowMs();
    while (!reached()) {
      if (death.reason !== undefined) throw death.reason;
      // While this process stood still it heard nothing: that is no silence of theirs.
      const stoodStillMs = systemClock.nowMs() - lookedAtMs - LOOK_EVERY_MS;
      if (stoodStillMs > LOOK_EVERY_MS) for (const part of running()) part.heardAtMs += stoodStillMs;
      lookedAtMs = systemClock.nowMs();
      await loseTheSilent();
      if (reached()) return;
      await systemClock.sleep(LOOK_EVERY_MS);
    }
  }

  const running = () =>
    parts.filter(({ done, lost, isOver }) => done === undefined && lost === undefined && !isOver);
  const orderAll = async (what: Order) => {
    const pipeline = redis.pipeline();
    for (const { token } of running()) {
      pipeline.rpush(keys.orders(token), JSON.stringify(what)).pexpire(keys.orders(token), RUN_TTL_MS);
    }
    await execAll(pipeline);
  };
  const anyLost = () => parts.some((part) => part.lost !== undefined);
  const stop = (graceMs: number) => {
    isStopped = true;
    // Whom it does not reach carries its shard to its end, or falls silent.
    orderAll({ type: 'stop', graceMs }).catch(() => {});
  };
  const interrupt = () => stop(STOP_GRACE_MS);

  try {
    const mine = await openShards(
      redis,
      keys,
      owner,
      parts.map(({ token }) => token),
    );
    if (!mine) throw new InvalidRunError('another coordinator has taken the run over');
    await Promise.all(parts.map((part) => handOut(ground, work, part)));
    for (const part of parts) part.heardAtMs = systemClock.nowMs();
    const readyUntilMs = systemClock.nowMs() + READY_WITHIN_MS;
    await waitUntil(() => {
      if (systemClock.nowMs() > readyUntilMs) {
        for (const part of running())
          if (part.clock === undefined) giveUp(part, 'it was not ready within a minute');
      }
      return anyLost() || hooks.signal?.aborted === true || parts.every((part) => part.clock !== undefined);
    });
    let own: ClockOffset = { offsetMs: 0, errorMs: 0 };
    if (anyLost() || hooks.signal?.aborted) {
      stop(0);
    } else {
      hooks.onLoad?.(server);
      own = await measureOffset(redis);
      const startMs = (await redisNowMs(redis)) + LEAD_MS + parts.length / AGENTS_A_MS;
      startedAtMs = startMs - own.offsetMs;
      await orderAll({ type: 'go', startMs });
      if (hooks.signal?.aborted) interrupt();
      else hooks.signal?.addEventListener('abort', interrupt, { once: true });
      await waitUntil(() => anyLost() || running().length === 0);
      // What the others do is for nothing now.
      if (anyLost()) interrupt();
    }
    await waitUntil(() => running().length === 0);
    return await settled(ground, work, { parts, startedAtMs, own, isStopped });
  } finally {
    hooks.signal?.removeEventListener('abort', interrupt);
    for (const end of release) end();
    await within(CLEAN_UP_MS, cleanUp(ground, parts));
  }
}

/** What the server died of. Here, and not in the block: what listens to a server that outlives it holds nothing of it. */
function deathOf({ lost }: OpenServer): { reason: unknown } {
  const death: { reason: unknown } = { reason: undefined };
  lost.catch((error) => {
    death.reason = error;
  });
  return death;
}

/** So many are told to go, and have heard it, in a millisecond, at the least. */
const AGENTS_A_MS = 0.5;

async function handOut(ground: BlockGround, { assignment, server }: BlockWork, part: Part): Promise<void> {
  const { scenario, contestant, index } = assignment.spec;
  const { load, token } = part;
  const job: ShardJob = {
    ...{ protocol: PROTOCOL, run: ground.run, token, plan: ground.plan },
    block: { scenario: scenario.name, contestant: contestant.name, index },
    ...{ shard: load.share, server: load.server, dataPort: server.dataPort },
    files: load.files.map(({ value: { path, bytes, hash }, weight }) => ({
      value: { path, bytes, hash },
      weight,
    })),
    uploadFolder: load.uploadFolder as ShardJob['uploadFolder'],
    // A target's password stays where it is.
    login: assignment.server.kind === 'target' ? null : server.login,
  };
  const once = { attempts: 1, removeOnComplete: true, removeOnFail: true };
  await ground.queueFor(part.agent.name).add('shard', job, { ...once, jobId: token });
  await keepQueue(ground.redis, part.agent.name, [token]);
}

interface Ended {
  readonly parts: readonly Part[];
  /** 0: it was ended before its start. */
  readonly startedAtMs: number;
  readonly own: ClockOffset;
  /** It was told to end early. */
  readonly isStopped: boolean;
}

/** Each shard ends in Redis as it does here: `completed` by its agent's last word, or `lost` by ours, whichever came first. */
async function settled(
  { redis, keys }: BlockGround,
  { assignment }: BlockWork,
  { parts, startedAtMs, own, isStopped }: Ended,
): Promise<Omit<RawBlock, 'records'>> {
  for (const { done, token } of parts) if (done === undefined) await lose(redis, keys, token);
  const lost = () => parts.filter((part) => part.lost !== undefined);
  // Beside one that is lost the others were ended: what they lack is not of theirs.
  if (lost().length > 0) throw lostError(assignment, lost());
  if (startedAtMs === 0) return { startedAtMs, attempts: [], generators: [], lostSessions: 0, warnings: [] };
  for (const part of parts) {
    const problem = problemOf(part, isStopped);
    if (problem !== undefined) giveUp(part, problem);
  }
  if (lost().length > 0) throw lostError(assignment, lost());
  const dones = parts.map(({ done }) => done as Done);
  const clocks = parts.map(({ clock }) => clock as ClockOffset);
  return {
    startedAtMs,
    attempts: parts.flatMap(({ attempts }) => attempts).sort((a, b) => a.endedAtMs - b.endedAtMs),
    generators: dones.map(({ generator }) => generator),
    lostSessions: dones.reduce((sum, done) => sum + done.lostSessions, 0),
    warnings: dones.flatMap(({ warnings }) => warnings),
    shards: parts.map(({ agent, load, attempts }, i) => {
      const { generator, startedLateMs } = dones[i] as Done;
      const { cpuShare, runQueueShare } = generator;
      const clock = clocks[i] as ClockOffset;
      return {
        ...{ index: load.share.index, agent: agent.name, offered: attempts.length },
        ...{ cpuShare, runQueueShare, startedLateMs },
        clockOffsetMs: clock.offsetMs - own.offsetMs,
        clockErrorMs: clock.errorMs + own.errorMs,
      };
    }),
    clockErrorMs: Math.max(...clocks.map(({ errorMs }) => errorMs)) + own.errorMs,
  };
}

/** The first reason is the one. */
function giveUp(part: Part, reason: string): void {
  part.lost ??= reason;
}

/** A shard that does not add up is no shard. */
function problemOf({ done, load, attempts }: Part, wasStopped: boolean): string | undefined {
  if (done === undefined) return 'it did not end';
  if (done.attempts !== attempts.length) return `${attempts.length} of its ${done.attempts} transfers came`;
  if (done.startedLateMs > MOST_LATE_MS) return `it began ${Math.round(done.startedLateMs)} ms late`;
  return shardProblem(load, attempts, { wasStopped, lostSessions: done.lostSessions });
}

function lostError({ spec, loads }: BlockAssignment, lost: readonly Part[]): ShardLostError {
  const { scenario, contestant, index } = spec;
  const shards = lost.map(
    ({ load, agent, lost: reason }): Omit<LostShard, 'again'> => ({
      ...{ scenario: scenario.name, contestant: contestant.name, index },
      ...{ shard: load.share.index, of: loads.length, agent: agent.name, reason: reason ?? '' },
    }),
  );
  const [first] = shards;
  return new ShardLostError(`agent ${first?.agent}: ${first?.reason}`, shards, true);
}

/** Late words find no open shard; a job that nobody took is taken back. */
async function cleanUp({ redis, keys, queueFor }: BlockGround, parts: readonly Part[]): Promise<void> {
  const tokens = parts.map(({ token }) => token);
  await redis.hdel(keys.shards, ...tokens);
  await redis.del(...tokens.map((token) => keys.orders(token)));
  for (const { done, agent, token } of parts) {
    if (done === undefined) await queueFor(agent.name).remove(token);
  }
}
