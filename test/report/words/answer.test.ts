// The answer of made-up results: it says who failed how often, how sure that is, and what a firewall would block, and no more.
import { describe, expect, it } from '@jest/globals';
import { runWarnings } from '../../../src/judge/warnings.ts';
import { fillPlan } from '../../../src/plan/parse.ts';
import { answer, answerLines } from '../../../src/report/words/answer.ts';
import type { BlockResult, RunResult } from '../../../src/result/types.ts';
import { sampleBlock, sampleResult } from '../sample-result.ts';

type Counts = readonly [failed: number, completed: number, more?: Partial<BlockResult>];

/** `rows`: the blocks of each row, in each scenario of the plan unless they name one. */
function resultOf(
  document: Readonly<Record<string, unknown>>,
  rows: Readonly<Record<string, readonly Counts[]>>,
  changes: Partial<RunResult> = {},
): RunResult {
  const requested = fillPlan(document);
  const blocks = requested.scenarios.flatMap(({ name }) =>
    Object.entries(rows).flatMap(([contestant, counts]) =>
      counts.flatMap(([failed, completed, more = {}], index) =>
        more.scenario === undefined || more.scenario === name
          ? [sampleBlock({ contestant, index, failed, completed, contention: null, ...more, scenario: name })]
          : [],
      ),
    ),
  );
  const warnings = runWarnings(requested, blocks);
  const valid = blocks.length > 0 && blocks.every((block) => block.valid);
  return sampleResult({ requested, blocks, warnings, valid, ...changes });
}

const WINDOW = { name: 'window', sessions: 16, duration: '1s' };
const PAIR = { binders: ['legacy-bsd', 'reuse-port'], blocks: 8, scenarios: [WINDOW] };
const times = (counts: Counts, count = 8): Counts[] => Array.from({ length: count }, () => counts);
/** No two alike, so that blocks have a variance. */
const uneven = (failed: number, completed: number): Counts[] =>
  Array.from({ length: 8 }, (_, i) => [failed + 3 * i, completed - 3 * i]);

const ALL_FROM_L1 =
  /^A firewall that admits only the data port L-1 \(20 for a server on 21\) would have blocked none of the /;

