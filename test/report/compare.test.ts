// Strategies of one run and runs against each other: rows, settings, verdicts in words, and what cannot be compared.
import { describe, expect, it } from '@jest/globals';
import { compareResults, compareStrategies, overallVerdict } from '../../src/report/compare.ts';
import {
  formatComparison,
  formatComparisonJson,
  formatComparisonMarkdown,
} from '../../src/report/compare-render.ts';
import { verdictInWords } from '../../src/report/verdict-words.ts';
import { sampleBlock, samplePlan, sampleResult, sampleScenario } from './sample-result.ts';

const MARGIN = { margin: 0.01 };
const PLAIN = { colour: false };
const SAMPLE = sampleResult();

describe('compareStrategies', () => {
  it('compares in every scenario, or in one', () => {
    const report = compareStrategies(SAMPLE, 'legacy', 'reuse-port', MARGIN);
    expect(report.rows.map(({ scenario, verdict }) => [scenario, verdict])).toEqual([
      ['downloads-8', 'better'],
      ['downloads-64', 'better'],
    ]);
    const one = compareStrategies(SAMPLE, 'reuse-port', 'legacy-bsd', { ...MARGIN, scenario: 'downloads-8' });
    expect(one.rows).toHaveLength(1);
    expect(overallVerdict(one)).toBe('worse');
  });

  it('agrees with the comparisons that the run made itself', () => {
    const own = SAMPLE.comparisons.filter(({ candidate }) => candidate === 'legacy-bsd');
    const rows = compareStrategies(SAMPLE, 'legacy', 'legacy-bsd', MARGIN).rows;
    expect(rows.map(({ difference, interval }) => ({ difference, interval }))).toEqual(
      own.map(({ difference, interval }) => ({ difference, interval })),
    );
  });

  it('prints text, Markdown and JSON', () => {
    const report = compareStrategies(SAMPLE, 'legacy-bsd', 'reuse-port', MARGIN);
    expect(formatComparison(report, PLAIN)).toMatchSnapshot();
    expect(formatComparisonMarkdown(report)).toMatchSnapshot();
    expect(JSON.parse(formatComparisonJson(report))).toEqual(report);
  });

  it('leaves invalid blocks and those without a twin out', () => {
    const blocks = SAMPLE.blocks.map((block) => ({
      ...block,
      valid: block.binder !== 'reuse-port' || block.index > 2,
    }));
    const report = compareStrategies(sampleResult({ blocks }), 'legacy', 'reuse-port', MARGIN);
    expect(report.rows.map(({ blocks: pairs }) => pairs)).toEqual([5, 5]);
    expect(report.rows[0]).toMatchObject({ verdict: 'inconclusive', blocksNeeded: 6 });
  });

  it('names what the result does not have', () => {
    expect(() => compareStrategies(SAMPLE, 'legacy', 'reuse', MARGIN)).toThrow(
      "the result has no binder 'reuse': it has legacy, legacy-bsd, reuse-addr, reuse-port, reuse-both, ephemeral",
    );
    expect(() => compareStrategies(SAMPLE, 'legacy', 'ephemeral', { ...MARGIN, scenario: 'x' })).toThrow(
      "the result has no scenario 'x': it has downloads-8, downloads-64",
    );
  });
});

describe('compareResults', () => {
  const other = sampleResult({
    host: {
      ...SAMPLE.host,
      kernel: '6.12.1',
      sysctls: { ...SAMPLE.host.sysctls, 'net.ipv4.tcp_tw_reuse': null },
    },
    requested: samplePlan({ timeUnitMs: 20, scenarios: [sampleScenario({ durationMs: 9000 })] }),
  });

  it('compares each binder with itself, and lists what differs between the runs', () => {
    const report = compareResults(SAMPLE, other, MARGIN);
    expect(
      report.rows.map(({ scenario, baseline, candidate }) => [scenario, baseline.binder, candidate.binder]),
    ).toEqual(SAMPLE.requested.binders.map((binder) => ['downloads-64', binder, binder]));
    expect(report.settings).toEqual([
      { setting: 'host.kernel', baseline: '6.18.5', candidate: '6.12.1' },
      { setting: 'sysctl.net.ipv4.tcp_tw_reuse', baseline: '2', candidate: '–' },
      { setting: 'plan.timeUnitMs', baseline: '5', candidate: '20' },
      { setting: 'plan.scenarios', baseline: 'downloads-8, downloads-64', candidate: 'downloads-64' },
      { setting: 'scenario.downloads-64.durationMs', baseline: '5000', candidate: '9000' },
    ]);
    expect(formatComparison(report, PLAIN)).toMatchSnapshot();
    expect(formatComparisonMarkdown(report)).toMatchSnapshot();
  });

  it('of a run with itself finds nothing better and nothing worse', () => {
    const report = compareResults(SAMPLE, SAMPLE, MARGIN);
    expect(report.settings).toEqual([]);
    expect(new Set(report.rows.map(({ difference }) => difference))).toEqual(new Set([0]));
    expect(report.rows.map(({ verdict }) => verdict)).not.toContain('better');
    expect(report.rows.map(({ verdict }) => verdict)).not.toContain('worse');
    expect(formatComparison(report, PLAIN)).toContain('A and B were run with the same settings');
  });

  it('takes one binder from each', () => {
    const pairs = (names: { baseline?: string; candidate?: string }) =>
      compareResults(SAMPLE, other, { ...MARGIN, ...names }).rows.map((row) => [
        row.baseline.binder,
        row.candidate.binder,
      ]);
    expect(pairs({ baseline: 'legacy', candidate: 'reuse-both' })).toEqual([['legacy', 'reuse-both']]);
    expect(pairs({ candidate: 'ephemeral' })).toEqual([['ephemeral', 'ephemeral']]);
  });

  it('refuses runs that share nothing, and doubts those that are invalid', () => {
    const apart = sampleResult({
      requested: samplePlan({ scenarios: [sampleScenario({ name: 'uploads' })] }),
    });
    expect(() => compareResults(SAMPLE, apart, MARGIN)).toThrow(
      'the two results share no scenario: downloads-8, downloads-64 in the first, uploads in the second',
    );
    const doubtful = compareResults(SAMPLE, sampleResult({ valid: false, partial: true }), MARGIN);
    expect(doubtful.cautions).toEqual(['run B is invalid: do not use its numbers', 'run B was ended early']);
  });
});

