// Every text keeps to the width that it is given, and loses no number for it.
import { describe, expect, it } from '@jest/globals';
import { fillPlan } from '../../../src/plan/parse.ts';
import { explainResult, foresee } from '../../../src/predict/outlook.ts';
import type { Fingerprint } from '../../../src/probe/types.ts';
import { runsOf } from '../../../src/report/compare/compare.ts';
import { formatRatios } from '../../../src/report/compare/ratio-render.ts';
import { compareRatios } from '../../../src/report/compare/ratios.ts';
import { formatComparison } from '../../../src/report/compare/render.ts';
import { formatCost } from '../../../src/report/probe/cost.ts';
import { formatDoctor } from '../../../src/report/probe/doctor.ts';
import { formatFingerprint } from '../../../src/report/probe/fingerprint.ts';
import { formatKernelReport } from '../../../src/report/probe/kernel.ts';
import { formatDryRun } from '../../../src/report/text/dry-run.ts';
import { type FittedColumn, fittedTables } from '../../../src/report/text/fitted-table.ts';
import type { TextOptions } from '../../../src/report/text/options.ts';
import { formatPrediction } from '../../../src/report/text/predict.ts';
import { formatTerminal } from '../../../src/report/text/terminal.ts';
import { wrap } from '../../../src/report/text/wrap.ts';
import type { Prediction, RunResult, RunWarning, Timeline } from '../../../src/result/types.ts';
import { compareResults, compareStrategies } from '../compare/comparing.ts';
import { sampleCostReport } from '../probe/sample-cost-report.ts';
import { KERNEL_REPORT } from '../probe/sample-kernel-report.ts';
import { sampleBlock, samplePlan, sampleResult, sampleScenario } from '../sample-result.ts';

it('an operator begins no line, where it would look like the mark of a list, and a formula stays whole', () => {
  const text = 'fail at least 1 - 1/a, where a = transfers × hold / time';
  for (let columns = 20; columns < 60; columns++) {
    const lines = wrap(text, columns, '  ').split('\n');
    expect(lines.filter((line) => /^ *[-=×] /.test(line))).toEqual([]);
    expect(lines.join('\n')).toContain('1 - 1/a,');
  }
});

const SGR = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g');
const LONG_HOST = 'ftp.a-department-with-a-long-name.somewhere-else.example.org:65021';

const SAMPLE = sampleResult();
const PREDICTION: Prediction = {
  ...{ failureRate: 0.4, interval: [0.3512, 0.4523], tolerance: [0.3, 0.5], replications: 200 },
  verdict: 'more-failures',
};

/** All that a table may hold: counts of seven digits, dropped and cancelled ones, long names, footnotes, cautions. */
function fullResult(): RunResult {
  const warnings: RunWarning[] = SAMPLE.strategies.flatMap(({ scenario, contestant }, i): RunWarning[] => [
    { id: 'arrivals-dropped', share: i / 20, scenario, contestant, blocks: 3 },
    { id: 'generator-starved', share: i / 20, scenario, contestant, blocks: 3 },
  ]);
  const strategies = SAMPLE.strategies.map((strategy, i) => ({
    ...strategy,
    ...{ offered: 9_123_456, completed: 8_123_456, cancelled: 1_234, dropped: 345_678 },
    failed: strategy.failed === 0 ? 0 : 1_234_567,
    failures: strategy.failed === 0 ? {} : { 'bind.EADDRINUSE': 1_234_000, 'connect.EADDRNOTAVAIL': 567 },
    prediction: i % 2 === 0 ? PREDICTION : null,
    realScaleBound: 0.8,
  }));
  const comparisons = SAMPLE.comparisons.map((one) => ({
    ...one,
    verdict: 'inconclusive' as const,
    blocksNeeded: 12,
  }));
  return { ...SAMPLE, strategies, comparisons, warnings, partial: true, endedBy: 'max-time' };
}

