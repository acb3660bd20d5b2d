// From the blocks of a run to its result: rates, comparisons and doubts follow from them, whoever ran them.
import { compareWithBaseline, summarizeStrategies } from '../judge/summary.ts';
import { lostShardsWarning, runWarnings } from '../judge/warnings.ts';
import type { Plan } from '../plan/types.ts';
import { FORMAT_VERSION } from '../result/schema/index.ts';
import type { BlockResult, LostShard, RunResult } from '../result/types.ts';
import { VERSION } from '../version.ts';

export interface Blocks {
  readonly blocks: readonly BlockResult[];
  readonly endedBy: RunResult['endedBy'];
  readonly abortedBy: RunResult['abortedBy'];
  /** Every shard that was lost, whether or not its blocks were run again. */
  readonly lost: readonly LostShard[];
  /** Rounds that are in no block, for all contestants. */
  readonly leftOut: number;
  /** What is left of the accepted chance of a false claim for the verdicts. */
  readonly significance: number;
}

type Facts = Pick<RunResult, 'host' | 'startedAt' | 'durationMs' | 'resumed' | 'agents'>;

export function assembleResult(plan: Plan, facts: Facts, soFar: Blocks): RunResult {
  const { blocks, endedBy, abortedBy, significance, lost, leftOut } = soFar;
  const { host, startedAt, durationMs, resumed, agents } = facts;
  return {
    formatVersion: FORMAT_VERSION,
    tool: { name: 'port20', version: VERSION },
    ...{ host, startedAt, durationMs },
    requested: plan,
    blocks,
    strategies: summarizeStrategies(plan, blocks),
    comparisons: compareWithBaseline(plan, blocks, significance),
    warnings: [...lostShardsWarning(lost.length, leftOut), ...runWarnings(plan, blocks)],
    partial: endedBy === 'interrupt' || endedBy === 'max-time' || leftOut > 0,
    ...{ endedBy, abortedBy, resumed },
    merged: [],
    ...(agents !== undefined && { agents }),
    ...(lost.length > 0 && { lost }),
    valid: blocks.length > 0 && blocks.every((block) => block.valid),
  };
}