describe('the rows of one scenario', () => {
  it('are judged together: alone a strategy needs six blocks, with five others eight', () => {
    const blocks = (count: number) => SAMPLE.blocks.filter(({ index }) => index < count);
    const swapped = (count: number) =>
      blocks(count).map((block) => ({ ...block, failed: block.completed, completed: block.failed }));
    const verdicts = (count: number, binder?: string) =>
      compareResults(sampleResult({ blocks: swapped(count) }), sampleResult({ blocks: blocks(count) }), {
        ...MARGIN,
        ...(binder && { candidate: binder }),
      }).rows.filter(({ candidate }) => candidate.binder === 'reuse-port');
    expect(verdicts(6, 'reuse-port')[0]).toMatchObject({ verdict: 'better', pAdjusted: 2 / 64 });
    expect(verdicts(6)[0]).toMatchObject({ verdict: 'not-worse', blocksNeeded: 8 });
    expect(verdicts(8)[0]).toMatchObject({ verdict: 'better', pValue: 2 / 256, pAdjusted: 12 / 256 });
  });
});

describe('verdictInWords', () => {
  const row = {
    difference: 0.02,
    interval: [0.001, 0.039],
    method: 'bootstrap',
    pValue: 0.03,
    blocks: 6,
  } as const;

  it.each([
    [{ verdict: 'better', blocksNeeded: null }, 'better: fails less'],
    [{ verdict: 'worse', blocksNeeded: null }, 'worse by over 1 point'],
    [{ verdict: 'not-worse', blocksNeeded: null }, 'not worse within 1 point'],
    [
      { verdict: 'not-worse', blocksNeeded: 8 },
      'not worse within 1 point, perhaps better; about 8 blocks would tell',
    ],
    [
      { verdict: 'inconclusive', blocksNeeded: 22 },
      'inconclusive: fails more, but perhaps within the margin; about 22 blocks would tell',
    ],
  ] as const)('%j', (judgement, words) => {
    expect(verdictInWords({ ...row, ...judgement }, 0.01)).toBe(words);
  });

  it('says what is missing', () => {
    const open = { verdict: 'inconclusive', blocksNeeded: null } as const;
    expect(verdictInWords({ ...row, ...open, interval: [-0.2, 0.2] }, 0)).toBe('inconclusive');
    expect(verdictInWords({ ...row, ...open, interval: [0.5, 0.6], blocksNeeded: 8 }, 0.01)).toBe(
      'inconclusive: perhaps worse; about 8 blocks would tell',
    );
    expect(verdictInWords({ ...row, ...open, blocks: 3, blocksNeeded: 8 }, 0)).toBe(
      'inconclusive: 8 blocks at least are needed',
    );
    expect(verdictInWords({ ...row, ...open, difference: null, blocks: 0 }, 0)).toBe(
      'inconclusive: no pair of blocks',
    );
    expect(verdictInWords({ ...row, verdict: 'worse', blocksNeeded: null }, 0)).toBe('worse: fails more');
  });
});

it('a strategy whose blocks did nothing is inconclusive and has no rate', () => {
  const blocks = [sampleBlock({ completed: 0 }), sampleBlock({ binder: 'legacy' })];
  const [, row] = compareStrategies(sampleResult({ blocks }), 'legacy', 'reuse-port', MARGIN).rows;
  expect(row).toMatchObject({ difference: null, verdict: 'inconclusive', candidate: { rate: null } });
});
