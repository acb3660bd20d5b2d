// A run: the plan's blocks in balanced order, each on an address of its own, to one result.
import { systemClock } from '../clock.ts';
import { SIGNIFICANCE } from '../stats/holm.ts';
import { conclusive, type Look, looks } from '../stats/sequential.ts';
import { VERSION } from '../version.ts';
import { createAddressPool } from './address-pool.ts';
import type { BlockGround } from './assignment.ts';
import type { Engine } from './engine.ts';
import { createFixtures } from './fixtures.ts';
import { describeHost } from './host.ts';
import { type Counts, runBlock, type Transfer } from './run-block.ts';
import { progressReporter } from './run-progress.ts';
import { runWarnings } from './run-warnings.ts';
import { type BlockSpec, blockOrder } from './schedule.ts';
import { strategiesOf } from './strategies.ts';
import { compareWithBaseline, summarizeStrategies } from './summary.ts';
import { prepareTargets, type Target } from './targets.ts';
import type { BlockResult, Plan, Progress, RunResult } from './types.ts';

export interface RunOptions {
  /** What `port20 probe` measures of this kernel; kept in the result. */
  readonly truthTableDigest?: string | null;
  /** Where the plan's targets are, by the name of the strategy. */
  readonly targets?: ReadonlyMap<string, Target>;
  /** What a run that was cut off had done: its blocks are kept and not run again. */
  readonly before?: Before;
  /** Ends the block that runs and leaves a partial result. */
  readonly signal?: AbortSignal;
  onProgress?(progress: Progress): void;
  /** A block is over; `place` is its place in the order. The next one begins when this has resolved. */
  onBlock?(block: BlockResult, place: number): void | Promise<void>;
  /** The result as it would be if the run ended here, after each block. */
  onResult?(result: RunResult): void;
  /** Every transfer of a block that is over, warm-up included, with the server's record where there is one. */
  onTransfers?(block: BlockSpec, transfers: readonly Transfer[]): void | Promise<void>;
}

/** What is kept, and when the run was taken up again, this time included. */
export interface Before {
  readonly startedAt: string;
  /** Of the runs before this one, together. */
  readonly durationMs: number;
  /** By their place in the plan's order. */
  readonly blocks: ReadonlyMap<number, BlockResult>;
  readonly resumed: RunResult['resumed'];
}

interface Blocks {
  readonly blocks: readonly BlockResult[];
  readonly endedBy: RunResult['endedBy'];
  /** What is left of the accepted chance of a false claim for the verdicts. */
  readonly significance: number;
}

/**
 * Runs the whole plan on `engine`, which stays open. An interrupted run resolves too, with `partial` set.
 * @throws UsageError when `targets` does not fit the plan's, PreflightError when the files cannot be written or a target
 * does not answer
 */
export async function runPlan(plan: Plan, engine: Engine, options: RunOptions = {}): Promise<RunResult> {
  const startedAt = options.before?.startedAt ?? new Date().toISOString();
  const startedAtMs = systemClock.nowMs() - (options.before?.durationMs ?? 0);
  const targets = await prepareTargets(plan, options.targets);
  const host = describeHost(options.truthTableDigest ?? null, [...targets.values()]);
  const fixtures = await createFixtures(plan);
  const resultOf = ({ blocks, endedBy, significance }: Blocks): RunResult => ({
    formatVersion: 2,
    tool: { name: 'port20', version: VERSION },
    host,
    startedAt,
    durationMs: Math.round(systemClock.nowMs() - startedAtMs),
    requested: plan,
    blocks,
    strategies: summarizeStrategies(plan, blocks),
    comparisons: compareWithBaseline(plan, blocks, significance),
    warnings: runWarnings(plan, blocks),
    partial: endedBy === 'interrupt' || endedBy === 'max-time',
    endedBy,
    resumed: options.before?.resumed ?? [],
    valid: blocks.length > 0 && blocks.every((block) => block.valid),
  });
  try {
    const ground = { fixtures, targets, pool: createAddressPool() };
    const onBlocks = (soFar: Blocks) => options.onResult?.(resultOf(soFar));
    return resultOf(await runBlocks(plan, engine, ground, { ...options, onBlocks }));
  } finally {
    await fixtures.remove();
  }
}

async function runBlocks(
  plan: Plan,
  engine: Engine,
  ground: BlockGround,
  options: RunOptions & { onBlocks(soFar: Blocks): void },
): Promise<Blocks> {
  const { signal, onBlock } = options;
  const order = blockOrder(plan);
  const report = progressReporter(order, options.onProgress);
  const budget = createBudget(plan);
  const looking = createLooks(plan);
  const blocks: BlockResult[] = [];
  const ended = (endedBy: Blocks['endedBy']): Blocks => ({
    blocks: [...blocks],
    endedBy,
    significance: looking.left(),
  });
  for (const [place, spec] of order.entries()) {
    const kept = options.before?.blocks.get(place);
    if (kept === undefined) {
      if (signal?.aborted) return ended('interrupt');
      if (!budget.allows(spec)) return ended('max-time');
      if (plan.restMs > 0 && place > 0) await systemClock.sleep(plan.restMs, signal).catch(() => {});
      if (signal?.aborted) return ended('interrupt');
      const onProgress = (soFar: Counts) => report(spec, blocks, soFar);
      const { block, transfers } = await runBlock(plan, spec, { engine, ground, signal, onProgress });
      // Interrupted before its first transfer: there is no block.
      if (signal?.aborted && block.offered === 0) return ended('interrupt');
      blocks.push(block);
      await onBlock?.(block, place);
      if (options.onTransfers !== undefined) await options.onTransfers(spec, transfers());
      options.onBlocks(ended('interrupt'));
    } else blocks.push(kept);
    report(spec, blocks, { offered: 0, failed: 0 });
    // A run that is taken up again repeats the looks that it had had: each is paid for once.
    const roundIsOver = order[place + 1]?.index !== spec.index;
    if (roundIsOver && looking.settles(spec.index + 1, blocks)) return ended('conclusive');
  }
  return ended(signal?.aborted ? 'interrupt' : 'plan');
}

/** No block begins that would end after the plan's limit. */
function createBudget({ maxTimeMs, restMs }: Plan) {
  const startedAtMs = systemClock.nowMs();
  return {
    allows: ({ scenario }: BlockSpec) =>
      maxTimeMs === 0 || systemClock.nowMs() - startedAtMs + restMs + scenario.durationMs <= maxTimeMs,
  };
}

/** With `until: conclusive`: after some rounds the comparisons are looked at, each time at the cost of some significance. */
function createLooks(plan: Plan) {
  const comparisons = Math.max(1, strategiesOf(plan).length - 1);
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

export type { Progress, Transfer };
