// Rounds: what loses a part of one block loses all of its index, is run again, and is given up in the end.
import { describe, expect, it } from '@jest/globals';
import { blockOrder } from '../../src/plan/order.ts';
import { parsePlan } from '../../src/plan/parse.ts';
import type { BlockResult } from '../../src/result/types.ts';
import { ShardLostError } from '../../src/run/engine.ts';
import { createRounds } from '../../src/run/rounds.ts';
import { sampleBlock } from '../report/sample-result.ts';

const PLAN = parsePlan(
  'binders: [legacy, reuse-port, ephemeral]\nblocks: 3\nscenarios: [{ name: a }, { name: b }]',
);
const ORDER = blockOrder(PLAN);

function blockAt(place: number): BlockResult {
  const spec = ORDER[place];
  if (spec === undefined) throw new Error(`no block ${place}`);
  return sampleBlock({
    ...{ scenario: spec.scenario.name, contestant: spec.contestant.name as 'legacy', index: spec.index },
  });
}

function lostAt(place: number, canRunAgain = true): ShardLostError {
  const { scenario, contestant, index } = blockAt(place);
  const shard = { scenario, contestant, index, shard: 1, of: 4, agent: 'a2', reason: 'gone' };
  return new ShardLostError('gone', [shard], canRunAgain);
}

describe('a round', () => {
  it('is taken back whole, and run again from its first block', async () => {
    const rounds = createRounds(ORDER, new Map(), true);
    const done: number[] = [];
    for (const place of [0, 1, 2, 3, 4]) {
      rounds.add(blockAt(place));
      rounds.hold(async () => void done.push(place));
      if (rounds.isLast(place)) await rounds.settle();
    }
    expect(done).toEqual([0, 1, 2]);
    // The last of the second round loses a part.
    expect(rounds.takeBack(5, lostAt(5))).toBe(2);
    await rounds.settle();
    expect(done).toEqual([0, 1, 2]);
    expect(rounds.blocks.map(({ index }) => index)).toEqual([0, 0, 0]);
    expect(rounds.lost).toMatchObject([{ agent: 'a2', again: true }]);
    expect(rounds.leftOut).toBe(0);
  });

  it('is given up after three tries, and the run goes on behind it', () => {
    const rounds = createRounds(ORDER, new Map(), true);
    expect([1, 2, 3].map(() => rounds.takeBack(1, lostAt(1)))).toEqual([-1, -1, 2]);
    expect(rounds.lost.map(({ again }) => again)).toEqual([true, true, false]);
    expect(rounds.leftOut).toBe(1);
  });

  it('is given up at once where no agents are left', () => {
    const rounds = createRounds(ORDER, new Map(), true);
    rounds.add(blockAt(0));
    expect(rounds.takeBack(1, lostAt(1, false))).toBe(2);
    expect(rounds.blocks).toEqual([]);
    expect(rounds.leftOut).toBe(1);
  });

  it('takes blocks with it that were kept from before', () => {
    const kept = new Map([0, 1, 2, 4].map((place) => [place, blockAt(place)]));
    const rounds = createRounds(ORDER, kept, true);
    rounds.takeBack(3, lostAt(3));
    expect([...kept.keys()]).toEqual([0, 1, 2]);
  });

  it('ends with its scenario, whatever the index', () => {
    const rounds = createRounds(ORDER, new Map(), true);
    // The last round of a, and the first of b.
    expect(rounds.takeBack(8, lostAt(8))).toBe(5);
    expect(rounds.takeBack(9, lostAt(9))).toBe(8);
  });

  it('is held by nobody where nothing can be lost', () => {
    const rounds = createRounds(ORDER, new Map(), false);
    expect([0, 1, 2].map(rounds.isLast)).toEqual([true, true, true]);
  });
});