describe('what happened', () => {
  it('one load, one that fails and one that does not', () => {
    expect(
      answerLines(resultOf(PAIR, { 'legacy-bsd': uneven(40, 60), 'reuse-port': times([0, 100]) })),
    ).toEqual([
      'legacy-bsd failed 50.5 % of its transfers, at 16 sessions (window); reuse-port failed none of 800 transfers.',
      expect.stringMatching(
        /^95 % sure: legacy-bsd \d\d\.\d–\d\d\.\d %, reuse-port below 1\.4 % \(counting each transfer as a third of one, for failures cluster\)\. Beyond chance, reuse-port failed less than legacy-bsd\.$/,
      ),
      'A firewall that admits only the data port L-1 (20 for a server on 21) would have blocked none of the 1 196 data connections.',
    ]);
  });

  it('no failures anywhere: nobody is said to fail, and nothing is explained', () => {
    const [failures, certainty, firewall] = answerLines(
      resultOf(PAIR, { 'legacy-bsd': times([0, 72]), 'reuse-port': times([0, 80]) }),
    );
    expect(failures).toBe(
      'legacy-bsd and reuse-port failed none of 1 216 transfers, at 16 sessions (window).',
    );
    expect(certainty).toMatch(
      /^95 % sure: each fails below 1\.9 % \(counting .*Reuse-port|^95 % sure: each fails below 1\.9 % \(counting/,
    );
    expect(certainty).not.toMatch(/chance/);
    expect(firewall).toMatch(ALL_FROM_L1);
  });

  it('everything failed: no data connection, and no word on a firewall that could not be seen', () => {
    expect(answerLines(resultOf(PAIR, { 'legacy-bsd': times([9, 0]), 'reuse-port': times([9, 0]) }))).toEqual(
      [
        'legacy-bsd failed 100 % of its transfers and reuse-port 100 %, at 16 sessions (window).',
        expect.stringContaining('(counting each transfer as a third of one, for failures cluster)'),
        'No data connection was made: what a firewall would block is not known.',
      ],
    );
  });

  it('nothing finished: nothing is known', () => {
    expect(answerLines(resultOf(PAIR, {}))).toEqual([
      'Nothing is known: no transfer finished in a block that counts.',
    ]);
    expect(answerLines(resultOf(PAIR, { 'legacy-bsd': times([0, 0]) })).at(-1)).toMatch(/^Nothing is known/);
  });

  it('of a row without a block that counts nothing is said but that', () => {
    const cut = { cancelled: 3 };
    const result = resultOf(PAIR, { 'legacy-bsd': times([9, 9, cut], 2), 'reuse-port': times([0, 50], 2) });
    expect(answerLines(result)[0]).toBe(
      'reuse-port failed none of 100 transfers, at 16 sessions (window). Of legacy-bsd nothing is known.',
    );
  });

  it('several loads: from where to where, and at which it was most', () => {
    const scenarios = [
      { ...WINDOW, name: 'few', sessions: 4 },
      { ...WINDOW, name: 'many' },
    ];
    const rows = { 'legacy-bsd': [...uneven(1, 99).map(in_('few')), ...uneven(50, 50).map(in_('many'))] };
    const result = resultOf({ ...PAIR, binders: ['legacy-bsd'], scenarios }, rows);
    expect(answerLines(result)[0]).toBe(
      'legacy-bsd failed 11.5 to 60.5 % of its transfers, most at 16 sessions (many).',
    );
    expect(answerLines(result)[1]).toMatch(/^95 % sure: legacy-bsd [\d.–]+ % there\.$/);
  });

  it('the same rate under every load is said of all of them', () => {
    const scenarios = [
      { ...WINDOW, name: 'few', sessions: 4 },
      { ...WINDOW, name: 'many' },
    ];
    const rows = { 'legacy-bsd': times([5, 5]) };
    expect(answerLines(resultOf({ ...PAIR, binders: ['legacy-bsd'], scenarios }, rows))[0]).toBe(
      'legacy-bsd failed 50.0 % of its transfers, in 2 scenarios.',
    );
  });
});

describe('the load', () => {
  const loadOf = (scenario: object, more: Partial<BlockResult> = {}) => {
    const plan = { ...PAIR, binders: ['legacy-bsd'], scenarios: [{ ...WINDOW, ...scenario }] };
    return /, (at .*)\.$/.exec(
      answerLines(resultOf(plan, { 'legacy-bsd': times([10, 90, more]) }))[0] ?? '',
    )?.[1];
  };

  it.each([
    [{}, 'at 16 sessions (window)'],
    [{ stages: [{ duration: '1s', rampTo: 12 }], duration: undefined }, 'at up to 12 sessions (window)'],
    [{ workload: 'open', rate: 40 }, 'at 40 arrivals a second (window)'],
    [{ workload: 'bursts', every: '500ms', burst: 9 }, 'at bursts of 9 (window)'],
  ])('%j', (scenario, words) => {
    expect(loadOf(scenario)).toBe(words);
  });

  it('arrivals that were dropped were no load: their share is told with it', () => {
    expect(loadOf({ workload: 'open', rate: 200 }, { dropped: 150 })).toBe(
      'at 200 arrivals a second, of which 60.0 % were dropped (window)',
    );
  });
});

describe('how sure', () => {
  const certainty = (result: RunResult) => answerLines(result)[1] ?? '';

  it('one block: not at all', () => {
    const result = resultOf({ ...PAIR, blocks: 1 }, { 'legacy-bsd': [[5, 5]], 'reuse-port': [[0, 9]] });
    expect(certainty(result)).toBe(
      'How sure that is cannot be told: one block of each does not show how much blocks differ.',
    );
  });

  it('too few blocks: intervals, but no difference', () => {
    const rows = { 'legacy-bsd': times([5, 5], 3), 'reuse-port': times([0, 9], 3) };
    expect(certainty(resultOf({ ...PAIR, blocks: 3 }, rows))).toMatch(
      /\. No difference can be claimed: 3 blocks of each, where 2 strategies take 6\.$/,
    );
  });

  it('a run that was ended early claims only what its blocks do', () => {
    const rows = { 'legacy-bsd': times([5, 5], 3), 'reuse-port': times([0, 9], 3) };
    const result = resultOf(PAIR, rows, { partial: true, endedBy: 'interrupt' });
    expect(certainty(result)).toMatch(/\. reuse-port cannot be told from legacy-bsd\.$/);
    expect(certainty(result)).not.toContain('Beyond chance');
  });

  it('one strategy: nothing is compared', () => {
    const result = resultOf({ ...PAIR, binders: ['legacy-bsd'] }, { 'legacy-bsd': uneven(5, 95) });
    expect(certainty(result)).toMatch(/^95 % sure: legacy-bsd [\d.–]+ %\.$/);
  });

  it('an invalid run is said to be so, first', () => {
    const broken = { valid: false, problems: [{ id: 'nothing-offered' as const }] };
    const rows = {
      'legacy-bsd': [...times([5, 5], 7), [5, 5, broken] as const],
      'reuse-port': times([0, 9]),
    };
    expect(answerLines(resultOf(PAIR, rows))[0]).toBe('This run is invalid: its numbers must not be used.');
    expect(answerLines(resultOf(PAIR, rows))).toHaveLength(4);
  });

  it('of a run without any block nothing is known, and nothing is invalid', () => {
    expect(answer(resultOf(PAIR, {}))).toEqual({
      invalid: null,
      sentences: ['Nothing is known: no transfer finished in a block that counts.'],
    });
  });

  it('assumes nothing where the blocks showed their own variance', () => {
    const rows = { 'legacy-bsd': uneven(40, 60), 'reuse-port': uneven(10, 90) };
    expect(certainty(resultOf(PAIR, rows))).not.toContain('a third');
  });
});

describe('many rows', () => {
  it('are counted where they are too many to name, and told what the worst of the others is', () => {
    const [failures, , firewall] = answerLines(manyRows((i) => [i, 100 - i]));
    expect(failures).toBe(
      'legacy-bsd#7 failed 6.0 % of its transfers, legacy-bsd#8 7.0 %, legacy-bsd#9 8.0 %, legacy-bsd#10 9.0 %, legacy-bsd#11 10.0 % and legacy-bsd#12 11.0 %, at 16 sessions (window); 5 others failed up to 5.0 %; legacy-bsd failed none of 800 transfers.',
    );
    expect(firewall).toMatch(ALL_FROM_L1);
  });

  it('the same are named for how sure that is, and the largest limit of the others is told', () => {
    const [failures, certainty] = answerLines(manyRows((i) => [i, 100 - i])).map(namesIn);
    expect(certainty).toEqual(failures);
    expect(answerLines(manyRows((i) => [i, 100 - i]))[1]).toMatch(
      /legacy-bsd#12 8\.6–13\.9 % and 5 others below 7\.2 %, legacy-bsd below 1\.4 %/,
    );
  });

  it('those of which a firewall would have blocked most are named, and nothing is said twice', () => {
    const firewall = (rows: RunResult) => answerLines(rows).at(-1);
    const from = (i: number) => ({ connected: 100, fromDefaultDataPort: 100 - i });
    expect(firewall(manyRows((i) => [0, 100, from(i)]))).toMatch(
      /blocked 6\.0 % of the data connections of legacy-bsd#7, .*, 11\.0 % of legacy-bsd#12 and up to 5\.0 % of 5 others, and none of 1 strategy\.$/,
    );
    expect(firewall(manyRows((i) => [0, 100, from(i < 11 ? 0 : 100)]))).toMatch(
      /blocked all of the data connections of legacy-bsd#12, and none of the others'\.$/,
    );
  });
});

/** Twelve rows of one binder; the counts of each by its place. */
function manyRows(countsOf: (place: number) => Counts): RunResult {
  const binders = Array.from({ length: 12 }, () => 'legacy-bsd');
  const rows = binders.map((name, i) => [i === 0 ? name : `${name}#${i + 1}`, times(countsOf(i))] as const);
  return resultOf({ ...PAIR, binders }, Object.fromEntries(rows));
}

function namesIn(text: string): string[] {
  return [...text.matchAll(/legacy-bsd#\d+/g)].map(([name]) => name);
}

describe('the firewall', () => {
  const firewall = (rows: Readonly<Record<string, readonly Counts[]>>) =>
    answerLines(resultOf({ ...PAIR, binders: ['reuse-port', 'ephemeral'] }, rows)).at(-1);

  it('blocks what does not come from L-1', () => {
    const none = { fromDefaultDataPort: 0 };
    expect(firewall({ 'reuse-port': times([0, 100]), ephemeral: times([0, 100, none]) })).toMatch(
      /would have blocked all of the data connections of ephemeral, and none of the others'\.$/,
    );
    const some = { fromDefaultDataPort: 75 };
    expect(firewall({ 'reuse-port': times([0, 100, some]), ephemeral: times([0, 100, none]) })).toMatch(
      /would have blocked 25\.0 % of the data connections of reuse-port and all of ephemeral\.$/,
    );
  });
});

function in_(scenario: string) {
  return ([failed, completed]: Counts): Counts => [failed, completed, { scenario }];
}
