// What a report says of made-up runs is so: nothing is said twice, of the wrong row, or without what it rests on.
import { describe, expect, it } from '@jest/globals';
import { runWarnings } from '../../../src/judge/warnings.ts';
import { fillPlan } from '../../../src/plan/parse.ts';
import { formatDryRun } from '../../../src/report/text/dry-run.ts';
import { formatMarkdown } from '../../../src/report/text/markdown.ts';
import { formatPrediction } from '../../../src/report/text/predict.ts';
import { formatTerminal } from '../../../src/report/text/terminal.ts';
import type { BlockResult, RunResult, RunWarning } from '../../../src/result/types.ts';
import { sampleBlock, samplePlan, sampleResult, sampleScenario } from '../sample-result.ts';

const PLAIN = { colour: false, columns: 100 };

/** Of one scenario, with the warnings that such a run has. */
function resultOf(blocks: readonly BlockResult[], changes: Partial<RunResult> = {}): RunResult {
  const requested = samplePlan({
    ...{ binders: ['legacy-bsd', 'reuse-port'], baseline: 'legacy-bsd', scenarios: [sampleScenario()] },
  });
  const valid = blocks.length > 0 && blocks.every((block) => block.valid);
  return sampleResult({ requested, blocks, warnings: runWarnings(requested, blocks), valid, ...changes });
}

const eight = (changes: Partial<BlockResult>, count = 8) =>
  Array.from({ length: count }, (_, index) => sampleBlock({ contention: null, index, ...changes }));
const BROKEN = { valid: false, problems: [{ id: 'nothing-offered' as const }] };

/** As one line each, however they were wrapped. */
function linesOf(result: RunResult, columns = 100): string[] {
  return formatTerminal(result, { colour: false, columns }).replaceAll('\n  ', ' ').split('\n');
}

describe('blocks that ran are not said to be missing', () => {
  it.each<[string, readonly BlockResult[], string]>([
    ['none', [], 'no block of it was run'],
    ['one, invalid', eight(BROKEN, 1), 'no block of it counts: 1 is invalid'],
    ['some, cut short', eight({ cancelled: 2 }, 2), 'no block of it counts: 2 were cut short'],
    [
      'of both',
      [...eight(BROKEN, 2), ...eight({ cancelled: 1, index: 5 }, 1)],
      'no block of it counts: 2 are invalid and 1 was cut short',
    ],
  ])('%s', (_, blocks, text) => {
    expect(linesOf(resultOf(blocks))).toContainEqual(expect.stringContaining(text));
    expect(formatMarkdown(resultOf(blocks))).toContain(`${text}.`);
  });

  it('one block is one', () => {
    const early = resultOf(eight({}, 1), { partial: true, endedBy: 'interrupt' });
    expect(linesOf(early)).toContain('! The run was ended early: 1 of 16 blocks was run.');
    const small = samplePlan({
      binders: ['reuse-port'],
      baseline: 'reuse-port',
      scenarios: [sampleScenario()],
      blocks: 1,
    });
    const one = resultOf(eight({}, 1), { requested: small, partial: true, endedBy: 'max-time' });
    expect(linesOf(one)).toContain('! The run was out of time: 1 of 1 block was run.');
  });
});

describe('what is assumed stands where the number stands', () => {
  const NOTE =
    /^† none or all failed: the interval counts each transfer as a third of one \(design effect 3, assumed\)$/;

  it('below the table, where none failed, and not where blocks showed their variance', () => {
    const failing = Array.from({ length: 8 }, (_, index) =>
      sampleBlock({ contestant: 'legacy-bsd', contention: null, index, failed: 20 + index }),
    );
    const mixed = linesOf(resultOf([...failing, ...eight({})]));
    expect(mixed).toContainEqual(expect.stringMatching(NOTE));
    expect(mixed).toContainEqual(expect.stringMatching(/^reuse-port .* 0 % +0–1\.4†/));
    expect(mixed).toContainEqual(expect.stringMatching(/^legacy-bsd .* 19\.\d % +\d\d\.\d–\d\d\.\d /));
    expect(linesOf(resultOf(failing)).join('\n')).not.toContain('†');
  });

  it('in the sizes of a dry run', () => {
    const plan = fillPlan({ binders: ['legacy', 'reuse-port'], scenarios: [{ name: 'x' }] });
    expect(formatDryRun(plan, PLAIN).replaceAll('\n  ', ' ')).toContain(
      '- these numbers count each transfer as a third of one, for failures come in clusters: a design effect of 3 is assumed until blocks show their own',
    );
  });
});

