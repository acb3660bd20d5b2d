// A run: the plan's blocks in balanced order, each on an address of its own, to one result.
import { systemClock } from '../clock.ts';
import { compareWithBaseline } from '../judge/summary.ts';
import { contestantsOf } from '../plan/contestants.ts';
import { type BlockSpec, blockOrder } from '../plan/order.ts';
import type { Plan } from '../plan/types.ts';
import type { Progress } from '../result/progress.ts';
import type { BlockResult, RunResult } from '../result/types.ts';
import { SIGNIFICANCE } from '../stats/holm.ts';
import { conclusive, type Look, looks } from '../stats/sequential.ts';
import { abortOf } from './abort.ts';
import { createAddressPool } from './address-pool.ts';
import { assembleResult, type Blocks } from './assemble.ts';
import type { BlockGround } from './assignment.ts';
import type { Engine } from './engine.ts';
import { createFixtures } from './fixtures.ts';
import { hostOfRun } from './host.ts';
import { progressReporter } from './progress.ts';
import { createRounds } from './rounds.ts';
import { type Counts, runBlock, type TransferViews } from './run-block.ts';
import { prepareTargets, type Target } from './targets.ts';

export interface RunOptions {
  /** What `port20 probe` measures of this kernel; kept in the result. */
  readonly truthTableDigest?: string | null;
  /** Where the plan's targets are, by the name of the contestant. */
  readonly targets?: ReadonlyMap<string, Target>;
  /** What a run that was cut off had done: its blocks are kept and not run again. */
  readonly before?: Before;
  /** Ends the block that runs and leaves a partial result. */
  readonly signal?: AbortSignal;
  onProgress?(progress: Progress): void;
  /** A block has become part of the result. The next one begins when this has resolved. */
  onBlock?(finished: FinishedBlock): void | Promise<void>;
  /** The same for one of `before`, in its turn: both together are told every block of the result in its order. */
  onKeptBlock?(block: BlockResult, place: number): void | Promise<void>;
  /** The result as it would be if the run ended here, after each block. */
  onResult?(result: RunResult): void;
}

/** A block that was run, and is over. */
export interface FinishedBlock {
  readonly block: BlockResult;
  /** In the plan's order, from 0. */
  readonly place: number;
  /** What the whole run took until now: the time before it was taken up again is in it, the time between is not. */
  readonly runElapsedMs: number;
  /** The run was told to end meanwhile: not all of the block's load was run. */
  readonly cutShort: boolean;
  /** All of them, warm-up included, with the server's record where there is one; joined when asked for. */
  transfers(): readonly TransferViews[];
}

/** What is kept, and when the run was taken up again, this time included. */
export interface Before {
  readonly startedAt: string;
  /** What the run took before this time. */
  readonly elapsedMs: number;
  /** By their place in the plan's order. */
  readonly blocks: ReadonlyMap<number, BlockResult>;
  readonly resumed: RunResult['resumed'];
}

/**
 * Runs the whole plan on `engine`, which stays open. An interrupted run resolves too, with `partial` set. The result's
 * `durationMs` and the plan's `maxTimeMs` are of the whole run, as often as it was taken up again.
 * @throws UsageError when `targets` does not fit the plan's, PreflightError when the files cannot be written or a target
 * does not answer
 */
export async function runPlan(plan: Plan, engine: Engine, options: RunOptions = {}): Promise<RunResult> {
  const startedAt = options.before?.startedAt ?? new Date().toISOString();
  const startedAtMs = systemClock.nowMs() - (options.before?.elapsedMs ?? 0);
  const elapsedMs = () => systemClock.nowMs() - startedAtMs;
  const targets = await prepareTargets(plan, options.targets);
  const { elsewhere } = engine;
  const agentAddresses = elsewhere?.agents.map(({ address }) => address) ?? [];
  const host = hostOfRun(options.truthTableDigest ?? null, [...targets.values()], agentAddresses);
  const fixtures = await createFixtures(plan);
  const resultOf = (blocks: Blocks): RunResult => {
    const facts = { host, startedAt, durationMs: Math.round(elapsedMs()), agents: elsewhere?.agents };
    return assembleResult(plan, { ...facts, resumed: options.before?.resumed ?? [] }, blocks);
  };
  try {
    const ground = { fixtures, targets, pool: elsewhere?.pool ?? createAddressPool() };
    const onBlocks = (soFar: Blocks) => options.onResult?.(resultOf(soFar));
    return resultOf(await runBlocks(plan, { ...options, engine, ground, elapsedMs, onBlocks }));
  } finally {
    await fixtures.remove();
  }
}

