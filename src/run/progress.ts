// How far a run is, and how long it may still take.

import type { BlockSpec } from '../plan/order.ts';
import type { OwnCounts, Progress } from '../result/progress.ts';
import type { BlockResult } from '../result/types.ts';
import type { Counts } from './run-block.ts';

export interface ProgressContext {
  /** By their place: of a run that is taken up again. */
  readonly kept: ReadonlyMap<number, BlockResult>;
  /** Of the whole run. */
  elapsedMs(): number;
  onProgress?(progress: Progress): void;
}

export interface Moment {
  readonly place: number;
  readonly spec: BlockSpec;
  /** Those up to here, in the plan's order. */
  readonly blocks: readonly BlockResult[];
  /** Of the block at `place`; undefined when it is one of `blocks`. */
  readonly soFar: Counts | undefined;
}

/** Time left is what the plan says for the blocks ahead, stretched by what the blocks so far took beyond their plan. */
export function progressReporter(order: readonly BlockSpec[], context: ProgressContext) {
  const { kept, elapsedMs, onProgress } = context;
  const plannedMs = (wanted: (place: number) => boolean) =>
    order.reduce((ms, { scenario }, place) => (wanted(place) ? ms + scenario.durationMs : ms), 0);
  return ({ place, spec, blocks, soFar }: Moment): void => {
    if (onProgress === undefined) return;
    const done = [...blocks, ...[...kept].filter(([at]) => at > place).map(([, block]) => block)];
    const takenMs = elapsedMs();
    const aheadMs = plannedMs((at) => at > place && !kept.has(at));
    const begunMs = plannedMs((at) => at <= place || kept.has(at));
    const stretch = done.length === 0 ? 1 : Math.max(1, takenMs / begunMs);
    onProgress({
      blocksDone: done.length,
      blocksTotal: order.length,
      scenario: spec.scenario.name,
      contestant: spec.contestant.name,
      elapsedMs: takenMs,
      remainingMs: (aheadMs + (soFar === undefined ? 0 : spec.scenario.durationMs)) * stretch,
      offered: done.reduce((sum, block) => sum + block.offered, soFar?.offered ?? 0),
      own: ownCounts(spec, [...done, ...(soFar === undefined ? [] : [soFar])]),
    });
  };
}

/** What stands beside the name of a row is of that row, and not of the whole run. */
function ownCounts(
  { scenario, contestant }: BlockSpec,
  counted: readonly (BlockResult | Counts)[],
): OwnCounts {
  const own = counted.filter(
    (one) => !('scenario' in one) || (one.scenario === scenario.name && one.contestant === contestant.name),
  );
  const failed = own.reduce((sum, one) => sum + one.failed, 0);
  return { failed, finished: own.reduce((sum, one) => sum + one.completed, failed) };
}
