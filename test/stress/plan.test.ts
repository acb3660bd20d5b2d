// Plans: the shipped ones are valid, what is printed reads back, and each mistake is named with its way out.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BINDER_NAMES, RETRY_PRESETS } from '../../src/binder/types.ts';
import { UsageError } from '../../src/errors.ts';
import { formatPlan, parsePlan } from '../../src/stress/plan.ts';
import { DIRECTIONS, type Plan } from '../../src/stress/types.ts';

const PLANS = new URL('../../fixtures/plans/', import.meta.url);

describe('shipped plans', () => {
  it.each(readdirSync(PLANS))('%s is valid', (name) => {
    const plan = parsePlan(readFileSync(new URL(name, PLANS), 'utf8'), name);
    expect(plan.name).toBe(name.replace('.yaml', ''));
    expect(plan.blocks).toBeGreaterThanOrEqual(8); // fewer cannot support five claims
  });

  it('the default plan holds several whole schedules a block and takes at most two minutes', () => {
    const plan = parsePlan(readFileSync(new URL('friedberg.yaml', PLANS), 'utf8'));
    const loadMs =
      plan.scenarios.reduce((sum, { durationMs }) => sum + durationMs, 0) * plan.binders.length * plan.blocks;
    expect(loadMs).toBeLessThan(120_000);
    for (const { durationMs } of plan.scenarios) expect(durationMs).toBeGreaterThan(3 * 55 * plan.timeUnitMs);
    expect(plan.binders).toEqual(BINDER_NAMES);
  });
});

describe('formatPlan', () => {
  const scenario = fc.record({
    name: fc.stringMatching(/^[a-z][a-z0-9.-]{0,9}$/),
    sessions: fc.integer({ min: 8, max: 500 }),
    direction: fc.constantFrom(...DIRECTIONS),
    fileSizeBytes: fc.nat(1024 ** 3),
    durationMs: fc.integer({ min: 1, max: 1e6 }),
    transfers: fc.nat(1e6),
    bindToConnectMs: fc.nat(99),
  });
  const plans: fc.Arbitrary<Plan> = fc.record({
    formatVersion: fc.constant(1 as const),
    name: fc.string({ minLength: 1 }),
    seed: fc.nat(2 ** 31),
    binders: fc.constant([...BINDER_NAMES]),
    scenarios: fc.uniqueArray(scenario, { minLength: 1, maxLength: 3, selector: ({ name }) => name }),
    blocks: fc.integer({ min: 1, max: 1000 }),
    workers: fc.integer({ min: 1, max: 8 }),
    generators: fc.integer({ min: 1, max: 8 }),
    retry: fc.oneof(
      fc.constantFrom('default' as const, ...RETRY_PRESETS),
      fc.array(fc.nat(60), { minLength: 1, maxLength: 5 }),
    ),
    timeUnitMs: fc.integer({ min: 1, max: 1000 }),
    timeoutMs: fc.integer({ min: 100, max: 60_000 }),
    baseline: fc.constantFrom(...BINDER_NAMES),
  });

  it('prints what reads back as the same plan', () => {
    fc.assert(fc.property(plans, (plan) => expect(parsePlan(formatPlan(plan))).toEqual(plan)));
  });
});

describe('mistakes', () => {
  const MINIMAL = 'scenarios: [{ name: a }]\n';

  it('a plan of one named scenario is enough', () => {
    expect(parsePlan(MINIMAL)).toMatchObject({
      blocks: 8,
      baseline: 'legacy-bsd',
      timeUnitMs: 1000,
      retry: 'default',
    });
  });

  it.each([
    [
      'binders: [reuse-prot]',
      /^plan: binders\.0: unknown binder 'reuse-prot' \(did you mean 'reuse-port'\?\)/,
    ],
    ['blokcs: 3', /^plan: unknown key 'blokcs' \(did you mean 'blocks'\?\)$/],
    ['blocks: 0', /^plan: blocks: .*>=1/],
    ['blocks: many', /^plan: blocks: /],
    ['binders: reuse-port', /^plan: binders: expected a list such as \[legacy, reuse-port\]$/],
    ['retry: [3000000]', /^plan: .*longer than 2147483647 ms/],
    ['timeUnit: 0ms', /^plan: timeUnit: must be more than 0ms$/],
    ['timeUnit: quick', /^plan: timeUnit: 'quick' is not a duration such as/],
    ['retry: bds', /^plan: retry: unknown retry schedule 'bds': use bsd/],
    ['retry: [1, -2]', /^plan: retry: /],
    ['binders: [legacy, legacy]', /^plan: binders: each may be named once$/],
    [
      'binders: [legacy]\nbaseline: reuse-port',
      /^plan: baseline 'reuse-port' is not among the binders \(legacy\)/,
    ],
    [
      'generators: 20',
      /^plan: scenario 'a': 16 sessions cannot be shared by 20 generators: lower generators$/,
    ],
    ['workers: 20', /^plan: scenario 'a': 16 sessions cannot occupy 20 workers: lower workers$/],
    ['formatVersion: 2', /^plan: formatVersion: /],
  ])('%s', (line, message) => {
    const parsing = () => parsePlan(`${MINIMAL}${line}\n`);
    expect(parsing).toThrow(UsageError);
    expect(parsing).toThrow(message);
    expect(parsing).toThrow(/^[^\n]+$/);
  });

  it('one number is a schedule of one wait', () => {
    expect(parsePlan(`${MINIMAL}retry: 3\n`).retry).toEqual([3]);
  });

  it.each([
    ['scenarios: []', /scenarios: /],
    [
      'scenarios: [{ name: a, sesions: 2 }]',
      /scenarios\.0: unknown key 'sesions' \(did you mean 'sessions'\?\)/,
    ],
    ['scenarios: [{ name: a }, { name: a }]', /two scenarios are called 'a'/],
    ['scenarios: [{ name: a, duration: 0ms }]', /duration must be more than 0ms/],
    [
      'scenarios: [{ name: a, bindToConnect: 20s }]',
      /bindToConnect 20s is not shorter than the timeout of 10s/,
    ],
    ['scenarios: [{ name: a, direction: up }]', /unknown direction 'up'.*use retr, stor, list/],
    ['scenarios: [{ name: a, fileSize: 2GiB }]', /at most 1GiB/],
    ['just text', /plan: /],
    ['{', /not YAML/],
    ['', /plan: /],
  ])('%s', (yaml, message) => {
    const parsing = () => parsePlan(yaml);
    expect(parsing).toThrow(UsageError);
    expect(parsing).toThrow(message);
    expect(parsing).toThrow(/^[^\n]+$/);
  });
});
