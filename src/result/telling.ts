// Which blocks tell a contestant's rate, what each counts for, and which of them stand as pairs: the same for every reader.
import type { BlockCount } from '../stats/blocks.ts';
import type { BlockPair } from '../stats/bootstrap.ts';
import type { BlockResult } from './types.ts';

/** Of transfers that were cancelled while they waited, most would have failed: a block that was cut short tells no rate. */
export function isTelling({ valid, cancelled }: Pick<BlockResult, 'valid' | 'cancelled'>): boolean {
  return valid && cancelled === 0;
}

type Told = Pick<BlockResult, 'scenario' | 'contestant' | 'valid' | 'cancelled'>;

/** Those of one contestant in one scenario that tell its rate. */
export function tellingBlocksOf<Block extends Told>(
  blocks: readonly Block[],
  { scenario, contestant }: Pick<BlockResult, 'scenario' | 'contestant'>,
): Block[] {
  return blocks.filter(
    (block) => isTelling(block) && block.scenario === scenario && block.contestant === contestant,
  );
}

/** Cancelled and dropped transfers are in neither number: the run ended the first, and the others never began. */
export function blockCount({ failed, completed }: Pick<BlockResult, 'failed' | 'completed'>): BlockCount {
  return { failed, finished: failed + completed };
}

/** Blocks of one index stood under the same conditions. */
export function pairedCounts(
  baseline: readonly BlockResult[],
  candidate: readonly BlockResult[],
): BlockPair[] {
  const ofCandidate = new Map(candidate.map((block) => [block.index, block]));
  return baseline.flatMap((block) => {
    const twin = ofCandidate.get(block.index);
    return twin === undefined ? [] : [{ baseline: blockCount(block), candidate: blockCount(twin) }];
  });
}
