// Rounds: the blocks of one index stand under the same conditions, so that what loses a part of one is to lose all of them.
import type { BlockSpec } from '../plan/order.ts';
import type { BlockResult, LostShard } from '../result/types.ts';
import type { ShardLostError } from './engine.ts';

/** A round that loses a part this often is left out. */
const MOST_TRIES = 3;

export interface Rounds {
  /** Those that are part of the result so far, in their order. */
  readonly blocks: readonly BlockResult[];
  readonly lost: readonly LostShard[];
  /** Rounds that were given up. */
  readonly leftOut: number;
  add(block: BlockResult): void;
  /** What is to be done when a block can no longer be taken back. */
  hold(commit: () => Promise<void>): void;
  /** Whether the block at `place` cannot be taken back once it is there. */
  isLast(place: number): boolean;
  settle(): Promise<void>;
  /**
   * Takes the whole round back, kept blocks of it too. Returns the place behind which the run goes on: in front of the
   * round where it is run again, at its end where it is given up.
   */
  takeBack(place: number, error: ShardLostError): number;
}

/**
 * @param kept blocks by their place; those of a round that is taken back are removed
 * @param canLose whether blocks are held until their round is over; otherwise each is settled by itself
 */
export function createRounds(
  order: readonly BlockSpec[],
  kept: Map<number, BlockResult>,
  canLose: boolean,
): Rounds {
  const blocks: BlockResult[] = [];
  const lost: LostShard[] = [];
  const tries = new Map<number, number>();
  let held: (() => Promise<void>)[] = [];
  let leftOut = 0;

  const isOfRound = (at: number, place: number) => {
    const [a, b] = [order[at], order[place]];
    return a !== undefined && a.index === b?.index && a.scenario === b.scenario;
  };
  const edge = (place: number, step: 1 | -1) => {
    let at = place;
    while (isOfRound(at + step, place)) at += step;
    return at;
  };

  function takeBack(place: number, error: ShardLostError): number {
    const [first, last] = [edge(place, -1), edge(place, 1)];
    const tried = (tries.get(first) ?? 0) + 1;
    tries.set(first, tried);
    const again = error.canRunAgain && tried < MOST_TRIES;
    lost.push(...error.shards.map((shard) => ({ ...shard, again })));
    const { scenario, index } = order[place] as BlockSpec;
    while (blocks.at(-1)?.index === index && blocks.at(-1)?.scenario === scenario.name) blocks.pop();
    held = [];
    for (let at = first; at <= last; at++) kept.delete(at);
    if (again) return first - 1;
    leftOut++;
    return last;
  }

  return {
    blocks,
    lost,
    get leftOut() {
      return leftOut;
    },
    add: (block) => void blocks.push(block),
    hold: (commit) => void held.push(commit),
    isLast: (place) => !canLose || edge(place, 1) === place,
    async settle() {
      const now = held;
      held = [];
      for (const commit of now) await commit();
    },
    takeBack,
  };
}
