// Judging a block: the identity of the outcomes, both views, and what makes the numbers unusable.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { failureKey, type Outcome } from '../../src/result/outcome.ts';
import { failedBlock, judgeBlock } from '../../src/run/block.ts';
import type { DataConnectionRecord } from '../../src/server/data/record.ts';
import { decodeHistogram } from '../../src/stats/histogram.ts';
import {
  attempt,
  BIND_IN_USE,
  DATA,
  factsOf,
  IDLE_GENERATOR,
  LEGACY,
  RECORD_IN_USE,
  raw,
  record,
  scenarioOf,
} from './samples.ts';

const FACTS = factsOf();

describe('judgeBlock', () => {
  it('counts outcomes, failures by name, bind calls and source ports', () => {
    const elsewhere = { remote: { address: DATA.address, port: 33_333 } };
    const block = judgeBlock(
      FACTS,
      raw(
        [attempt(0), attempt(1, BIND_IN_USE), attempt(2, undefined, elsewhere)],
        [
          record(0, undefined, { bindCalls: 3, waitedMs: 12 }),
          record(1, RECORD_IN_USE, { bindCalls: 11, waitedMs: 55 }),
          record(2, undefined, { local: elsewhere.remote }),
        ],
      ),
    );
    expect(block).toMatchObject({
      ...{
        scenario: 'a',
        contestant: 'legacy',
        binder: 'legacy',
        index: 3,
        offered: 3,
        completed: 2,
        failed: 1,
        cancelled: 0,
      },
      ...{ failures: { 'bind.EADDRINUSE': 1 }, bindCalls: 15, connected: 2, fromDefaultDataPort: 1 },
      ...{ peakSockets: 9, peakProcesses: 2, durationMs: 3, valid: true, problems: [], warnings: [] },
    });
    // The failed bind's 55 ms are no wait that ended in a bind: failures stay in the quantiles as infinity.
    const waits = decodeHistogram(block.waitsToBind);
    expect(waits.totalCount).toBe(2);
    expect(waits.maxValue).toBeGreaterThanOrEqual(12_000);
    expect(waits.maxValue).toBeLessThan(12_100);
  });

  it('leaves the warm-up out of every count, by the scheduled start', () => {
    const scenario = scenarioOf({ duration: '10ms', warmUp: '2ms' });
    const attempts = [0, 1, 2, 3].map((i) => attempt(i, i === 1 ? BIND_IN_USE : undefined));
    const late = { ...attempt(4), scheduledAtMs: 1.9 }; // due in the warm-up, started after it
    const records = [0, 1, 2, 3, 4].map((i) => record(i, i === 1 ? RECORD_IN_USE : undefined));
    const block = judgeBlock(
      factsOf({ spec: { scenario, contestant: LEGACY, index: 0 } }),
      raw([...attempts, late], records),
    );
    expect(block).toMatchObject({
      ...{ warmUp: 3, offered: 2, completed: 2, failed: 0, bindCalls: 2, connected: 2, valid: true },
      ...{ durationMs: 3, problems: [] },
    });
    expect(decodeHistogram(block.transferTimes).totalCount).toBe(2);
    expect(total(block.timeline?.completed ?? [])).toBe(4);
  });

  it("tells no view of a server's that has none", () => {
    const block = judgeBlock(FACTS, raw([attempt(0), attempt(1, BIND_IN_USE)], null));
    expect(block).toMatchObject({ serverView: false, bindCalls: null, contention: null, valid: true });
    expect(block).toMatchObject({ completed: 1, failed: 1, failures: { 'bind.EADDRINUSE': 1 } });
    expect(decodeHistogram(block.waitsToBind).totalCount).toBe(0);
  });

  it('takes the worst of the generators, and lateness where transfers were due at a time of their own', () => {
    const generators = [
      { ...IDLE_GENERATOR, cpuShare: 0.5, eventLoopLagMaxMs: 30, runQueueShare: null },
      { ...IDLE_GENERATOR, cpuShare: 0.9, eventLoopLagMaxMs: 3, descriptors: 90 },
    ];
    const facts = factsOf({ listenOverflows: 2, timeWaitOverflows: 3 });
    const given = raw([attempt(0), attempt(1, { kind: 'dropped' })], [record(0)], { generators });
    expect(judgeBlock(facts, given).generator).toEqual({
      ...{ cpuShare: 0.9, runQueueShare: 0.01, eventLoopLagP99Ms: 1, eventLoopLagMaxMs: 30, descriptors: 90 },
      ...{ lateP99Ms: null, listenOverflows: 2, timeWaitOverflows: 3 },
    });
    const open = { scenario: scenarioOf({ workload: 'open', rate: 9 }), contestant: LEGACY, index: 0 };
    const late = raw([{ ...attempt(0), startedAtMs: 0.5 }], [record(0)]);
    expect(judgeBlock(factsOf({ spec: open }), late).generator?.lateP99Ms).toBeCloseTo(0.5, 2);
  });

  const OUTCOMES: fc.Arbitrary<Outcome> = fc.oneof(
    fc.constantFrom<Outcome>(
      ...[{ kind: 'completed' } as const, { kind: 'cancelled' } as const, { kind: 'dropped' } as const],
      ...[{ kind: 'corrupted' } as const, { kind: 'truncated' } as const, BIND_IN_USE],
    ),
    fc.record({ kind: fc.constant('ftp-reply' as const), replyCode: fc.integer({ min: 400, max: 599 }) }),
    fc.record({
      kind: fc.constant('timed-out' as const),
      phase: fc.constantFrom('login', 'reply', 'connect', 'transfer'),
    }),
    fc.record({ kind: fc.constant('wrong-source' as const), port: fc.nat(65_535) }),
  );
  const WARM_UP_MS = 40;

  it('accounts for every transfer, whatever its end and whenever it was due', () => {
    const spec = { scenario: scenarioOf({ warmUp: `${WARM_UP_MS}ms` }), contestant: LEGACY, index: 0 };
    const starts = fc.double({ min: 0, max: 2000, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(OUTCOMES, starts, starts)), (ends) => {
        const attempts = ends.map(([outcome, startedAtMs, tookMs], i) => ({
          ...attempt(i, outcome),
          ...{ scheduledAtMs: startedAtMs, startedAtMs, endedAtMs: startedAtMs + tookMs },
        }));
        const block = judgeBlock(factsOf({ spec }), raw(attempts, []));
        const { offered, completed, failed, cancelled, dropped, failures, warmUp, timeline } = block;
        expect(completed + failed + cancelled + dropped).toBe(offered);
        expect(warmUp + offered).toBe(attempts.length);
        expect(warmUp).toBe(attempts.filter(({ scheduledAtMs }) => scheduledAtMs < WARM_UP_MS).length);
        expect(total(Object.values(failures))).toBe(failed);
        const isFailure = ([outcome]: (typeof ends)[number]) => failureKey(outcome) !== undefined;
        const isCompleted = ([outcome]: (typeof ends)[number]) => outcome.kind === 'completed';
        expect(total(timeline?.failed ?? [])).toBe(ends.filter(isFailure).length);
        expect(total(timeline?.completed ?? [])).toBe(ends.filter(isCompleted).length);
        expect(block.problems.map(({ id }) => id)).not.toContain('outcomes-do-not-add-up');
      }),
    );
  });

  it.each([
    [
      'a transfer without a record',
      raw([attempt(0)], []),
      FACTS,
      { id: 'transfers-without-record', transfers: 1 },
    ],
    [
      'a record without a transfer',
      raw([attempt(0)], [record(0), record(7)]),
      FACTS,
      { id: 'records-without-transfer', records: 1 },
    ],
    [
      'a transfer of other bytes',
      raw([attempt(0)], [record(0, undefined, { bytes: 4095 })]),
      FACTS,
      { id: 'unequal-bytes', transfers: 1 },
    ],
    ['nothing offered', raw([], []), FACTS, { id: 'nothing-offered' }],
    [
      'sockets left over',
      raw([attempt(0)], [record(0)]),
      { ...FACTS, leftOvers: 2 },
      { id: 'left-over-sockets', sockets: 2 },
    ],
  ])('%s makes it invalid', (_, given, facts, problem) => {
    const block = judgeBlock(facts, given);
    expect(block.valid).toBe(false);
    expect(block.problems).toEqual([problem]);
  });

  it('a cancelled transfer may or may not have its record', () => {
    const cancelled = attempt(1, { kind: 'cancelled' }, { local: undefined });
    expect(judgeBlock(FACTS, raw([attempt(0), cancelled], [record(0)])).valid).toBe(true);
    expect(judgeBlock(FACTS, raw([attempt(0), cancelled], [record(0), record(1)])).valid).toBe(true);
  });

  it('warns where the generator stood still', () => {
    const generators = [{ ...IDLE_GENERATOR, eventLoopLagMaxMs: 900 }];
    const { valid, warnings } = judgeBlock(FACTS, raw([attempt(0)], [record(0)], { generators }));
    expect(valid).toBe(true);
    expect(warnings).toContainEqual({ id: 'generator-stalled', lagMs: 900 });
  });

  it('of a server that runs already, left-over sockets are no fault', () => {
    const contestant = { kind: 'target', name: 'x', url: 'ftp://x/' } as const;
    const facts = factsOf({ spec: { ...FACTS.spec, contestant }, leftOvers: 2 });
    expect(judgeBlock(facts, raw([attempt(0)], null))).toMatchObject({ valid: true, problems: [] });
  });

  it('warns where data connections never overlapped, unless the binder kept them apart', () => {
    const warningsOf = (records: readonly DataConnectionRecord[]) =>
      judgeBlock(FACTS, raw([attempt(0), attempt(1)], records)).warnings;
    expect(warningsOf([record(0), record(1)])).toEqual([{ id: 'no-overlap' }]);
    expect(warningsOf([record(0, undefined, { endedAtMs: 1.5 }), record(1)])).toEqual([]);
    expect(warningsOf([record(0), record(1, undefined, { bindCalls: 2 })])).toEqual([]);
  });
});

function total(counts: readonly number[]): number {
  return counts.reduce((sum, n) => sum + n, 0);
}

it('a block that gave no numbers keeps its place and its reason', () => {
  const block = failedBlock(FACTS, 'server process 7 ended by SIGKILL');
  expect(block).toMatchObject({
    index: 3,
    offered: 0,
    valid: false,
    problems: [{ id: 'broken-off', reason: 'server process 7 ended by SIGKILL' }],
  });
});
