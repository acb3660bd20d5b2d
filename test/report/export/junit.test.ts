// JUnit XML: well-formed whatever names it holds, of the shape that CIs read, and true to the result.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatJUnit } from '../../../src/report/export/junit.ts';
import { checkThresholds } from '../../../src/report/thresholds/check.ts';
import { parseThreshold } from '../../../src/report/thresholds/threshold.ts';
import type { RunResult } from '../../../src/result/types.ts';
import { sampleBlock, samplePlan, sampleResult, sampleScenario } from '../sample-result.ts';
import { type Element, parseXml } from './junit-parser.ts';

/** Of each element: what may be inside, in this order, and its attributes (of the schema of Jenkins' JUnit reader). */
const SHAPE: Readonly<
  Record<string, { children: readonly string[]; attributes: Readonly<Record<string, RegExp>> }>
> = {
  testsuites: {
    children: ['testsuite'],
    attributes: {
      name: /./,
      tests: /^\d+$/,
      failures: /^\d+$/,
      errors: /^\d+$/,
      skipped: /^\d+$/,
      time: /^\d+\.\d{3}$/,
    },
  },
  testsuite: {
    children: ['properties', 'testcase'],
    attributes: {
      ...{ name: /./, tests: /^\d+$/, failures: /^\d+$/, errors: /^\d+$/, skipped: /^\d+$/ },
      ...{ time: /^\d+\.\d{3}$/, timestamp: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/ },
    },
  },
  properties: { children: ['property'], attributes: {} },
  property: { children: [], attributes: { name: /./, value: /^/ } },
  testcase: {
    children: ['skipped', 'error', 'failure'],
    attributes: { name: /./, classname: /./, time: /^\d+(\.\d+)?$/ },
  },
  skipped: { children: [], attributes: { message: /./ } },
  error: { children: [], attributes: { message: /./, type: /./ } },
  failure: { children: [], attributes: { message: /./, type: /./ } },
};

function requireShape({ name, attributes, children }: Element): void {
  const shape = SHAPE[name];
  expect(Object.keys(attributes).sort()).toEqual(Object.keys(shape?.attributes ?? {}).sort());
  for (const [key, pattern] of Object.entries(shape?.attributes ?? {}))
    expect(attributes[key]).toMatch(pattern);
  const order = children.map((child) => shape?.children.indexOf(child.name) ?? -1);
  expect(order).not.toContain(-1);
  expect(order).toEqual(order.toSorted((a, b) => a - b));
  children.forEach(requireShape);
}

function report(result: RunResult, ...thresholds: readonly string[]) {
  const root = parseXml(formatJUnit(result, checkThresholds(result, thresholds.map(parseThreshold))));
  requireShape(root);
  const [suite] = root.children;
  return { suite, cases: suite?.children.filter(({ name }) => name === 'testcase') ?? [] };
}

const caseNamed = (cases: readonly Element[], name: string) =>
  cases.find(({ attributes }) => attributes.name === name);

describe('formatJUnit', () => {
  const sample = sampleResult();

  it('has a case for every strategy in every scenario and for every threshold', () => {
    const { suite, cases } = report(
      sample,
      '*.failureRate < 1%',
      'downloads-64/reuse-port.transferP99Ms < 1s',
    );
    expect(cases).toHaveLength(12 + 12 + 1);
    expect(suite?.attributes).toMatchObject({ tests: '25', failures: '4', errors: '0', skipped: '0' });
    expect(suite?.attributes).toMatchObject({ name: 'port20 stress: collisions', time: '390.000' });
    expect(suite?.attributes.timestamp).toBe('2026-02-20T09:00:00');
  });

  it('says why a threshold failed, and nothing where it passed', () => {
    const { cases } = report(sample, 'downloads-8/*.failureRate < 1%');
    const failed = caseNamed(cases, 'downloads-8/legacy.failureRate < 1%');
    expect(failed?.children[0]).toMatchObject({
      name: 'failure',
      attributes: { message: 'measured 0.975737', type: 'threshold' },
      text: '\ndownloads-8/legacy.failureRate < 1%: failed, measured 0.975737\n',
    });
    expect(caseNamed(cases, 'downloads-8/reuse-port.failureRate < 1%')?.children).toEqual([]);
  });

  it('tells invalid blocks as errors and blocks that were not run as skipped', () => {
    const blocks = [
      sampleBlock({ index: 0 }),
      sampleBlock({
        ...{ index: 1, valid: false },
        problems: [{ id: 'broken-off', reason: '<no> overlap & more' }, { id: 'nothing-offered' }],
      }),
    ];
    const { suite, cases } = report(sampleResult({ blocks, valid: false }));
    expect(suite?.attributes).toMatchObject({ tests: '12', errors: '1', skipped: '11' });
    const [error] = caseNamed(cases, 'downloads-64/reuse-port is valid')?.children ?? [];
    expect(error?.attributes.message).toBe('1 of 2 blocks invalid: do not use the numbers');
    expect(error?.text.trim()).toBe('block 1: <no> overlap & more\nblock 1: nothing was offered');
  });

  it('is well-formed and tells the same whatever the names are', () => {
    const names = fc.oneof(
      fc.string({ unit: 'binary', minLength: 1 }),
      fc.constantFrom(']]>', '"\'&<\t\n\0', '\ud800'),
    );
    fc.assert(
      fc.property(names, names, (name, reason) => {
        const requested = samplePlan({ name, binders: ['reuse-port'], scenarios: [sampleScenario()] });
        const blocks = [sampleBlock({ valid: false, problems: [{ id: 'broken-off', reason }] })];
        const { suite, cases } = report({ ...sample, requested, blocks, strategies: [] });
        const shown = (text: string) =>
          text.replace(/[\0-\x08\v\f\x0e-\x1f\ufffe\uffff]|\p{Surrogate}/gu, '\ufffd');
        expect(suite?.attributes.name).toBe(`port20 stress: ${shown(name)}`);
        expect(cases[0]?.children[0]?.text).toBe(`\nblock 0: ${shown(reason)}\n`);
      }),
    );
  });
});
