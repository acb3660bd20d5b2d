// From blocks to strategies: sums, the block as the sampling unit, and the bound at the real scale.
import { describe, expect, it } from '@jest/globals';
import { realScaleBound } from '../../src/judge/bound.ts';
import { compareWithBaseline, summarizeStrategies } from '../../src/judge/summary.ts';
import { blockOrder } from '../../src/plan/order.ts';
import { fillPlan } from '../../src/plan/parse.ts';
import type { Contestant, Scenario } from '../../src/plan/types.ts';
import type { BlockResult } from '../../src/result/types.ts';
import { judgeBlock } from '../../src/run/block.ts';
import { sampleBlock } from '../report/sample-result.ts';
import {
  attempt,
  BIND_IN_USE,
  factsOf,
  LEGACY,
  RECORD_IN_USE,
  raw,
  record,
  scenarioOf,
} from '../run/samples.ts';

const PLAN = fillPlan({
  blocks: 6,
  binders: ['legacy', 'reuse-port'],
  baseline: 'legacy',
  scenarios: [{ name: 'a' }],
});

/** Of ten transfers a block, legacy fails nine and reuse-port none. */
const BLOCKS = blockOrder(PLAN).map((spec) => {
  const facts = factsOf({ spec, watched: { peak: { sockets: 10 + spec.index, processes: 2 }, samples: [] } });
  const fails = (i: number) => spec.contestant.name === 'legacy' && i > 0;
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
        contestant: 'legacy',
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

  it('leaves invalid blocks out, and a contestant that has no others', () => {
    const invalid = BLOCKS.map((block) => ({ ...block, valid: block.contestant !== 'legacy' }));
    expect(summarizeStrategies(PLAN, invalid).map(({ contestant }) => contestant)).toEqual(['reuse-port']);
  });
});

describe('what is not the built-in server', () => {
  const plan = fillPlan({
    ...{ binders: ['legacy', 'legacy'], targets: ['ftp://127.0.0.1:2121/file'], baseline: 'legacy' },
    ...{ scenarios: [{ name: 'a' }] },
  });
  const asked = (contestant: string, more: Partial<BlockResult> = {}): BlockResult[] =>
    BLOCKS.filter((block) => block.contestant === 'legacy').map((block) => ({
      ...block,
      contestant,
      ...more,
    }));
  const blind = { serverView: false, bindCalls: null, contention: null };
  const blocks = [...BLOCKS, ...asked('legacy#2'), ...asked('127.0.0.1:2121', blind)];

  it('tells neither binds nor waits where the server does not', () => {
    const found = summarizeStrategies(plan, blocks);
    expect(found.map(({ contestant, kind, retry }) => [contestant, kind, retry])).toEqual([
      ['legacy', 'binder', 'bsd'],
      ['legacy#2', 'binder', 'bsd'],
      ['127.0.0.1:2121', 'target', null],
    ]);
    const unknown = {
      bindsPerTransfer: null,
      waitToBindP50Ms: null,
      waitToBindP99Ms: null,
      prediction: null,
    };
    expect(found[2]).toMatchObject({ ...unknown, failureRate: 0.9, transferP99Ms: 'failed' });
    expect(found[1]).toMatchObject({ bindsPerTransfer: 10 });
  });

  it('compares the same contestant with itself (an A/A test)', () => {
    expect(compareWithBaseline(plan, blocks)[0]).toMatchObject({
      ...{ baseline: 'legacy', candidate: 'legacy#2', difference: 0, pAdjusted: 1 },
    });
  });

  it('counts dropped arrivals in no rate', () => {
    const dropped = asked('legacy', { dropped: 10, offered: 20 });
    expect(summarizeStrategies(plan, dropped)[0]).toMatchObject({
      ...{ offered: 120, dropped: 60, completed: 6, failed: 54, failureRate: 0.9, bindsPerTransfer: 10 },
    });
  });
});