/** Blocks of three minutes on servers with long names, one of them invalid. */
function longResult(): RunResult {
  const scenario = sampleScenario({ name: 'a-scenario-of-which-the-name-is-long-too', durationMs: 180_000 });
  const targets = [`ftp://${LONG_HOST}/file`];
  const requested = samplePlan({
    binders: ['reuse-port'],
    targets,
    scenarios: [scenario],
    blocks: 2,
    baseline: 'reuse-port',
  });
  const timeline: Timeline = {
    ...{ everyMs: 1000, completed: new Array(180).fill(12_345), failed: new Array(180).fill(0) },
    inFlight: new Array(180).fill(64),
    ...{ liveSockets: new Array(180).fill(64), timeWaitSockets: new Array(180).fill(123_456) },
    bindMs: new Array(180).fill(0.02),
  };
  const place = { scenario: scenario.name, durationMs: 180_000, timeline };
  const blocks = ['reuse-port', LONG_HOST].flatMap((contestant) =>
    [0, 1].map((index) =>
      sampleBlock({
        ...{ ...place, contestant, index, failed: 3 },
        ...(contestant === LONG_HOST && index === 1
          ? { valid: false, problems: [{ id: 'broken-off', reason: `no answer from ${'x'.repeat(150)}` }] }
          : {}),
      }),
    ),
  );
  return sampleResult({ requested, blocks, valid: false });
}

const PLAN = fillPlan({
  ...{ name: 'a plan', blocks: 9, timeUnit: '4ms', targets: [`ftp://${LONG_HOST}/file`], maxTime: '5m' },
  binders: ['legacy', 'legacy-bsd', 'reuse-addr', 'reuse-port', 'reuse-both', 'ephemeral'],
  scenarios: [
    { name: 'window', sessions: 8, bindToConnect: '4ms', duration: '200ms', mix: 'retr:8,stor:1,list:1' },
  ],
});
const SMALL = fillPlan({
  binders: ['legacy-bsd', 'reuse-port'],
  blocks: 6,
  scenarios: [{ name: 'x', duration: '200ms', bindToConnect: '2ms' }],
});

const FINGERPRINT: Fingerprint = {
  ...{ formatVersion: 1, server: { address: '127.0.0.1', port: 2121 } },
  traits: [
    {
      ...{ id: 'source-port', title: 'A transfer that runs blocks one to the same client port', value: 2120 },
      ...{ found: `yes: ${'it waits and '.repeat(20)}`, confidence: 'likely', evidence: 'seen '.repeat(40) },
    },
  ],
  notes: [`What the server does was not tried: ${'x'.repeat(200)}`],
};

const DOCTOR = {
  ...{ formatVersion: 1 as const, host: KERNEL_REPORT.host },
  checks: (['failure', 'warning', 'unknown', 'ok'] as const).map((status) => ({
    ...{
      id: status,
      status,
      title: 'Something that is looked at',
      observed: 'seen '.repeat(40),
      advice: 'do '.repeat(60),
    },
  })),
};

// Each takes a second to reckon.
const MARGIN = { margin: 0.01 };
const STRATEGIES = compareStrategies(SAMPLE, 'legacy-bsd', 'reuse-port', MARGIN);
const OTHER_HOST = { ...SAMPLE.host, kernel: '6.12.1-with-a-very-long-name-of-its-own', cpus: 99 };
const RUNS = compareResults(SAMPLE, sampleResult({ host: OTHER_HOST }), MARGIN);
const RATIOS = compareRatios(runsOf(SAMPLE, sampleResult({ host: OTHER_HOST }), {}), {
  metric: 'p99',
  margin: 0.05,
});
const FORESEEN = foresee(SMALL, { holdMs: undefined, serviceMs: 1 });
const EXPLAINED = explainResult(SAMPLE);
const FULL = fullResult();
const LONG = longResult();