interface BlocksContext extends RunOptions {
  readonly engine: Engine;
  readonly ground: BlockGround;
  /** Of the whole run. */
  elapsedMs(): number;
  onBlocks(soFar: Blocks): void;
}

async function runBlocks(plan: Plan, context: BlocksContext): Promise<Blocks> {
  const { signal, before, elapsedMs } = context;
  const order = blockOrder(plan);
  const kept = new Map(before?.blocks);
  const report = progressReporter(order, { ...context, kept });
  const looking = createLooks(plan);
  const rounds = createRounds(order, kept, context.engine.elsewhere !== undefined);
  const { blocks } = rounds;
  let abortedBy: Blocks['abortedBy'] = null;
  const ended = (endedBy: Blocks['endedBy']): Blocks => ({
    blocks: [...blocks],
    ...{ endedBy, abortedBy, lost: [...rounds.lost], leftOut: rounds.leftOut },
    significance: looking.left(),
  });
  let endedBy: Blocks['endedBy'] | undefined;
  for (let place = 0; place < order.length; place++) {
    const spec = order[place] as BlockSpec;
    const known = kept.get(place);
    if (known !== undefined) {
      rounds.add(known);
      rounds.hold(async () => context.onKeptBlock?.(known, place));
      if (rounds.isLast(place)) await rounds.settle();
    } else {
      // What was measured stays in the result: a run that ends here goes on to the blocks that it has.
      endedBy ??= await reasonToEnd(plan, spec, place, context);
      if (endedBy !== undefined) continue;
      const onProgress = (soFar: Counts) => report({ place, spec, blocks, soFar });
      const { block, transfers, lost } = await runBlock(plan, spec, { ...context, signal, onProgress });
      const cutShort = signal?.aborted === true;
      // What an interrupted run was about is no block, and the others of its round are as good as they were.
      if (lost !== undefined && cutShort) continue;
      if (lost !== undefined) {
        if (!lost.canRunAgain) endedBy = 'interrupt';
        place = rounds.takeBack(place, lost);
        continue;
      }
      // Interrupted before its first transfer: there is no block.
      if (cutShort && block.offered === 0) continue;
      rounds.add(block);
      const runElapsedMs = Math.round(elapsedMs());
      rounds.hold(async () => context.onBlock?.({ block, place, runElapsedMs, cutShort, transfers }));
      if (cutShort || rounds.isLast(place)) await rounds.settle();
      context.onBlocks(ended('interrupt'));
      report({ place, spec, blocks, soFar: undefined });
    }
    if (endedBy === undefined) {
      abortedBy = abortOf(plan, blocks);
      if (abortedBy !== null) endedBy = 'interrupt';
    }
    // A run that is taken up again repeats the looks that it had had: each is paid for once.
    const roundIsOver = order[place + 1]?.index !== spec.index;
    if (endedBy === undefined && roundIsOver && looking.settles(spec.index + 1, blocks)) {
      endedBy = 'conclusive';
      break;
    }
  }
  await rounds.settle();
  return ended(endedBy ?? (signal?.aborted ? 'interrupt' : 'plan'));
}

/** Undefined where the block may begin, after its rest. */
async function reasonToEnd(
  { restMs, maxTimeMs }: Plan,
  { scenario }: BlockSpec,
  place: number,
  { signal, elapsedMs }: BlocksContext,
): Promise<'interrupt' | 'max-time' | undefined> {
  if (signal?.aborted) return 'interrupt';
  // No block begins that would end after the plan's limit.
  if (maxTimeMs > 0 && elapsedMs() + restMs + scenario.durationMs > maxTimeMs) return 'max-time';
  if (restMs > 0 && place > 0) await systemClock.sleep(restMs, signal).catch(() => {});
  return signal?.aborted ? 'interrupt' : undefined;
}

/** With `until: conclusive`: after some rounds the comparisons are looked at, each time at the cost of some significance. */
function createLooks(plan: Plan) {
  const comparisons = Math.max(1, contestantsOf(plan).length - 1);
  const planned: readonly Look[] =
    plan.until === 'conclusive'
      ? looks(comparisons, plan.blocks)
      : [{ blocks: plan.blocks, significance: SIGNIFICANCE }];
  let next = 0;
  return {
    /** The significance of the look that ended the run, or of the one that comes next. */
    left: () => planned[Math.min(next, planned.length - 1)]?.significance ?? SIGNIFICANCE,
    settles(rounds: number, blocks: readonly BlockResult[]): boolean {
      const look = planned[next];
      if (plan.until !== 'conclusive' || look === undefined || rounds < look.blocks) return false;
      if (conclusive(compareWithBaseline(plan, blocks, look.significance))) return true;
      next++;
      return false;
    },
  };
}

export type { Progress, TransferViews };
