// A real result of each published format: read, raised to today's, reported in every form and compared.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { contestantsOf } from '../../src/plan/contestants.ts';
import { formatComparison } from '../../src/report/compare/render.ts';
import { formatCsv } from '../../src/report/export/csv.ts';
import { formatJUnit } from '../../src/report/export/junit.ts';
import { formatOpenMetrics } from '../../src/report/export/openmetrics.ts';
import { formatHtml } from '../../src/report/html/page.ts';
import { formatMarkdown } from '../../src/report/text/markdown.ts';
import { formatTerminal } from '../../src/report/text/terminal.ts';
import { readRunResult } from '../../src/result/read.ts';
import { FORMAT_VERSION, resultSchema } from '../../src/result/schema/index.ts';
import { compareResults, compareStrategies } from '../report/compare/comparing.ts';

const VERSIONS = [1, 2, 3] as const;
const PLAIN = { colour: false, columns: 10_000 };

function saved(version: number) {
  const file = new URL(`../../fixtures/results/format-${version}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8'));
}

describe.each(VERSIONS)('the kept result of version %i', (version) => {
  const document = saved(version);
  const result = readRunResult(document);

  it('was written in it', () => {
    expect(document.formatVersion).toBe(version);
  });

  it('becomes a whole result of today', () => {
    expect(result.formatVersion).toBe(FORMAT_VERSION);
    expect(resultSchema.parse(JSON.parse(JSON.stringify(result)))).toEqual(result);
    expect(readRunResult(JSON.parse(JSON.stringify(result)))).toEqual(result);
  });

  it('names its rows as the plan does, with the binder of those that are ours', () => {
    const known = new Map(contestantsOf(result.requested).map((one) => [one.name, one]));
    for (const { contestant, binder } of [...result.blocks, ...result.strategies]) {
      const named = known.get(contestant);
      expect(named).toBeDefined();
      expect(binder).toBe(named?.kind === 'binder' ? named.binder : null);
    }
    expect(result.blocks).toHaveLength(document.blocks.length);
  });

  it('is reported in every form', () => {
    const forms = [
      ...[formatTerminal(result, PLAIN), formatMarkdown(result), formatCsv(result), formatHtml(result)],
      ...[formatOpenMetrics(result), formatJUnit(result, [])],
    ];
    for (const form of forms) {
      for (const { name } of contestantsOf(result.requested)) expect(form).toContain(name);
      expect(form).not.toMatch(/undefined|NaN|\[object/);
    }
  });

  it('is compared, with itself and within itself', () => {
    const options = { margin: 0.01 };
    const [first, second] = contestantsOf(result.requested).map(({ name }) => name);
    const twice = compareResults(result, result, options);
    expect(twice.rows.map(({ difference }) => difference)).toEqual(twice.rows.map(() => 0));
    const within = compareStrategies(result, first ?? '', second ?? '', options);
    expect(within.rows).toHaveLength(result.requested.scenarios.length);
    expect(formatComparison(within, PLAIN)).toContain(`${first}`);
  });
});

describe('of an earlier version', () => {
  it('the words of warnings are told as they were', () => {
    const document = saved(2);
    expect(document.warnings.length).toBeGreaterThan(1);
    const told = formatTerminal(readRunResult(document), PLAIN).replaceAll('\n  ', ' ');
    for (const warning of document.warnings) expect(told).toContain(`! ${warning}\n`);
    const block = document.blocks.find(({ warnings }: { warnings: string[] }) => warnings.length > 0);
    const [read] = readRunResult({ ...document, blocks: [block] }).blocks;
    expect(read?.warnings).toEqual(block.warnings.map((text: string) => ({ id: 'text', text })));
  });

  it('so are those of problems', () => {
    const document = saved(2);
    const [first, ...others] = document.blocks;
    const invalid = { ...first, valid: false, problems: ['4 transfers without a record'] };
    const result = readRunResult({ ...document, blocks: [invalid, ...others], valid: false });
    expect(formatTerminal(result, PLAIN)).toContain('left out: 4 transfers without a record.');
    expect(formatJUnit(result, [])).toContain('block 0: 4 transfers without a record');
  });

  it('what its limits let through is put right', () => {
    const document = saved(2);
    const [strategy] = document.strategies;
    const [block] = document.blocks;
    const interval = [0, -7.9e-7];
    const prediction = { ...strategy.prediction, interval, tolerance: [0, -1.1e-6] };
    const generator = { ...block.generator, cpuShare: 1.02, runQueueShare: 1.01 };
    const read = readRunResult({
      ...document,
      blocks: [{ ...block, generator }],
      strategies: [{ ...strategy, prediction }],
    });
    expect(read.strategies[0]?.prediction).toMatchObject({ interval: [0, 0], tolerance: [0, 0] });
    expect(read.blocks[0]?.generator).toMatchObject({ cpuShare: 1, runQueueShare: 1 });
  });

  it('what version 1 did not measure is null', () => {
    const { blocks, strategies, endedBy, host } = readRunResult(saved(1));
    expect(blocks[0]).toMatchObject({ contention: null, timeline: null, generator: null });
    expect(strategies[0]).toMatchObject({ kind: 'binder', prediction: null });
    expect({ endedBy, cpuModel: host.cpuModel }).toEqual({ endedBy: 'plan', cpuModel: null });
  });
});
