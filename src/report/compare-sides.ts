// One strategy of one result as a side of a comparison: its blocks, its own rate, and its pairs with the other side.
import { type BlockCount, type BlockedProportion, blockedProportion } from '../stats/blocks.ts';
import type { BlockPair } from '../stats/bootstrap.ts';
import type { BlockResult, RunResult } from '../stress/types.ts';

/** One strategy in one scenario: all its valid blocks. */
export interface ComparedSide extends Pick<BlockedProportion, 'rate' | 'interval' | 'failed' | 'finished'> {
  /** The strategy's name. */
  readonly binder: string;
}

export interface Side {
  readonly result: RunResult;
  readonly binder: string;
}

/** Blocks of one index stood under the same conditions. */
export function pairedBlocks(scenario: string, baseline: Side, candidate: Side): BlockPair[] {
  const ofCandidate = new Map(blocksOf(candidate, scenario).map((block) => [block.index, block]));
  return blocksOf(baseline, scenario).flatMap((block) => {
    const twin = ofCandidate.get(block.index);
    return twin === undefined ? [] : [{ baseline: asCount(block), candidate: asCount(twin) }];
  });
}

function blocksOf({ result, binder }: Side, scenario: string): BlockResult[] {
  return result.blocks.filter(
    (block) => block.valid && block.cancelled === 0 && block.scenario === scenario && block.binder === binder,
  );
}

export function sideOf(side: Side, scenario: string): ComparedSide {
  const { rate, interval, failed, finished } = blockedProportion(blocksOf(side, scenario).map(asCount));
  return { binder: side.binder, rate, interval, failed, finished };
}

/** Cancelled transfers are in neither number: the run ended them, not the server. */
function asCount({ failed, completed }: BlockResult): BlockCount {
  return { failed, finished: failed + completed };
}
