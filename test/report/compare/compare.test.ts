// Strategies of one run and runs against each other: rows, settings, verdicts in words, and what cannot be compared.
import { describe, expect, it } from '@jest/globals';
import { type ComparisonReport, overallVerdict } from '../../../src/report/compare/compare.ts';
import {
  formatComparison,
  formatComparisonJson,
  formatComparisonMarkdown,
} from '../../../src/report/compare/render.ts';
import { unlikeness } from '../../../src/report/compare/settings-tables.ts';
import { verdictInWords } from '../../../src/report/words/verdict.ts';
import type { RunResult } from '../../../src/result/types.ts';
import { sampleBlock, samplePlan, sampleResult, sampleScenario } from '../sample-result.ts';
import { compareResults, compareStrategies } from './comparing.ts';

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
      valid: block.contestant !== 'reuse-port' || block.index > 2,
    }));
    const report = compareStrategies(sampleResult({ blocks }), 'legacy', 'reuse-port', MARGIN);
    expect(report.rows.map(({ blocks: pairs }) => pairs)).toEqual([5, 5]);
    expect(report.rows[0]).toMatchObject({ verdict: 'inconclusive', blocksNeeded: 6 });
  });

  it('compares a strategy that was named twice with itself', () => {
    const twice = SAMPLE.blocks
      .filter(({ contestant }) => contestant === 'legacy-bsd')
      .flatMap((block) => [block, { ...block, contestant: 'legacy-bsd#2' }]);
    const requested = samplePlan({ binders: ['legacy-bsd', 'legacy-bsd'], baseline: 'legacy-bsd' });
    const report = compareStrategies(
      sampleResult({ requested, blocks: twice }),
      'legacy-bsd',
      'legacy-bsd#2',
      MARGIN,
    );
    expect(report.rows.map(({ difference, pValue }) => [difference, pValue])).toEqual([
      [0, 1],
      [0, 1],
    ]);
  });

  it('names what the result does not have', () => {
    expect(() => compareStrategies(SAMPLE, 'legacy', 'reuse', MARGIN)).toThrow(
      "the result has no strategy 'reuse': it has legacy, legacy-bsd, reuse-addr, reuse-port, reuse-both, ephemeral",
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
    requested: samplePlan({ timeUnitMs: 20, seed: 21, scenarios: [sampleScenario({ bindToConnectMs: 9 })] }),
  });

  it('compares each binder with itself, and lists what differs between the runs', () => {
    const report = compareResults(SAMPLE, other, MARGIN);
    expect(
      report.rows.map(({ scenario, baseline, candidate }) => [
        scenario,
        baseline.contestant,
        candidate.contestant,
      ]),
    ).toEqual(SAMPLE.requested.binders.map((contestant) => ['downloads-64', contestant, contestant]));
    expect(report.settings).toEqual([
      { setting: 'host.kernel', kind: 'environment', baseline: '6.18.5', candidate: '6.12.1' },
      { setting: 'sysctl.net.ipv4.tcp_tw_reuse', kind: 'environment', baseline: '2', candidate: '–' },
      { setting: 'plan.timeUnit', kind: 'load', baseline: '5ms', candidate: '20ms' },
      { setting: 'scenario.downloads-64.bindToConnect', kind: 'load', baseline: '5ms', candidate: '9ms' },
      { setting: 'plan.seed', kind: 'other', baseline: '20', candidate: '21' },
      {
        setting: 'plan.scenarios',
        kind: 'other',
        baseline: 'downloads-8, downloads-64',
        candidate: 'downloads-64',
      },
    ]);
    expect(report.alike).toBe(false);
    expect(JSON.parse(formatComparisonJson(report))).toEqual(report);
    expect(formatComparison(report, PLAIN)).toMatchSnapshot();
    expect(formatComparisonMarkdown(report)).toMatchSnapshot();
  });

  it('of a run with itself finds nothing better and nothing worse', () => {
    const report = compareResults(SAMPLE, SAMPLE, MARGIN);
    expect(report.settings).toEqual([]);
    expect(new Set(report.rows.map(({ difference }) => difference))).toEqual(new Set([0]));
    expect(report.rows.map(({ verdict }) => verdict)).not.toContain('better');
    expect(report.rows.map(({ verdict }) => verdict)).not.toContain('worse');
    expect(report.alike).toBe(true);
    expect(formatComparison(report, PLAIN)).toContain(
      'A and B were run in the same environment with the same load.',
    );
  });

  it('takes one binder from each', () => {
    const pairs = (names: { baseline?: string; candidate?: string }) =>
      compareResults(SAMPLE, other, { ...MARGIN, ...names }).rows.map((row) => [
        row.baseline.contestant,
        row.candidate.contestant,
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
    expect(doubtful.cautions).toEqual([
      { id: 'invalid', run: 'B' },
      { id: 'ended-early', run: 'B' },
    ]);
    expect(formatComparison(doubtful, PLAIN)).toMatch(
      /^! run B is invalid: do not use its numbers\n! run B was ended early$/m,
    );
  });
});

describe('runs that were not made alike', () => {
  const { host, requested } = SAMPLE;
  const [first, second] = requested.scenarios;
  const compared = (changes: Partial<RunResult>) => compareResults(SAMPLE, { ...SAMPLE, ...changes }, MARGIN);
  const onHost = (changes: object) => compared({ host: { ...host, ...changes } });
  const onPlan = (changes: object) => compared({ requested: { ...requested, ...changes } });
  const kinds = ({ settings }: ComparisonReport) => settings.map(({ setting, kind }) => [setting, kind]);

  it.each([
    ['kernel', '6.12.1'],
    ['arch', 'arm64'],
    ['node', '22.1.0'],
    ['cpus', 64],
    ['cpuModel', 'another'],
    ['memoryBytes', host.memoryBytes * 1.2],
    ['descriptorLimit', 256],
    ['loopback', false],
    ['truthTableDigest', 'another'],
    ['somethingNew', 'another'],
  ])('differ in their environment: host.%s', (name, value) => {
    const measured = { truthTableDigest: 'one', cpuModel: 'one', descriptorLimit: 1024, somethingNew: 'one' };
    const known = { ...SAMPLE, host: { ...host, ...measured } };
    const changed = { ...known, host: { ...known.host, [name]: value } };
    const report = compareResults(known, changed, MARGIN);
    expect(kinds(report)).toEqual([[`host.${name}`, 'environment']]);
    expect(report.alike).toBe(false);
  });

  it.each([
    ['workers', { workers: 4 }],
    ['generators', { generators: 2 }],
    ['retry', { retry: 'none' }],
    ['timeUnit', { timeUnitMs: 20 }],
    ['timeout', { timeoutMs: 1 }],
    ['userPi', { userPi: 'lean' }],
    ['rest', { restMs: 500 }],
    ['requireDataPort', { requireDataPort: true }],
  ])('differ in their load: plan.%s', (key, change) => {
    expect(kinds(onPlan(change))).toEqual([[`plan.${key}`, 'load']]);
  });

  it.each([
    [
      { workload: { kind: 'bursts', everyMs: 100, size: 8 } },
      ['workload: bursts', 'thinkTime: –', 'every: 100ms', 'burst: 8'],
    ],
    [{ mix: [{ value: 'stor', weight: 1 }] }, ['mix: stor']],
    [{ ...sampleScenario({ sessions: 65 }), name: 'downloads-64' }, ['sessions: 65']],
    [{ warmUpMs: 40 }, ['warmUp: 40ms']],
  ])('differ in their load, in the words of a plan file: %j of a scenario', (change, texts) => {
    const { settings } = onPlan({ scenarios: [first, { ...second, ...change }] });
    expect(settings.map(({ kind }) => kind)).toEqual(texts.map(() => 'load'));
    const told = settings.map(({ setting, candidate }) => `${setting}: ${candidate}`);
    expect(told.sort()).toEqual(texts.map((text) => `scenario.downloads-64.${text}`).sort());
  });

  it('are alike with another version, seed, name, number of blocks, or strategies that only one has', () => {
    const report = compared({
      tool: { name: 'port20', version: '0.0.1' },
      startedAt: '2027-01-01T00:00:00.000Z',
      requested: { ...requested, name: 'x', seed: 1, blocks: 40, until: 'conclusive', binders: ['legacy'] },
    });
    expect(new Set(report.settings.map(({ kind }) => kind))).toEqual(new Set(['other']));
    expect(report.settings.map(({ setting }) => setting).sort()).toEqual([
      ...['plan.binders', 'plan.blocks', 'plan.seed', 'plan.until', 'tool.version'],
    ]);
    expect(report).toMatchObject({ alike: true, cautions: [] });
    expect(report.rows.map(({ verdict }) => verdict)).toHaveLength(2);
  });

  it('are alike where a little memory is missing, or one does not know what it had', () => {
    const report = onHost({ memoryBytes: host.memoryBytes * 0.95, truthTableDigest: 'measured' });
    expect(kinds(report)).toEqual([
      ['host.memoryBytes', 'other'],
      ['host.truthTableDigest', 'other'],
    ]);
    const { 'net.ipv4.tcp_tw_reuse': _, ...sysctls } = host.sysctls;
    expect(kinds(onHost({ sysctls }))).toEqual([['sysctl.net.ipv4.tcp_tw_reuse', 'other']]);
  });

  it('are alike where only scenarios differ that are not compared, and where only the order of keys does', () => {
    const scenarios = [{ ...first, sessions: 9 }, second];
    const other = {
      ...SAMPLE,
      requested: samplePlan({ scenarios: scenarios as RunResult['requested']['scenarios'] }),
    };
    expect(compareResults(SAMPLE, other, MARGIN).alike).toBe(false);
    const report = compareResults(SAMPLE, other, { ...MARGIN, scenario: 'downloads-64' });
    expect(report).toMatchObject({ alike: true, settings: [] });
    const reversed = Object.fromEntries(Object.entries(second?.workload ?? {}).reverse());
    expect(onPlan({ scenarios: [first, { ...second, workload: reversed }] }).settings).toEqual([]);
  });

  it('are marked as such in each verdict and in a caution', () => {
    const report = onHost({ cpus: 64 });
    const unlike = 'A and B differ in environment or load';
    expect(report.cautions).toEqual([{ id: 'unlike' }]);
    const text = formatComparison(report, PLAIN);
    expect(text).toMatch(/^1 difference of environment or load\n[\s\S]*host\.cpus +2 +64/);
    expect(text.match(/\(A and B unlike\)/g)).toHaveLength(report.rows.length);
    expect(formatComparisonMarkdown(report)).toContain(`**Caution:** ${unlike}`);
  });

  it('are named in one line: three differences and how many more there are', () => {
    const report = onHost({
      kernel: 'x'.repeat(50),
      cpus: 64,
      arch: 'arm64',
      node: '22.1.0',
      loopback: false,
    });
    expect(unlikeness(report)).toBe(
      `host.kernel (6.18.5, ${'x'.repeat(40)}…), host.arch (x64, arm64), host.node (20.20.2, 22.1.0) and 2 more`,
    );
    expect(unlikeness(onHost({ cpus: 64 }))).toBe('host.cpus (2, 64)');
  });
});

describe('a run that looked at its comparisons more than once', () => {
  const looked = sampleResult({
    comparisons: SAMPLE.comparisons.map((comparison) => ({ ...comparison, significance: 0.015625 })),
  });

  it('is judged by what its last look had to spend, and says so', () => {
    const report = compareStrategies(looked, 'legacy', 'legacy-bsd', MARGIN);
    const [row] = report.rows;
    const [plain] = compareStrategies(SAMPLE, 'legacy', 'legacy-bsd', MARGIN).rows;
    expect(report.significance).toBe(0.015625);
    expect(row?.interval?.[0]).toBeLessThan(plain?.interval?.[0] ?? -1);
    expect(formatComparison(report, PLAIN)).toMatch(
      /points \(98\.4 %\)[\s\S]*its last look\s+had to spend: 0\.016/,
    );
  });

  it('lends its significance to a comparison with another run', () => {
    expect(compareResults(SAMPLE, looked, MARGIN).significance).toBe(0.015625);
    expect(compareResults(SAMPLE, SAMPLE, MARGIN).significance).toBe(0.05);
  });
});

describe('the rows of one scenario', () => {
  it('are judged together: alone a strategy needs six blocks, with five others eight', () => {
    const blocks = (count: number) => SAMPLE.blocks.filter(({ index }) => index < count);
    const swapped = (count: number) =>
      blocks(count).map((block) => ({ ...block, failed: block.completed, completed: block.failed }));
    const verdicts = (count: number, contestant?: string) =>
      compareResults(sampleResult({ blocks: swapped(count) }), sampleResult({ blocks: blocks(count) }), {
        ...MARGIN,
        ...(contestant && { candidate: contestant }),
      }).rows.filter(({ candidate }) => candidate.contestant === 'reuse-port');
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
  const blocks = [sampleBlock({ completed: 0 }), sampleBlock({ contestant: 'legacy' })];
  const [, row] = compareStrategies(sampleResult({ blocks }), 'legacy', 'reuse-port', MARGIN).rows;
  expect(row).toMatchObject({ difference: null, verdict: 'inconclusive', candidate: { rate: null } });
});
