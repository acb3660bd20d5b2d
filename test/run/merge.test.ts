// Runs of one plan as one result: pairs stay within their run, sums are of all blocks, and what is no such run is named.
import { describe, expect, it } from '@jest/globals';
import { InvalidRunError, UsageError } from '../../src/errors.ts';
import { findings } from '../../src/report/text/findings.ts';
import { readRunResult } from '../../src/result/read.ts';
import type { BlockResult, RunResult } from '../../src/result/types.ts';
import { mergeResults } from '../../src/run/merge.ts';
import { decodeHistogram } from '../../src/stats/histogram.ts';
import { sampleBlock, samplePlan, sampleResult, sampleScenario } from '../report/sample-result.ts';

interface Shape {
  readonly seed: number;
  /** Failed of 1 000 in each block of legacy-bsd. */
  readonly failed: readonly number[];
  readonly startedAt?: string;
}

function runOf(
  { seed, failed, startedAt = `2026-02-2${seed}T09:00:00.000Z` }: Shape,
  changes = {},
): RunResult {
  const binders = ['legacy-bsd', 'reuse-port'] as const;
  const requested = samplePlan({
    ...{ binders, baseline: 'legacy-bsd', scenarios: [sampleScenario()], seed, blocks: failed.length },
    ...changes,
  });
  const blocks = failed.flatMap((count, index): BlockResult[] => [
    sampleBlock({ contestant: 'legacy-bsd', index, failed: count, completed: 1000 - count }),
    sampleBlock({ contestant: 'reuse-port', index, failed: 0, completed: 1000 + count }),
  ]);
  return sampleResult({ requested, blocks, startedAt });
}

const A = runOf({ seed: 1, failed: [100, 110, 90, 105] });
const B = runOf({ seed: 2, failed: [95, 120, 101] });
const named = (...results: readonly RunResult[]) =>
  results.map((result, i) => ({ name: `${'abc'[i]}.json`, result }));

describe('mergeResults', () => {
  const merged = mergeResults(named(A, B));

  it('numbers the blocks on, so that pairs are those of one run', () => {
    expect(merged.requested.blocks).toBe(7);
    const indices = merged.blocks
      .filter(({ contestant }) => contestant === 'legacy-bsd')
      .map(({ index }) => index);
    expect(indices).toEqual([0, 1, 2, 3, 4, 5, 6]);
    for (const { index, failed, contestant } of merged.blocks) {
      if (contestant !== 'legacy-bsd') continue;
      const twin = merged.blocks.find((one) => one.index === index && one.contestant === 'reuse-port');
      expect(twin?.completed).toBe(1000 + failed);
    }
    expect(merged.comparisons).toMatchObject([{ blocks: 7, verdict: 'better', significance: 0.05 }]);
    // Four and three blocks by themselves claim nothing.
    for (const run of [A, B]) expect(run.comparisons[0]?.verdict).toBe('inconclusive');
  });

  it('adds counts and histograms', () => {
    const [legacy] = merged.strategies;
    expect(legacy).toMatchObject({ failed: 405 + 316, completed: 7000 - 721, blocks: 7 });
    expect(legacy?.failureRate).toBeCloseTo(721 / 7000, 12);
    const recorded = merged.blocks.map(({ transferTimes }) => decodeHistogram(transferTimes).totalCount);
    const before = [...A.blocks, ...B.blocks].map(({ completed }) => completed);
    expect(recorded).toEqual(before);
  });

  it('is the result that one run with all these blocks would be', () => {
    const whole = runOf({ seed: 1, failed: [100, 110, 90, 105, 95, 120, 101] });
    expect(merged.strategies).toEqual(whole.strategies);
    expect(merged.comparisons).toEqual(whole.comparisons);
  });

  it('has the agents of all runs, each once, and what any of them lost, by its number here', () => {
    const agent = (name: string) => ({
      ...{ name, address: '10.0.0.5', version: '1', cores: 2, kernel: 'k', node: 'v' },
    });
    const lost = (index: number) => ({
      ...{ scenario: 'quick', contestant: 'legacy-bsd', index, shard: 0, of: 2 },
      ...{ agent: 'a1', reason: 'gone', again: true },
    });
    const both = mergeResults(
      named(
        { ...A, agents: [agent('a1'), agent('a2')], lost: [lost(1)] },
        { ...B, agents: [agent('a2'), agent('a3')], lost: [lost(2)] },
      ),
    );
    expect(both.agents?.map(({ name }) => name)).toEqual(['a1', 'a2', 'a3']);
    expect(both.lost?.map(({ index }) => index)).toEqual([1, 4 + 2]);
    expect(merged.agents).toBeUndefined();
    expect(merged.lost).toBeUndefined();
  });

  it('says which runs it is made of, in a form that is read again, and merges further', () => {
    expect(readRunResult(JSON.parse(JSON.stringify(merged)))).toEqual(merged);
    const runs = ({ merged: list }: RunResult) =>
      list.map(({ seed, firstIndex, blocks }) => [seed, firstIndex, blocks]);
    expect(runs(merged)).toEqual([
      [1, 0, 4],
      [2, 4, 3],
    ]);
    const third = runOf({ seed: 3, failed: [99, 100] });
    expect(runs(mergeResults(named(third, merged)))).toEqual([
      [3, 0, 2],
      [1, 2, 4],
      [2, 6, 3],
    ]);
    const texts = findings(merged).map(({ text }) => text);
    expect(texts).toContainEqual(
      expect.stringMatching(/^Merged from 2 runs: seed 1 \(2026-02-21 09:00 UTC, 4 blocks\)/),
    );
  });

  it('tells what only a run knows once, and what its blocks tell anew', () => {
    const warned = (run: RunResult): RunResult => ({
      ...run,
      warnings: [{ id: 'no-socket-table' }, { id: 'few-blocks', blocks: 3, contestants: 2, needed: 6 }],
    });
    expect(mergeResults(named(warned(A), warned(B))).warnings).toEqual([{ id: 'no-socket-table' }]);
  });
});

