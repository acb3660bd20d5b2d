// Judging a block: the identity of the outcomes, both views, and what makes the numbers unusable.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { DataConnectionRecord } from '../../src/server/record.ts';
import { decodeHistogram } from '../../src/stats/histogram.ts';
import { type BlockFacts, failedBlock, judgeBlock } from '../../src/stress/block.ts';
import { failureKey, type Outcome } from '../../src/stress/outcome.ts';
import { fillPlan } from '../../src/stress/plan.ts';
import type { Scenario } from '../../src/stress/types.ts';
import { attempt, BIND_IN_USE, DATA, RECORD_IN_USE, raw, record, SERVER } from './samples.ts';

const FACTS: BlockFacts = {
  spec: {
    scenario: fillPlan({ scenarios: [{ name: 'a' }] }).scenarios[0] as Scenario,
    binder: 'legacy',
    index: 3,
  },
  server: SERVER,
  dataPort: DATA.port,
  startedAt: '2026-01-01T00:00:00.000Z',
  leftOvers: 0,
  peak: { sockets: 9, processes: 2 },
};

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
      ...{ scenario: 'a', binder: 'legacy', index: 3, offered: 3, completed: 2, failed: 1, cancelled: 0 },
      ...{ failures: { 'bind.EADDRINUSE': 1 }, bindCalls: 15, connected: 2, fromDefaultDataPort: 1 },
      ...{ peakSockets: 9, peakProcesses: 2, durationMs: 3, valid: true, problems: [], warnings: [] },
    });
    // The failed bind's 55 ms are no wait that ended in a bind: failures stay in the quantiles as infinity.
    const waits = decodeHistogram(block.waitsToBind);
    expect(waits.totalCount).toBe(2);
    expect(waits.maxValue).toBeGreaterThanOrEqual(12_000);
    expect(waits.maxValue).toBeLessThan(12_100);
  });

  const OUTCOMES: fc.Arbitrary<Outcome> = fc.constantFrom<Outcome>(
    { kind: 'completed' },
    { kind: 'cancelled' },
    { kind: 'corrupted' },
    { kind: 'ftp-reply', replyCode: 550 },
    { kind: 'timed-out', phase: 'transfer' },
    BIND_IN_USE,
  );

  it('offered = completed + failed + cancelled, and the named failures are all failures', () => {
    fc.assert(
      fc.property(fc.array(OUTCOMES, { minLength: 1 }), (outcomes) => {
        const attempts = outcomes.map((outcome, i) => attempt(i, outcome));
        const { offered, completed, failed, cancelled, failures } = judgeBlock(FACTS, raw(attempts, []));
        expect(completed + failed + cancelled).toBe(offered);
        expect(Object.values(failures).reduce((sum, n) => sum + n, 0)).toBe(failed);
        expect(failed).toBe(outcomes.filter((outcome) => failureKey(outcome) !== undefined).length);
      }),
    );
  });

  it.each([
    [
      'a transfer without a record',
      raw([attempt(0)], []),
      FACTS,
      /1 transfers have no record of the server's/,
    ],
    [
      'a record without a transfer',
      raw([attempt(0)], [record(0), record(7)]),
      FACTS,
      /1 records .* belong to no transfer/,
    ],
    [
      'a transfer of other bytes',
      raw([attempt(0)], [record(0, undefined, { bytes: 4095 })]),
      FACTS,
      /1 transfers of which both sides count other bytes/,
    ],
    ['nothing offered', raw([], []), FACTS, /nothing was offered/],
    [
      'sockets left over',
      raw([attempt(0)], [record(0)]),
      { ...FACTS, leftOvers: 2 },
      /2 sockets were on the data port/,
    ],
  ])('%s makes it invalid', (_, given, facts, problem) => {
    const block = judgeBlock(facts, given);
    expect(block.valid).toBe(false);
    expect(block.problems.join()).toMatch(problem);
  });

  it('a cancelled transfer may or may not have its record', () => {
    const cancelled = attempt(1, { kind: 'cancelled' }, { local: undefined });
    expect(judgeBlock(FACTS, raw([attempt(0), cancelled], [record(0)])).valid).toBe(true);
    expect(judgeBlock(FACTS, raw([attempt(0), cancelled], [record(0), record(1)])).valid).toBe(true);
  });

  it('warns where the generator stood still', () => {
    const { valid, warnings } = judgeBlock(FACTS, { ...raw([attempt(0)], [record(0)]), generatorLagMs: 900 });
    expect(valid).toBe(true);
    expect(warnings.join()).toMatch(/stood still for 900 ms/);
  });

  it('warns where data connections never overlapped, unless the binder kept them apart', () => {
    const warningsOf = (records: readonly DataConnectionRecord[]) =>
      judgeBlock(FACTS, raw([attempt(0), attempt(1)], records)).warnings.join();
    expect(warningsOf([record(0), record(1)])).toMatch(/never two data connections at once/);
    expect(warningsOf([record(0, undefined, { endedAtMs: 1.5 }), record(1)])).toBe('');
    expect(warningsOf([record(0), record(1, undefined, { bindCalls: 2 })])).toBe('');
  });
});

it('a block that gave no numbers keeps its place and its reason', () => {
  const block = failedBlock(FACTS, 'server process 7 ended by SIGKILL');
  expect(block).toMatchObject({
    index: 3,
    offered: 0,
    valid: false,
    problems: ['server process 7 ended by SIGKILL'],
  });
});
