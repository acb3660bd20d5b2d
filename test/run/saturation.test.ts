// A generator without time to spare, and which: the worst sign of each beyond the limits at which one machine warns.
import { describe, expect, it } from '@jest/globals';
import { judgeBlock } from '../../src/run/block.ts';
import { saturations } from '../../src/run/saturation.ts';
import { attempt, factsOf, IDLE_GENERATOR, raw, record } from './samples.ts';

const BUSY = { ...IDLE_GENERATOR, cpuShare: 0.95, runQueueShare: 0.5 };
const shard = (index: number, agent: string) => ({
  ...{ index, agent, offered: 1, cpuShare: 0.1, runQueueShare: 0 },
  ...{ startedLateMs: 0, clockOffsetMs: 0, clockErrorMs: 0 },
});

describe('saturations', () => {
  it('name the agent and its worst sign', () => {
    const found = saturations(
      { generators: [IDLE_GENERATOR, BUSY], shards: [shard(0, 'a1'), shard(1, 'a2')], attempts: [] },
      true,
    );
    expect(found).toEqual([
      { id: 'generator-saturated', generator: 'agent a2', sign: 'starved', value: 0.5 },
    ]);
  });

  it('are of a process by its number where there are no agents', () => {
    expect(saturations({ generators: [BUSY], attempts: [] }, true)[0]?.generator).toBe('load generator 1');
  });

  it.each([
    [true, 'late'],
    [false, undefined],
  ])('count late starts of its own sessions where they are due at a time: %s', (isPaced, sign) => {
    const late = [0, 1, 2, 3].map((index) =>
      attempt(
        index,
        { kind: 'completed' },
        { session: index, startedAtMs: index + (index % 2 === 1 ? 80 : 0) },
      ),
    );
    const found = saturations({ generators: [IDLE_GENERATOR, IDLE_GENERATOR], attempts: late }, isPaced);
    expect(found.map((one) => [one.generator, one.sign])).toEqual(
      sign === undefined ? [] : [['load generator 2', sign]],
    );
  });
});

describe('a block', () => {
  const block = raw([attempt(0), attempt(1)], [record(0), record(1)], { generators: [BUSY] });

  it('is invalid with one where the plan says so, and warns otherwise', () => {
    const invalid = judgeBlock(factsOf({ onSaturation: 'invalid' }), block);
    expect(invalid.problems).toEqual([
      { id: 'generator-saturated', generator: 'load generator 1', sign: 'starved', value: 0.5 },
    ]);
    expect(judgeBlock(factsOf(), block)).toMatchObject({ valid: true, problems: [] });
    expect(judgeBlock(factsOf(), block).warnings.map(({ id }) => id)).toContain('generator-busy');
  });
});
