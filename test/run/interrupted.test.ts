// A run of agents that is interrupted while a part of its block is lost: the blocks before it are as good as they were.
import { expect, it } from '@jest/globals';
import type * as Local from '../../src/engine/local.ts';
import { fillPlan } from '../../src/plan/parse.ts';
import { createAddressPool } from '../../src/run/address-pool.ts';
import type { Engine } from '../../src/run/engine.ts';
import { ShardLostError } from '../../src/run/engine.ts';
import { runPlan } from '../../src/run/run.ts';

/** Built: its children are programs. */
const { createLocalEngine }: typeof Local = await import('../../dist/engine/local.js' as string);

it('keeps the blocks of the round that were over', async () => {
  const local = createLocalEngine();
  const interrupt = new AbortController();
  let blocks = 0;
  const engine: Engine = {
    elsewhere: { pool: createAddressPool(), agents: [] },
    async runBlock(assignment, hooks) {
      if (++blocks < 3) return local.runBlock(assignment, hooks);
      interrupt.abort();
      throw new ShardLostError('agent a1: gone', [], true);
    },
    close: () => local.close(),
  };
  const plan = fillPlan({
    ...{ binders: ['legacy', 'reuse-port', 'ephemeral'], blocks: 1, workers: 1 },
    scenarios: [{ name: 'load', sessions: 1, transfers: 1, duration: '10s' }],
  });
  const told: number[] = [];
  try {
    const result = await runPlan(plan, engine, {
      signal: interrupt.signal,
      onBlock: ({ place }) => void told.push(place),
    });
    expect(result).toMatchObject({ endedBy: 'interrupt', partial: true });
    expect(result.blocks).toHaveLength(2);
    expect(result.lost).toBeUndefined();
    expect(told).toEqual([0, 1]);
  } finally {
    await engine.close();
  }
});
