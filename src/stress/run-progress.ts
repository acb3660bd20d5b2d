// How far a run is, and how long it may still take.
import { systemClock } from '../clock.ts';
import type { Counts } from './run-block.ts';
import type { BlockSpec } from './schedule.ts';
import type { BlockResult, Progress } from './types.ts';

/** Time left is what the plan says for the blocks ahead, stretched by what the blocks so far took beyond their plan. */
export function progressReporter(
  order: readonly BlockSpec[],
  onProgress: ((progress: Progress) => void) | undefined,
) {
  const startedAtMs = systemClock.nowMs();
  const plannedMs = (specs: readonly BlockSpec[]) =>
    specs.reduce((ms, { scenario }) => ms + scenario.durationMs, 0);
  return (spec: BlockSpec, blocks: readonly BlockResult[], soFar: Counts): void => {
    const elapsedMs = systemClock.nowMs() - startedAtMs;
    const stretch =
      blocks.length === 0 ? 1 : Math.max(1, elapsedMs / plannedMs(order.slice(0, blocks.length + 1)));
    onProgress?.({
      blocksDone: blocks.length,
      blocksTotal: order.length,
      scenario: spec.scenario.name,
      binder: spec.strategy.name,
      elapsedMs,
      remainingMs: plannedMs(order.slice(blocks.length)) * stretch,
      offered: soFar.offered + blocks.reduce((sum, block) => sum + block.offered, 0),
      failed: soFar.failed + blocks.reduce((sum, block) => sum + block.failed, 0),
    });
  };
}
