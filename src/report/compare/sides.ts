// One strategy of one result as a side of a comparison: its blocks, its own rate, and its pairs with the other side.

import { blockCount, pairedCounts, tellingBlocksOf } from '../../result/telling.ts';
import type { BlockResult, RunResult } from '../../result/types.ts';
import { type BlockedProportion, blockedProportion } from '../../stats/blocks.ts';
import type { BlockPair } from '../../stats/bootstrap.ts';

/** One strategy in one scenario: all its valid blocks. */
export interface ComparedSide extends Pick<BlockedProportion, 'rate' | 'interval' | 'failed' | 'finished'> {
  /** The strategy's name. */
  readonly binder: string;
}

export interface Side {
  readonly result: RunResult;
  readonly binder: string;
}

export function pairedBlocks(scenario: string, baseline: Side, candidate: Side): BlockPair[] {
  return pairedCounts(blocksOf(baseline, scenario), blocksOf(candidate, scenario));
}

function blocksOf({ result, binder }: Side, scenario: string): BlockResult[] {
  return tellingBlocksOf(result.blocks, { scenario, binder });
}

export function sideOf(side: Side, scenario: string): ComparedSide {
  const { rate, interval, failed, finished } = blockedProportion(blocksOf(side, scenario).map(blockCount));
  return { binder: side.binder, rate, interval, failed, finished };
}
