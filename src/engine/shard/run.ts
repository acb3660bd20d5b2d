// A shard of a run by itself: every block of the plan at a moment that all shards reckon from one start, without a word between them.
import { createHash } from 'node:crypto';
import { systemClock } from '../../clock.ts';
import { InvalidRunError } from '../../errors.ts';
import type { StartedLoad } from '../../load/spec.ts';
import { type BlockSpec, blockOrder } from '../../plan/order.ts';
import { formatPlan } from '../../plan/parse.ts';
import type { Plan } from '../../plan/types.ts';
import type { Attempt } from '../../result/attempt.ts';
import { filesOfTarget } from '../../run/assignment.ts';
import { type ShardPlace, shardOf } from '../../run/shard.ts';
import type { PreparedTarget } from '../../run/targets.ts';
import { carry, type GeneratorChild, logIn, readyGenerators } from '../generator-child.ts';
import { sessionAddresses } from './addresses.ts';
import { encodeBatches } from './codec.ts';
import type { ShardBlock } from './file.ts';

export interface ShardRun {
  readonly plan: Plan;
  readonly shard: ShardPlace;
  readonly targets: ReadonlyMap<string, PreparedTarget>;
  /** Of the first block, by the wall clock (`Date.now()`), which all machines are to agree about. */
  readonly startAtMs: number;
  /** Between two blocks: for transfers that still run, and for logins. */
  readonly gapMs: number;
}

export interface ShardHooks {
  /** Ends the block that runs, and the shard. */
  readonly signal: AbortSignal;
  /** A block is over. The next one waits for it. */
  onBlock(block: ShardBlock, spec: BlockSpec): Promise<void>;
}

/** The same for all shards of a run, and for no other run. */
export function runIdOf({ plan, shard, startAtMs, gapMs }: Omit<ShardRun, 'targets'>): string {
  const parts = [formatPlan(plan), shard.of, startAtMs, gapMs];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}

/** When each block begins, in milliseconds behind the first. */
export function blockStartsMs(plan: Plan, gapMs: number): number[] {
  let atMs = 0;
  return blockOrder(plan).map(({ scenario }) => {
    const startMs = atMs;
    atMs += scenario.durationMs + plan.restMs + gapMs;
    return startMs;
  });
}

/** Resolves behind the last block, or when the signal has ended one. A block that cannot be run is told as lost. */
export async function runShard(run: ShardRun, { signal, onBlock }: ShardHooks): Promise<void> {
  // The wall clock is asked once: a step of it between two blocks would tear the shards apart.
  const wallMinusClockMs = Date.now() - systemClock.nowMs();
  const starts = blockStartsMs(run.plan, run.gapMs);
  let children: readonly GeneratorChild[] = [];
  try {
    for (const [place, spec] of blockOrder(run.plan).entries()) {
      if (signal.aborted) return;
      const startMs = run.startAtMs - wallMinusClockMs + (starts[place] as number);
      children = await readyGenerators(children, 1);
      const block = await runBlock(run, spec, {
        place,
        startMs,
        child: children[0] as GeneratorChild,
        signal,
      });
      if (block === undefined) return;
      await onBlock(block, spec);
      // What state the process is in, nobody knows.
      if ('lost' in block) await Promise.all(children.map((child) => child.end()));
    }
  } finally {
    await Promise.all(children.map((child) => child.end()));
  }
}

interface BlockTime {
  readonly place: number;
  readonly startMs: number;
  readonly child: GeneratorChild;
  readonly signal: AbortSignal;
}

const ENDED = 'it was ended before its time';

/** Undefined where the signal came before its start. */
async function runBlock(
  run: ShardRun,
  spec: BlockSpec,
  { place, startMs, child, signal }: BlockTime,
): Promise<ShardBlock | undefined> {
  const { gapMs } = run;
  // Not earlier than half the gap: until then the block before may still run elsewhere.
  await systemClock.sleep(Math.max(0, startMs - gapMs / 2 - systemClock.nowMs()), signal).catch(() => {});
  if (signal.aborted) return undefined;
  const attempts: Attempt[] = [];
  let wasStopped = false;
  const stop = () => {
    wasStopped = true;
    child.send({ type: 'stop', graceMs: gapMs / 8 });
  };
  let ending: NodeJS.Timeout | undefined;
  try {
    await logIn(child, loadOf(run, spec));
    if (signal.aborted) return { place, lost: ENDED };
    const lateMs = systemClock.nowMs() - startMs;
    if (lateMs > 0) throw new InvalidRunError(`it was ready ${Math.ceil(lateMs)} ms after the start`);
    const startedAt = new Date(run.startAtMs + blockStartOf(run, place)).toISOString();
    // The next block is not to meet what is left of this one.
    ending = setTimeout(stop, startMs + spec.scenario.durationMs + gapMs / 4 - systemClock.nowMs());
    signal.addEventListener('abort', stop, { once: true });
    const done = await carry(child, startMs, (some) => {
      for (const one of some) attempts.push(one);
    });
    // The other shards go on: what this one lacks is not the plan's.
    if (signal.aborted) return { place, lost: ENDED };
    const { generator, lostSessions, warnings, startedLateMs } = done;
    return {
      ...{ place, startedAt, generator, lostSessions, warnings, startedLateMs },
      attempts: encodeBatches(attempts, startMs).map((batch) => batch.toString('base64')),
      stopped: wasStopped,
    };
  } catch (error) {
    if (!(error instanceof InvalidRunError)) throw error;
    return { place, lost: error.message };
  } finally {
    clearTimeout(ending);
    signal.removeEventListener('abort', stop);
  }
}

function blockStartOf({ plan, gapMs }: ShardRun, place: number): number {
  return blockStartsMs(plan, gapMs)[place] as number;
}

function loadOf({ plan, shard, targets }: ShardRun, spec: BlockSpec): StartedLoad {
  const target = targets.get(spec.contestant.name) as PreparedTarget;
  const { server, login, clientAddress } = target;
  const addressOf = sessionAddresses(spec.scenario, clientAddress === null ? null : [clientAddress]);
  const files = filesOfTarget(target, spec.scenario);
  const load = shardOf(plan, spec, shard, { server, files, uploadFolder: '', addressOf });
  return { ...load, login, dataPort: server.port - 1 };
}
