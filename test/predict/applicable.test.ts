// Which formulas speak of a load: each one only where its assumptions hold.
import { expect, it } from '@jest/globals';
import { applicableFormulas } from '../../src/predict/applicable.ts';
import type { Contention } from '../../src/predict/forecast.ts';
import { BSD } from './loads.ts';

const STAGES = [{ durationMs: 300_000, from: 18, to: 18 }];
const POISSON = {
  workload: { kind: 'open', arrivals: 'poisson', stages: STAGES },
  sessions: 100,
  durationMs: 300_000,
} as const;
const CLOSED = {
  workload: { kind: 'closed', thinkTime: { kind: 'fixed', ms: 0 }, stages: STAGES },
  sessions: 100,
  durationMs: 300_000,
} as const;
const BURSTS = {
  workload: { kind: 'bursts', everyMs: 60_000, size: 100 },
  sessions: 100,
  durationMs: 300_000,
} as const;

/** 5 400 transfers of 50 ms: a = .9. */
const CONTENTION: Contention = { transfers: 5400, dropped: 0, holdMs: 50, overMs: 300_000, offeredLoad: 0.9 };

const names = (...args: Parameters<typeof applicableFormulas>) =>
  applicableFormulas(...args).map(({ name }) => name);

it('random arrivals and one bind: a / (1 + a)', () => {
  const [first] = applicableFormulas(POISSON, CONTENTION, []);
  expect(first?.name).toBe('one-try');
  expect(first?.failureRate).toBeCloseTo(0.9 / 1.9, 12);
});

it('sessions that follow their own transfers do not arrive at random', () => {
  expect(names(CLOSED, CONTENTION, [])).toEqual(['bound']);
  expect(names(CLOSED, CONTENTION, BSD)).toEqual(['spread-tries', 'bound', 'fair-queue']);
});

it('holds that outlast the waits: no spread tries', () => {
  expect(names(POISSON, { ...CONTENTION, holdMs: 6000 }, BSD)).toEqual(['bound', 'fair-queue']);
});

it('bursts that have the port to themselves: lockstep', () => {
  expect(applicableFormulas(BURSTS, CONTENTION, BSD)).toEqual([
    { name: 'lockstep', failureRate: expect.closeTo(0.89, 12) },
  ]);
  expect(names({ ...BURSTS, workload: { ...BURSTS.workload, everyMs: 1000 } }, CONTENTION, BSD)).toEqual([]);
  expect(names(BURSTS, CONTENTION, [{ minMs: 1000, maxMs: 2000 }])).toEqual([]);
});

it('a hold that outlasts the load: the first one has it all', () => {
  const held = { ...CONTENTION, holdMs: 400_000, transfers: 65 };
  expect(applicableFormulas(CLOSED, held, BSD)).toEqual([{ name: 'first-hold', failureRate: 1 - 1 / 65 }]);
});

it('no long run, no formula', () => {
  expect(names({ ...POISSON, durationMs: 100_000 }, { ...CONTENTION, overMs: 100_000 }, BSD)).toEqual([]);
});