describe('compareWithBaseline', () => {
  it('holds p values against the significance that is left, and widens the intervals to match', () => {
    const at = (significance: number) => compareWithBaseline(PLAN, BLOCKS, significance)[0];
    expect(at(0.05)).toMatchObject({ significance: 0.05, verdict: 'better' });
    // Six blocks have no p value below 2/64.
    expect(at(0.02)).toMatchObject({ significance: 0.02, verdict: 'inconclusive', blocksNeeded: 7 });
  });

  it('compares pairs of blocks', () => {
    const [comparison, ...others] = compareWithBaseline(PLAN, BLOCKS);
    expect(comparison).toEqual({
      ...{ scenario: 'a', baseline: 'legacy', candidate: 'reuse-port', blocks: 6, margin: 0.01 },
      ...{ difference: expect.closeTo(-0.9), interval: [expect.any(Number), expect.any(Number)] },
      ...{ pValue: 2 / 64, pAdjusted: 2 / 64, significance: 0.05, verdict: 'better', blocksNeeded: null },
    });
    expect(others).toEqual([]);
  });

  it('judges the comparisons of one scenario together, and each scenario by itself', () => {
    const like = (name: string) =>
      BLOCKS.filter(({ contestant }) => contestant === 'reuse-port').map((block) => ({
        ...block,
        contestant: name,
      }));
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
  const bound = (
    keys: Readonly<Record<string, unknown>>,
    contestant: Contestant,
    retry: 'default' | 'none' = 'default',
  ) => realScaleBound({ ...PLAN, retry }, scenarioOf(keys), contestant, { begunPerSecond: 250 });
  const BSD: Contestant = { kind: 'binder', name: 'legacy-bsd', binder: 'legacy-bsd' };
  const REUSE_PORT: Contestant = { kind: 'binder', name: 'reuse-port', binder: 'reuse-port' };

  it('legacy: sessions a schedule, held for TIME_WAIT', () => {
    expect(bound({}, LEGACY)).toBeCloseTo(1 - 55 / (16 * 60));
    expect(bound({}, LEGACY, 'none')).toBeCloseTo(1 - 1 / (250 * 60));
  });

  it('legacy: a pause before each transfer scales, and sessions that do not run offer nothing', () => {
    // 5 ms are 100 of the 55 000 ms of a schedule at the time unit of a second.
    const unit = PLAN.timeUnitMs;
    expect(bound({ thinkTime: '5ms' }, LEGACY)).toBeCloseTo(1 - (55 + 5 / unit) / (16 * 60), 6);
    const stages = [
      { duration: '1s', sessions: 16 },
      { duration: '1s', sessions: 4 },
    ];
    expect(bound({ stages, duration: undefined }, LEGACY)).toBeCloseTo(1 - 55 / (10 * 60), 6);
  });

  it('legacy: of an open workload, the arrivals that idle sessions can begin', () => {
    // 16 sessions, each busy for a schedule: not the 250 a second that arrive.
    expect(bound({ workload: 'open', rate: 250 }, LEGACY)).toBeCloseTo(1 - (55 + 16 / 250) / (16 * 60), 6);
    expect(bound({ workload: 'open', rate: 250 }, LEGACY, 'none')).toBeCloseTo(1 - 1 / (250 * 60), 6);
    expect(bound({ workload: 'bursts', every: '2s', burst: 8 }, LEGACY)).toBeCloseTo(
      1 - (55 + 4) / (16 * 60),
      6,
    );
  });

  it('legacy: only those transfers hold it that the server closes first', () => {
    expect(bound({ direction: 'stor' }, LEGACY)).toBeNull();
    expect(bound({ mix: 'retr:1,list:1,stor:2' }, LEGACY)).toBeCloseTo(1 - 55 / (8 * 60));
  });

  it('legacy-bsd: the transfers that began, held for the window', () => {
    expect(bound({ bindToConnect: '8ms' }, BSD)).toBeCloseTo(0.5);
    expect(bound({ bindToConnect: '1ms' }, BSD)).toBe(0);
  });

  it('of a run, from the transfers that began: arrivals that were dropped never asked for the port', () => {
    // 1.6 = 800 a second × 2 ms arrived, .64 = 320 × 2 ms began: no bound, and not 1 - 1/1.6.
    const scenario = scenarioOf({ workload: 'open', rate: 800, bindToConnect: '2ms' });
    const block = sampleBlock({
      ...{ scenario: scenario.name, contestant: 'legacy-bsd', contention: null, durationMs: 1000 },
      ...{ completed: 320, dropped: 480 },
    });
    const plan = { ...PLAN, binders: ['legacy-bsd' as const], scenarios: [scenario] };
    expect(summarizeStrategies(plan, [block])[0]?.realScaleBound).toBe(0);
    const begun = { ...block, offered: 800, completed: 800, dropped: 0 };
    expect(summarizeStrategies(plan, [begun])[0]?.realScaleBound).toBeCloseTo(1 - 1 / 1.6);
  });

  it('none for a port that is never held, nor for a server whose rule is not known', () => {
    expect(bound({}, REUSE_PORT)).toBeNull();
    expect(bound({}, { kind: 'peer', name: 'vsftpd', peer: 'vsftpd' })).toBeNull();
  });
});