describe('a caution', () => {
  const cautions = (result: RunResult) =>
    findings(result).flatMap(({ kind, text }) => (kind === 'caution' ? [text] : []));

  it('where hosts differ', () => {
    const other = { ...B, host: { ...B.host, kernel: '6.1' } };
    expect(cautions(mergeResults(named(A, other)))).toEqual([
      expect.stringMatching(/hosts that differ \(host\.kernel\)/),
    ]);
    expect(cautions(mergeResults(named(A, B)))).toEqual([]);
  });

  it('where the runs are further apart than their blocks', () => {
    const apart = runOf({ seed: 2, failed: [300, 310, 290, 305] });
    expect(cautions(mergeResults(named(A, apart)))).toEqual([
      expect.stringMatching(
        /^downloads-64: legacy-bsd failed 10\.1 % \(.*\) with seed 1 and 30\.1 % \(.*\) with seed 2: /,
      ),
    ]);
  });
});

describe('what is refused, in one line', () => {
  it.each<[string, () => RunResult, string]>([
    [
      'another time unit',
      () => runOf({ seed: 2, failed: [9] }, { timeUnitMs: 7 }),
      'plan.timeUnit is 5ms in the first, 7ms in the second',
    ],
    [
      'another load',
      () => runOf({ seed: 2, failed: [9] }, { scenarios: [sampleScenario({ bindToConnectMs: 9 })] }),
      'scenario.downloads-64.bindToConnect is 5ms in the first, 9ms in the second',
    ],
    ['other rows', () => runOf({ seed: 2, failed: [9] }, { peers: ['vsftpd'] }), 'plan.peers is'],
    [
      'the same run',
      () => A,
      "'a.json' and 'b.json' have the same run in them, of 2026-02-21T09:00:00.000Z: merge it once",
    ],
    [
      'the same seed',
      () => runOf({ seed: 1, failed: [9], startedAt: '2026-03-01T00:00:00.000Z' }),
      'both have a run with seed 1',
    ],
    [
      'a part of a run',
      () => ({ ...B, partial: true, endedBy: 'interrupt' }),
      "'b.json' is not the whole of its plan",
    ],
    [
      'a run that looked',
      () => ({ ...B, endedBy: 'conclusive' }),
      "'b.json' was to end when its comparisons were settled",
    ],
    ['a run in the merged one', () => mergeResults(named(B, A)), 'have the same run in them'],
  ])('%s', (_, other, message) => {
    const work = () => mergeResults(named(A, other()));
    expect(work).toThrow(UsageError);
    expect(work).toThrow(message);
  });

  it('an invalid run, and a single one', () => {
    expect(() => mergeResults(named(A, { ...B, valid: false }))).toThrow(InvalidRunError);
    expect(() => mergeResults(named(A))).toThrow('name two results');
  });
});
