// JUnit XML: well-formed whatever names it holds, of the shape that CIs read, and true to the result.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseThreshold } from '../../../src/plan/thresholds/threshold.ts';
import { formatJUnit } from '../../../src/report/export/junit.ts';
import { checkThresholds } from '../../../src/report/thresholds/check.ts';
import type { RunResult } from '../../../src/result/types.ts';
import { sampleBlock, samplePlan, sampleResult, sampleScenario } from '../sample-result.ts';
import { type Element, parseXml } from './junit-parser.ts';

interface Shape {
  /** What may be inside, in any order. */
  readonly children: readonly string[];
  readonly required: Readonly<Record<string, RegExp>>;
  readonly allowed: Readonly<Record<string, RegExp>>;
}

/** xs:string of the schema. */
const ANY = /^/;
/** Its SUREFIRE_TIME, as we write it. */
const TIME = /^\d+\.\d{3}$/;
const COUNT = /^\d+$/;

/**
 * The rules of junit-10.xsd, by which Jenkins' xUnit plugin reads: elements and attributes that it does not name are
 * refused. `skipped` is an attribute of testsuite alone.
 */
const JENKINS: Readonly<Record<string, Shape>> = {
  testsuites: {
    children: ['testsuite'],
    required: {},
    allowed: { name: ANY, time: TIME, tests: COUNT, failures: COUNT, errors: COUNT },
  },
  testsuite: {
    children: ['testsuite', 'properties', 'testcase', 'system-out', 'system-err'],
    required: { name: ANY, tests: COUNT, failures: COUNT, errors: COUNT },
    allowed: {
      ...{ group: ANY, time: TIME, skipped: COUNT, timestamp: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/ },
      ...{ hostname: ANY, id: ANY, package: ANY, file: ANY, log: ANY, url: ANY },
    },
  },
  properties: { children: ['property'], required: {}, allowed: {} },
  property: { children: [], required: { name: ANY, value: ANY }, allowed: {} },
  testcase: {
    children: ['skipped', 'error', 'failure', 'system-out', 'system-err'],
    required: { name: ANY },
    allowed: { time: ANY, classname: ANY, group: ANY },
  },
  skipped: { children: [], required: {}, allowed: { type: ANY, message: ANY } },
  error: { children: [], required: {}, allowed: { type: ANY, message: ANY } },
  failure: { children: [], required: {}, allowed: { type: ANY, message: ANY } },
};

/** Every breach of those rules, in words. */
function breaches({ name, attributes, children }: Element): string[] {
  const shape = JENKINS[name];
  if (shape === undefined) return [`<${name}> is not known`];
  const { required, allowed } = shape;
  return [
    ...Object.keys(required)
      .filter((key) => !(key in attributes))
      .map((key) => `<${name}> lacks ${key}`),
    ...Object.entries(attributes)
      .filter(([key, value]) => !(required[key] ?? allowed[key])?.test(value))
      .map(([key, value]) => `<${name} ${key}="${value}">`),
    ...children
      .filter((child) => !shape.children.includes(child.name))
      .map((child) => `<${child.name}> in <${name}>`),
    ...children.flatMap(breaches),
  ];
}

it('the rules refuse what Jenkins refuses', () => {
  const refused = (xml: string) => breaches(parseXml(`<?xml version="1.0" encoding="UTF-8"?>\n${xml}\n`));
  expect(refused('<testsuites skipped="0"/>')).toEqual(['<testsuites skipped="0">']);
  expect(refused('<testsuite name="a" tests="1"/>')).toHaveLength(2);
  expect(refused('<testsuites><testcase name="a"/></testsuites>')).toEqual(['<testcase> in <testsuites>']);
});

function report(result: RunResult, ...thresholds: readonly string[]) {
  const root = parseXml(formatJUnit(result, checkThresholds(result, thresholds.map(parseThreshold))));
  expect(breaches(root)).toEqual([]);
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
