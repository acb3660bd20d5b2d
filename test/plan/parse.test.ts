// Plans: the shipped ones are valid, what is printed reads back, and every key means what it says.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BINDER_NAMES } from '../../src/binder/types.ts';
import { contestantsOf } from '../../src/plan/contestants.ts';
import { formatPlan, parsePlan } from '../../src/plan/parse.ts';
import type { Scenario } from '../../src/plan/types.ts';
import { blocksForHolm } from '../../src/stats/holm.ts';
import { PLANS } from './plans.ts';

const SHIPPED = new URL('../../fixtures/plans/', import.meta.url);

describe('shipped plans', () => {
  it.each(readdirSync(SHIPPED))('%s is valid', (name) => {
    const plan = parsePlan(readFileSync(new URL(name, SHIPPED), 'utf8'), name);
    expect(plan.name).toBe(name.replace('.yaml', ''));
    // Enough for all its comparisons, unless it makes no claim about differences: one block of each, or one row.
    const comparisons = contestantsOf(plan).length - 1;
    if (plan.blocks > 1 && comparisons > 0)
      expect(plan.blocks).toBeGreaterThanOrEqual(blocksForHolm(comparisons));
  });

  it('the default plan holds a whole schedule a block, enough blocks for its claims, and some ten seconds of load', () => {
    const plan = parsePlan(readFileSync(new URL('quick.yaml', SHIPPED), 'utf8'));
    const [scenario] = plan.scenarios;
    expect(plan.binders).toEqual(['legacy', 'legacy-bsd', 'reuse-port']);
    expect(scenario?.durationMs).toBeGreaterThan(55 * plan.timeUnitMs);
    expect((scenario?.durationMs ?? 0) * plan.binders.length * plan.blocks).toBeLessThan(10_000);
  });

  it('the long one holds several whole schedules a block and takes at most two minutes', () => {
    const plan = parsePlan(readFileSync(new URL('friedberg.yaml', SHIPPED), 'utf8'));
    const loadMs =
      plan.scenarios.reduce((sum, { durationMs }) => sum + durationMs, 0) * plan.binders.length * plan.blocks;
    expect(loadMs).toBeLessThan(120_000);
    for (const { durationMs } of plan.scenarios) expect(durationMs).toBeGreaterThan(3 * 55 * plan.timeUnitMs);
    expect(plan.binders).toEqual(BINDER_NAMES);
  });
});

describe('formatPlan', () => {
  it('prints what reads back as the same plan', () => {
    fc.assert(fc.property(PLANS, (plan) => expect(parsePlan(formatPlan(plan))).toEqual(plan)));
  });
});

describe('a plan', () => {
  it('of one named scenario is enough', () => {
    expect(parsePlan('scenarios: [{ name: a }]')).toEqual({
      ...{ abortOn: [], abortAfter: 2 },
      ...{ formatVersion: 1, name: 'unnamed', seed: 1, binders: BINDER_NAMES, peers: [], targets: [] },
      ...{
        blocks: 8,
        until: 'blocks',
        maxTimeMs: 0,
        restMs: 0,
        workers: 2,
        generators: 1,
        onSaturation: 'default',
        baseline: 'legacy-bsd',
      },
      ...{
        userPi: 'basic-ftp',
        requireDataPort: false,
        retry: 'default',
        timeUnitMs: 1000,
        timeoutMs: 10_000,
      },
      scenarios: [
        {
          ...{ name: 'a', sessions: 16, durationMs: 2000, warmUpMs: 0, transfers: 0, bindToConnectMs: 0 },
          workload: {
            kind: 'closed',
            thinkTime: { kind: 'fixed', ms: 0 },
            stages: [{ durationMs: 2000, from: 16, to: 16 }],
          },
          mix: [{ value: 'retr', weight: 1 }],
          fileSize: { kind: 'fixed', bytes: 4096 },
          ...{ clientAddresses: 'each', clientPort: 'fresh', announce: 'auto', login: 'once', tls: 'off' },
          network: 'none',
        },
      ],
    });
  });

  it('says how long, how often and by which clients', () => {
    const yaml = `
      until: conclusive
      maxTime: 10m
      rest: 61s
      userPi: lean
      requireDataPort: true
      scenarios: [{ name: a }]`;
    expect(parsePlan(yaml)).toMatchObject({
      ...{ until: 'conclusive', maxTimeMs: 600_000, restMs: 61_000, userPi: 'lean', requireDataPort: true },
    });
  });

  it('one number is a schedule of one wait', () => {
    expect(parsePlan('retry: 3\nscenarios: [{ name: a }]').retry).toEqual([3]);
  });
});