describe('dropped arrivals', () => {
  const open = sampleScenario({
    workload: { kind: 'open', arrivals: 'poisson', stages: [{ durationMs: 5000, from: 50, to: 50 }] },
  });
  const requested = samplePlan({
    binders: ['legacy-bsd', 'reuse-port'],
    baseline: 'legacy-bsd',
    scenarios: [open],
  });
  const blocks = [
    ...eight({ contestant: 'legacy-bsd', failed: 5, dropped: 150 }),
    ...eight({ completed: 199, dropped: 1 }),
  ];
  const lines = linesOf(resultOf(blocks, { requested }), 140);

  it('are missing in the times, which is said beside them with the share of each row', () => {
    expect(lines).toContainEqual(expect.stringMatching(/^legacy-bsd .* failed‡ +\S+ ms‡ +/));
    expect(lines).toContain(
      '‡ of transfers that began; arrivals that were dropped are in no time and no rate: 58.8 % of legacy-bsd and 0.5 % of reuse-port',
    );
  });

  it('are a caution once, each row with its own', () => {
    const cautions = lines.filter((line) => line.startsWith('! ') && line.includes('dropped'));
    expect(cautions).toEqual([
      expect.stringMatching(
        /^! downloads-64: up to 59 % \(legacy-bsd\) and less than 1 % \(reuse-port\) of the arrivals/,
      ),
    ]);
  });

  it('are none of a closed load', () => {
    expect(linesOf(resultOf(eight({}))).join('\n')).not.toContain('‡');
  });
});

describe('cautions', () => {
  const starved = (scenario: string, contestant: string): RunWarning => ({
    ...{ id: 'generator-starved', share: 0.4, scenario, contestant, blocks: 8 },
  });
  const SAMPLE = sampleResult();

  it('are none that explain transfers/s alone, as those that stand in every run on two cores', () => {
    const warnings = SAMPLE.strategies.map(({ scenario, contestant }) => starved(scenario, contestant));
    const lines = linesOf({ ...SAMPLE, warnings });
    expect(lines.filter((line) => line.startsWith('! '))).toEqual([]);
    const notes = lines.filter((line) => line.includes('waited for a free core'));
    expect(notes).toEqual([
      expect.stringMatching(/^- downloads-8 .* and downloads-64 .*: a load generator waited/),
    ]);
    const lighter = (all: string[]) => all.filter((line) => line.startsWith('- --user-pi lean'));
    expect(lighter(lines)).toHaveLength(1);
    const requested = { ...SAMPLE.requested, userPi: 'lean' as const };
    expect(lighter(linesOf({ ...SAMPLE, requested, warnings }))).toEqual([]);
    expect(lighter(linesOf({ ...SAMPLE, warnings: [] }))).toEqual([]);
  });

  it('a full TIME_WAIT is one for a binder that waits for it, and for servers that nobody knows', () => {
    const full = (contestant: string): RunWarning => ({
      ...{ id: 'time-wait-full', sockets: 7, scenario: 'downloads-8', contestant, blocks: 1 },
    });
    const cautionsOf = (contestant: string) =>
      linesOf({ ...SAMPLE, warnings: [full(contestant)] }).filter((line) => line.startsWith('! '));
    expect(cautionsOf('legacy')).toHaveLength(1);
    expect(cautionsOf('reuse-port')).toEqual([]);
  });

  it('a lack of overlap is told once, and only of what claims to have had none fail', () => {
    const lone = { peakSockets: 1, peakProcesses: 1, warnings: [{ id: 'no-overlap' as const }] };
    const told = (blocks: readonly BlockResult[]) =>
      linesOf(resultOf(blocks)).filter((line) => line.startsWith('! ') && /proves nothing/.test(line));
    expect(told(eight(lone))).toHaveLength(1);
    expect(told(eight({ ...lone, peakSockets: 9 }))).toHaveLength(1);
    expect(told(eight({ ...lone, failed: 3 }))).toEqual([]);
  });

  it('no line of a report stands in it twice', () => {
    const text = linesOf(SAMPLE).filter(
      (line) => /[a-z]{3} [a-z]{3}/.test(line) && !/^(strategy|†| {3})/.test(line),
    );
    expect(text.filter((line, i) => text.indexOf(line) !== i)).toEqual([]);
    for (const once of ['TIME_WAIT (60 s on Linux)', 'retry: bsd'])
      expect(text.filter((line) => line.includes(once))).toHaveLength(1);
  });
});

it('the footnote of tries far apart says when it is too low, and when too high', () => {
  const plan = fillPlan({ binders: ['legacy-bsd'], scenarios: [{ name: 'x' }] });
  const row = {
    ...{
      scenario: 'x',
      contestant: 'legacy-bsd',
      binder: 'legacy-bsd' as const,
      measured: null,
      forecast: null,
      ifHold: null,
    },
    formulas: [{ name: 'spread-tries' as const, failureRate: 0.2 }],
  };
  expect(
    formatPrediction({ requested: plan, assumed: null, rows: [row] }, PLAIN).replaceAll('\n  ', ' '),
  ).toContain(
    'for K binds far apart; too low where holds outlast the waits or constant waits keep losers in phase, too high where a is near 1 or above',
  );
});