const TEXTS: Readonly<Record<string, (options: TextOptions) => string>> = {
  'a report': (options) => formatTerminal(SAMPLE, options),
  'a report with everything in it': (options) => formatTerminal(FULL, options),
  'a report of long names and blocks': (options) => formatTerminal(LONG, options),
  'a comparison of strategies': (options) => formatComparison(STRATEGIES, options),
  'a comparison of runs': (options) => formatComparison(RUNS, options),
  'a comparison of speeds': (options) => formatRatios(RATIOS, options),
  'a prediction': (options) => formatPrediction(FORESEEN, options),
  'a prediction of a result': (options) => formatPrediction(EXPLAINED, options),
  'a dry run': (options) => formatDryRun(PLAN, options),
  'the probe of a kernel': (options) => formatKernelReport(KERNEL_REPORT, options),
  'the probe of a cost': (options) => formatCost(sampleCostReport(), options),
  'the probe of a host': (options) => formatDoctor(DOCTOR, options),
  'the probe of a server': (options) => formatFingerprint(FINGERPRINT, options),
};

describe.each(Object.entries(TEXTS))('%s', (_, format) => {
  it.each([60, 80, 100, 140, 300])('keeps to %d columns, in colour, too', (columns) => {
    const plain = format({ colour: false, columns });
    expect(tooLong(plain, columns)).toEqual([]);
    const coloured = format({ colour: true, columns });
    expect(coloured.replace(SGR, '').replace(/ +$/gm, '')).toBe(plain.replace(/ +$/gm, ''));
  });

  it('says the same in every width', () => {
    const narrow = wordsOf(format({ colour: false, columns: 80 }));
    for (const word of wordsOf(format({ colour: false, columns: 300 }))) {
      // A word that no line has room for is broken.
      if (!/x{4}/.test(word)) expect(narrow).toContain(word);
    }
  });
});

describe('tables', () => {
  const column = (head: string, cell: string, more: Partial<FittedColumn> = {}): FittedColumn => ({
    ...{ head, align: 'right', cells: [cell], ...more },
  });
  const KEY = column('name', 'a-name', { align: 'left', isKey: true });
  const wide = (head: string, group: string) => column(head, 'x'.repeat(10), { group });
  const heads = (columns: readonly FittedColumn[], width: number) =>
    fittedTables(columns, width)
      .split('\n')
      .filter((line) => line.startsWith('name'))
      .map((line) => line.split(/ +/));

  it('are one while there is room, and then group by group, each with the name of its rows', () => {
    const columns = [KEY, wide('a', '1'), wide('b', '1'), wide('c', '2'), wide('d', '2')];
    expect(heads(columns, 54)).toEqual([['name', 'a', 'b', 'c', 'd']]);
    expect(heads(columns, 53)).toEqual([
      ['name', 'a', 'b'],
      ['name', 'c', 'd'],
    ]);
  });

  it('break a group that has no room in one', () => {
    const columns = [KEY, wide('a', '1'), wide('b', '1'), wide('c', '1')];
    expect(heads(columns, 30)).toEqual([
      ['name', 'a', 'b'],
      ['name', 'c'],
    ]);
  });

  it('break text between its words before they break themselves', () => {
    const text = column('verdict', 'about nineteen blocks would tell', { align: 'left', flows: true });
    expect(fittedTables([KEY, wide('a', '1'), text], 40)).toBe(
      [
        '─────────────────────────────────────',
        'name             a  verdict',
        '─────────────────────────────────────',
        'a-name  xxxxxxxxxx  about nineteen',
        '                    blocks would tell',
        '─────────────────────────────────────',
      ].join('\n'),
    );
  });
});

function tooLong(text: string, columns: number): string[] {
  return text.split('\n').filter((line) => line.length > columns);
}

/** Numbers, names and words, however they were broken. */
function wordsOf(text: string): Set<string> {
  return new Set(text.replace(/[─\s]+/g, ' ').split(' '));
}