describe('a workload', () => {
  it('closed, with think time, at one level', () => {
    expect(scenarioFrom('thinkTime: exponential(20ms), sessions: 4, duration: 3s')).toMatchObject({
      durationMs: 3000,
      workload: {
        kind: 'closed',
        thinkTime: { kind: 'exponential', meanMs: 20 },
        stages: [{ durationMs: 3000, from: 4, to: 4 }],
      },
    });
  });

  it('closed, in stages of sessions', () => {
    const stages =
      '[{ duration: 1s, rampTo: 8 }, { duration: 2s, sessions: 8 }, { duration: 500ms, rampTo: 2 }]';
    const { workload, durationMs } = scenarioFrom(`sessions: 8, stages: ${stages}`);
    expect(durationMs).toBe(3500);
    expect(workload).toMatchObject({
      stages: [
        { durationMs: 1000, from: 0, to: 8 },
        { durationMs: 2000, from: 8, to: 8 },
        { durationMs: 500, from: 8, to: 2 },
      ],
    });
  });

  it('open, at one rate: Poisson arrivals unless asked otherwise', () => {
    expect(scenarioFrom('workload: open, rate: 2.5, duration: 4s').workload).toEqual({
      ...{ kind: 'open', arrivals: 'poisson', stages: [{ durationMs: 4000, from: 2.5, to: 2.5 }] },
    });
    expect(scenarioFrom('workload: open, arrivals: constant, rate: 100').workload).toMatchObject({
      ...{ arrivals: 'constant', stages: [{ durationMs: 2000, from: 100, to: 100 }] },
    });
  });

  it('open, in stages of arrivals a second', () => {
    const stages = '[{ duration: 1s, rate: 100 }, { duration: 1s, rampTo: 400 }, { duration: 1s, rate: 50 }]';
    expect(scenarioFrom(`workload: open, stages: ${stages}`)).toMatchObject({
      durationMs: 3000,
      workload: {
        stages: [
          { from: 100, to: 100 },
          { from: 100, to: 400 },
          { from: 50, to: 50 },
        ],
      },
    });
  });

  it('bursts: one transfer a session unless asked otherwise', () => {
    expect(scenarioFrom('workload: bursts, every: 500ms, sessions: 9').workload).toEqual({
      ...{ kind: 'bursts', everyMs: 500, size: 9 },
    });
    expect(scenarioFrom('workload: bursts, every: 1s, burst: 4').workload).toMatchObject({ size: 4 });
  });
});

describe('transfers', () => {
  it('of several kinds, by weight, as keys or as text', () => {
    const mix = [
      { value: 'retr', weight: 8 },
      { value: 'stor', weight: 1.5 },
      { value: 'list', weight: 0.5 },
    ];
    expect(scenarioFrom('mix: { retr: 8, stor: 1.5, list: 0.5 }').mix).toEqual(mix);
    expect(scenarioFrom('mix: "retr:8, stor:1.5, list:0.5"').mix).toEqual(mix);
    expect(scenarioFrom('direction: stor').mix).toEqual([{ value: 'stor', weight: 1 }]);
  });

  it('of sizes by weight, or lognormal', () => {
    expect(scenarioFrom('fileSize: 10').fileSize).toEqual({ kind: 'fixed', bytes: 10 });
    expect(scenarioFrom('fileSize: "4KiB:9,1MiB:1"').fileSize).toMatchObject({ kind: 'choice' });
    expect(scenarioFrom('fileSize: "lognormal(4KiB, 1.5, 1MiB)"').fileSize).toEqual({
      ...{ kind: 'lognormal', medianBytes: 4096, sigma: 1.5, maxBytes: 1_048_576 },
    });
  });

  it('behind a router, as the flag and the printed plan say it', () => {
    expect(scenarioFrom('network: firewall-port-20')).toMatchObject({ network: 'firewall-port-20' });
    const plan = parsePlan('scenarios: [{ name: a, network: lossy }]');
    expect(formatPlan(plan)).toMatch(/network: lossy/);
    expect(parsePlan(formatPlan(plan))).toEqual(plan);
  });

  it('of clients that share addresses, keep a port, say EPRT and log in each time', () => {
    const keys = 'clientAddresses: 2, clientPort: sticky, announce: EPRT, login: each, warmUp: 500ms';
    expect(scenarioFrom(keys)).toMatchObject({
      ...{ clientAddresses: 2, clientPort: 'sticky', announce: 'EPRT', login: 'each', warmUpMs: 500 },
    });
  });
});

describe('strategies', () => {
  const namesIn = (yaml: string) =>
    contestantsOf(parsePlan(`${yaml}\nscenarios: [{ name: a }]`)).map(({ name }) => name);

  it('what is named twice runs twice', () => {
    expect(namesIn('binders: [legacy-bsd, legacy-bsd, reuse-port]\nbaseline: legacy-bsd#2')).toEqual([
      ...['legacy-bsd', 'legacy-bsd#2', 'reuse-port'],
    ]);
  });

  it('peers and targets alone are no plan for the built-in server', () => {
    expect(namesIn('peers: [vsftpd, vsftpd]\ntargets: [ftp://u@127.0.0.1:2121/a]')).toEqual([
      ...['vsftpd', 'vsftpd#2', '127.0.0.1:2121'],
    ]);
    expect(namesIn('peers: [vsftpd]\nbinders: [legacy-bsd]')).toEqual(['legacy-bsd', 'vsftpd']);
  });

  it('the baseline is the hack under the BSD rule where it is run, and the first one otherwise', () => {
    const baselineOf = (yaml: string) => parsePlan(`${yaml}\nscenarios: [{ name: a }]`).baseline;
    expect(baselineOf('binders: [reuse-port, legacy-bsd]')).toBe('legacy-bsd');
    expect(baselineOf('binders: [reuse-port, legacy]')).toBe('reuse-port');
    expect(baselineOf('peers: [pure-ftpd, vsftpd]')).toBe('pure-ftpd');
  });

  it('the same server twice by two URLs', () => {
    expect(namesIn('targets: ["ftp://127.0.0.1:2121/a", "ftp://u@127.0.0.1:2121/b"]')).toEqual([
      ...['127.0.0.1:2121', '127.0.0.1:2121#2'],
    ]);
  });
});

/** From the keys of a scenario in YAML's flow form. */
function scenarioFrom(keys: string): Scenario {
  return parsePlan(`scenarios: [{ name: a, ${keys} }]`).scenarios[0] as Scenario;
}
