// What a reader of the result should know although its blocks are valid.
import { socketTableAvailable } from '../net/socket-table.ts';
import { contestantsOf } from '../plan/contestants.ts';
import { TIME_WAIT_SECONDS } from '../plan/time-wait.ts';
import type { Plan } from '../plan/types.ts';
import { isTelling } from '../result/telling.ts';
import type { BlockResult, RunWarning } from '../result/types.ts';
import { blocksForHolm } from '../stats/holm.ts';
import { doubtsAboutRun, otherWarnings } from './doubts.ts';

export function runWarnings(plan: Plan, blocks: readonly BlockResult[]): RunWarning[] {
  return [
    ...fewBlocks(plan),
    ...cutShort(blocks),
    ...sharedAddress(plan),
    ...blindness(),
    ...doubtsAboutRun(blocks),
    ...otherWarnings(blocks),
  ];
}

/** Of runs that were merged: what a block or the sum of them tells is told anew, what only a run knows is kept, once. */
export function mergedWarnings(
  plan: Plan,
  blocks: readonly BlockResult[],
  ofRuns: readonly RunWarning[],
): RunWarning[] {
  const kept = new Map(
    ofRuns
      .filter(
        ({ id }) =>
          id === 'shared-address' || id === 'shards-lost' || id === 'no-socket-table' || id === 'text',
      )
      .map((warning) => [JSON.stringify(warning), warning]),
  );
  return [...fewBlocks(plan), ...kept.values(), ...doubtsAboutRun(blocks), ...otherWarnings(blocks)];
}

/** With fewer, the sign-flip test cannot reach significance in all comparisons with the baseline (src/judge/README.md). */
function fewBlocks(plan: Plan): RunWarning[] {
  const contestants = contestantsOf(plan).length;
  const needed = blocksForHolm(Math.max(1, contestants - 1));
  if (contestants === 1 || plan.blocks >= needed) return [];
  return [{ id: 'few-blocks', blocks: plan.blocks, contestants, needed }];
}

function cutShort(blocks: readonly BlockResult[]): RunWarning[] {
  const cut = blocks.filter((block) => block.valid && !isTelling(block));
  if (cut.length === 0) return [];
  const cancelled = cut.reduce((sum, block) => sum + block.cancelled, 0);
  return [{ id: 'cut-short', blocks: cut.length, cancelled }];
}

/** @param blocks sets of blocks of one index that are missing */
export function lostShardsWarning(shards: number, blocks: number): RunWarning[] {
  return shards === 0 ? [] : [{ id: 'shards-lost', shards, blocks }];
}

/** A block of the built-in server or of a peer has a new address; a target is where it is. */
function sharedAddress({ targets, restMs, blocks }: Plan): RunWarning[] {
  if (targets.length === 0 || blocks === 1 || restMs > TIME_WAIT_SECONDS * 1000) return [];
  return [{ id: 'shared-address' }];
}

function blindness(): RunWarning[] {
  return socketTableAvailable() ? [] : [{ id: 'no-socket-table' }];
}
