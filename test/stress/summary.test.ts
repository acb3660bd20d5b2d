// From blocks to strategies: sums, the block as the sampling unit, and the bound at the real scale.
import { describe, expect, it } from '@jest/globals';
import { type BlockFacts, judgeBlock } from '../../src/stress/block.ts';
import { realScaleBound } from '../../src/stress/bound.ts';
import { fillPlan } from '../../src/stress/plan.ts';
import { blockOrder } from '../../src/stress/schedule.ts';
import { compareWithBaseline, summarizeStrategies } from '../../src/stress/summary.ts';
import type { Scenario } from '../../src/stress/types.ts';
import { attempt, BIND_IN_USE, DATA, RECORD_IN_USE, raw, record, SERVER } from './samples.ts';

const PLAN = fillPlan({
  blocks: 6,
  binders: ['legacy', 'reuse-port'],
  baseline: 'legacy',
  scenarios: [{ name: 'a' }],
});

/** Of ten transfers a block, legacy fails nine and reuse-port none. */
const BLOCKS = blockOrder(PLAN).map((spec) => {
  const facts: BlockFacts = {
    ...{ spec, server: SERVER, dataPort: DATA.port, startedAt: '', leftOvers: 0 },
    peak: { sockets: 10 + spec.index, processes: 2 },
  };
  const fails = (i: number) => spec.binder === 'legacy' && i > 0;
  const indexes = Array.from({ length: 10 }, (_, i) => i);
  return judgeBlock(
    facts,
    raw(
      indexes.map((i) => attempt(i, fails(i) ? BIND_IN_USE : undefined)),
      indexes.map((i) => record(i, fails(i) ? RECORD_IN_USE : undefined, { bindCalls: fails(i) ? 11 : 1 })),
    ),
  );
});

describe('summarizeStrategies', () => {
  const [legacy, reusePort] = summarizeStrategies(PLAN, BLOCKS);

  it('adds blocks up', () => {
    expect(legacy).toMatchObject({
      ...{
        binder: 'legacy',
        retry: 'bsd',
        blocks: 6,
        offered: 60,
        completed: 6,
        failed: 54,
        failureRate: 0.9,
      },
      ...{ failures: { 'bind.EADDRINUSE': 54 }, bindsPerTransfer: 10, peakSockets: 15, peakProcesses: 2 },
    });
    expect(reusePort).toMatchObject({
      retry: 'none',
      failed: 0,
      failureRate: 0,
      connected: 60,
      fromDefaultDataPort: 60,
    });
    expect(reusePort?.transfersPerSecond).toBeCloseTo(1000);
  });

  it('keeps failures in the wait quantiles', () => {
    expect([legacy?.waitToBindP50Ms, legacy?.waitToBindP99Ms]).toEqual(['failed', 'failed']);
    expect([reusePort?.waitToBindP50Ms, reusePort?.waitToBindP99Ms]).toEqual([0, 0]);
  });

  it('leaves invalid blocks out, and a strategy that has no others', () => {
    const invalid = BLOCKS.map((block) => ({ ...block, valid: block.binder !== 'legacy' }));
    expect(summarizeStrategies(PLAN, invalid).map(({ binder }) => binder)).toEqual(['reuse-port']);
  });
});

describe('compareWithBaseline', () => {
  it('compares pairs of blocks', () => {
    const [comparison, ...others] = compareWithBaseline(PLAN, BLOCKS);
    expect(comparison).toEqual({
      ...{ scenario: 'a', baseline: 'legacy', candidate: 'reuse-port', blocks: 6, margin: 0.01 },
      ...{ difference: expect.closeTo(-0.9), interval: [expect.any(Number), expect.any(Number)] },
      ...{ pValue: 2 / 64, pAdjusted: 2 / 64, verdict: 'better', blocksNeeded: null },
    });
    expect(others).toEqual([]);
  });

  it('judges the comparisons of one scenario together, and each scenario by itself', () => {
    const like = (name: string) =>
      BLOCKS.filter(({ binder }) => binder === 'reuse-port').map((block) => ({ ...block, binder: name }));
    const one = [...BLOCKS, ...like('reuse-addr'), ...like('reuse-both')] as typeof BLOCKS;
    const binders = ['legacy', 'reuse-port', 'reuse-addr', 'reuse-both'] as const;
    const scenarios = ['a', 'b'].map((name) => ({ ...(PLAN.scenarios[0] as Scenario), name }));
    const both = [...one, ...one.map((block) => ({ ...block, scenario: 'b' }))];
    const compared = compareWithBaseline({ ...PLAN, binders, scenarios }, both);
    expect(compared.map(({ scenario, candidate }) => `${scenario}/${candidate}`)).toEqual([
      ...['a/reuse-port', 'a/reuse-addr', 'a/reuse-both', 'b/reuse-port', 'b/reuse-addr', 'b/reuse-both'],
    ]);
    // Three times 2/64 is beyond .05: it takes seven blocks.
    for (const comparison of compared) {
      expect(comparison).toMatchObject({ pAdjusted: 6 / 64, verdict: 'not-worse', blocksNeeded: 7 });
    }
  });
});

describe('the bound 1 - 1/a at the real scale', () => {
  const scenario = PLAN.scenarios[0] as Scenario; // 16 sessions
  const bound = (
    more: Partial<Scenario>,
    binder: 'legacy' | 'legacy-bsd' | 'reuse-port',
    retry: 'default' | 'none',
  ) => realScaleBound({ ...PLAN, retry }, { ...scenario, ...more }, binder, { arrivalsPerSecond: 250 });

  it('legacy: sessions a schedule, held for TIME_WAIT', () => {
    expect(bound({}, 'legacy', 'default')).toBeCloseTo(1 - 55 / (16 * 60));
    expect(bound({}, 'legacy', 'none')).toBeCloseTo(1 - 1 / (250 * 60));
    expect(bound({ direction: 'stor' }, 'legacy', 'default')).toBeNull();
  });

  it('legacy-bsd: the measured arrivals, held for the window', () => {
    expect(bound({ bindToConnectMs: 8 }, 'legacy-bsd', 'default')).toBeCloseTo(0.5);
    expect(bound({ bindToConnectMs: 1 }, 'legacy-bsd', 'default')).toBe(0);
  });

  it('none for a port that is never held', () => {
    expect(bound({}, 'reuse-port', 'default')).toBeNull();
  });
});
