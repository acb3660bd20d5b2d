// One contestant of one result as a side of a comparison: its blocks, its own rate, and its pairs with the other side.

import { binderOf } from '../../plan/contestants.ts';
import type { Contestant } from '../../plan/types.ts';
import { blockCount, pairedCounts, tellingBlocksOf } from '../../result/telling.ts';
import type { BlockResult, RunResult } from '../../result/types.ts';
import { type BlockedProportion, blockedProportion } from '../../stats/blocks.ts';
import type { BlockPair } from '../../stats/bootstrap.ts';

type Counted = 'rate' | 'interval' | 'designEffect' | 'failed' | 'finished';

/** One contestant in one scenario: all its valid blocks. */
export interface ComparedSide extends Pick<BlockedProportion, Counted> {
  readonly contestant: string;
  /** Null where it is none of ours. */
  readonly binder: BlockResult['binder'];
}

export interface Side {
  readonly result: RunResult;
  readonly contestant: Contestant;
}

/** Blocks of one index stood under the same conditions: a pair each. */
export function blockPairs(
  scenario: string,
  baseline: Side,
  candidate: Side,
): { readonly baseline: BlockResult; readonly candidate: BlockResult }[] {
  const ofCandidate = new Map(blocksOf(candidate, scenario).map((block) => [block.index, block]));
  return blocksOf(baseline, scenario).flatMap((block) => {
    const twin = ofCandidate.get(block.index);
    return twin === undefined ? [] : [{ baseline: block, candidate: twin }];
  });
}

export function pairedBlocks(scenario: string, baseline: Side, candidate: Side): BlockPair[] {
  return pairedCounts(blocksOf(baseline, scenario), blocksOf(candidate, scenario));
}

export function blocksOf({ result, contestant }: Side, scenario: string): BlockResult[] {
  return tellingBlocksOf(result.blocks, { scenario, contestant: contestant.name });
}

export function sideOf(side: Side, scenario: string): ComparedSide {
  const found = blockedProportion(blocksOf(side, scenario).map(blockCount));
  const { rate, interval, designEffect, failed, finished } = found;
  const { name } = side.contestant;
  return {
    ...{ contestant: name, binder: binderOf(side.contestant) },
    ...{ rate, interval, designEffect, failed, finished },
  };
}
