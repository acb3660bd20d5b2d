// Open workloads on real sockets: transfers start when the plan says, whether or not others have ended.
import { describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/clock.ts';
import { prepareLoad } from '../../src/load/load.ts';
import { arrivalTimes, seedOf } from '../../src/plan/draws.ts';
import type { Attempt } from '../../src/result/attempt.ts';
import { createRandom } from '../../src/stats/random.ts';
import { fileOf, type Keys, loadOn, outcomesOf, ran, SEED, scheduleOf, servingFiles } from './loading.ts';

describe('arrivals', () => {
  it('are those that the seed draws, and are scheduled when it says', async () => {
    await servingFiles({}, async ({ address }) => {
      const load = loadOn(address, { workload: 'open', rate: 200, duration: '100ms', sessions: 40 });
      const found = await ran(load);
      const { workload, durationMs } = load.scenario;
      const random = createRandom(seedOf(SEED, 'arrivals'));
      const due = [...arrivalTimes(workload, durationMs, random)];
      expect(due.length).toBeGreaterThan(10);
      expect(scheduleOf(found).map(({ atMs }) => atMs)).toEqual(due.map((ms) => expect.closeTo(ms, 2)));
      // A millisecond is the least that Node's timers wait.
      for (const { startedAtMs, scheduledAtMs } of found.attempts) {
        expect(startedAtMs).toBeGreaterThan(scheduledAtMs - 1);
      }
      expect(new Set(outcomesOf(found))).toEqual(new Set(['completed']));
    });
  });

  it('count from when they were due, however late they started', async () => {
    await servingFiles({}, async ({ address }) => {
      const keys = { workload: 'open', arrivals: 'constant', rate: 10, duration: '300ms', sessions: 3 };
      const { startMs, attempts } = await ran(loadOn(address, keys), { lateMs: 5000 });
      expect(attempts.map(({ scheduledAtMs }) => scheduledAtMs - startMs)).toEqual([0, 100, 200].map(near));
      for (const { scheduledAtMs, startedAtMs, endedAtMs } of attempts) {
        expect(startedAtMs - scheduledAtMs).toBeGreaterThanOrEqual(4800);
        expect(endedAtMs).toBeGreaterThan(startedAtMs);
      }
    });
  });

  it('that find every session busy are dropped, and are no transfers', async () => {
    // All are due already: none of those that start can end before the last has arrived.
    await servingFiles({}, async ({ address, recorded }) => {
      const keys = { workload: 'open', arrivals: 'constant', rate: 100, duration: '80ms', sessions: 2 };
      const found = await ran(loadOn(address, keys), { lateMs: 80 });
      expect(outcomesOf(found)).toEqual([...many(2, 'completed'), ...many(6, 'dropped')]);
      const dropped = found.attempts.at(-1);
      expect(dropped).toMatchObject({ index: 7, session: -1, command: 'RETR', bytes: 0 });
      expect([dropped?.startedAtMs, dropped?.endedAtMs]).toEqual(many(2, dropped?.scheduledAtMs));
      expect([dropped?.local, dropped?.remote]).toEqual([undefined, undefined]);
      expect(await recorded(2)).toHaveLength(2);
    });
  });

  it('a session is free again when its transfer has ended', async () => {
    await servingFiles({}, async ({ address }) => {
      const keys = { workload: 'open', arrivals: 'constant', rate: 100, duration: '1h', sessions: 1 };
      const load = await prepareLoad(loadOn(address, keys));
      const started: Attempt[] = [];
      await load.run(systemClock.nowMs(), (attempt) => {
        if (attempt.outcome.kind !== 'dropped') started.push(attempt);
        if (started.length === 2) load.stop(60_000);
      });
      expect(outcomesOf({ attempts: started })).toEqual(many(2, 'completed'));
      expect(started.map(({ session }) => session)).toEqual([0, 0]);
    });
  });

  it('of a ramp follow it', async () => {
    await servingFiles({}, async ({ address }) => {
      const stages = [
        { duration: '100ms', rampTo: 200 },
        { duration: '50ms', rate: 0 },
        { duration: '50ms', rate: 100 },
      ];
      const keys = { workload: 'open', arrivals: 'constant', sessions: 20, stages };
      // 10 of the ramp, at 0, √.1, √.2, … of it; then 5 of the last stage.
      const ramp = Array.from({ length: 10 }, (_, n) => Math.sqrt(n / 10) * 100);
      const due = [...ramp, 150, 160, 170, 180, 190];
      expect(scheduleOf(await ran(loadOn(address, keys))).map(({ atMs }) => atMs)).toEqual(due.map(near));
    });
  });
});

describe('bursts', () => {
  it('start their transfers in the same moment, again and again', async () => {
    await servingFiles({}, async ({ address }) => {
      const keys = { workload: 'bursts', every: '60ms', burst: 3, duration: '150ms', sessions: 9 };
      const found = await ran(loadOn(address, keys));
      const due = [0, 0, 0, 60, 60, 60, 120, 120, 120];
      expect(scheduleOf(found).map(({ atMs }) => atMs)).toEqual(due.map(near));
      expect(outcomesOf(found)).toEqual(many(9, 'completed'));
      expect(new Set(found.attempts.slice(0, 3).map(({ session }) => session)).size).toBe(3);
    });
  });

  it('drop what finds no session, burst by burst', async () => {
    await servingFiles({}, async ({ address }) => {
      const keys = { workload: 'bursts', every: '10ms', burst: 2, duration: '20ms', sessions: 3 };
      const found = await ran(loadOn(address, keys), { lateMs: 20 });
      expect(outcomesOf(found)).toEqual([...many(3, 'completed'), 'dropped']);
    });
  });

  it.each([2, 3])('shared by %d generators lose none, whatever their size', async (of) => {
    await servingFiles({}, async ({ address }) => {
      // Both bursts are due already, and a generator has twice the sessions of its part of one: all of them are needed.
      const keys = { workload: 'bursts', every: '400ms', burst: 5, sessions: 10, duration: '700ms' };
      const whole = loadOn(address, keys);
      const parts = Array.from({ length: of }, (_, index) => ({
        ...{ ...whole, share: { index, of }, name: `g${index}` },
        sessions: whole.sessions.filter(({ number }) => (number % 5) % of === index),
      }));
      const found = await Promise.all(parts.map((part) => ran(part, { lateMs: 700 })));
      const all = found.flatMap(({ attempts }) => attempts);
      expect(all.map(({ index }) => index).sort((a, b) => a - b)).toEqual(
        Array.from({ length: 10 }, (_, i) => i),
      );
      expect(outcomesOf({ attempts: all })).toEqual(many(10, 'completed'));
    });
  });
});

describe('one schedule', () => {
  const MIXED: Keys = {
    ...{ workload: 'open', rate: 300, duration: '100ms', sessions: 60, mix: 'retr:2,stor:1,list:1' },
  };
  const SIZES = [
    { value: fileOf(10), weight: 2 },
    { value: fileOf(5000), weight: 1 },
  ];

  it('is the same for every binder: indices, directions, sizes and times', async () => {
    const under = async (binder: 'reuse-port' | 'ephemeral') => {
      let seen: readonly object[] = [];
      await servingFiles(
        { binder },
        async ({ address }) => {
          const found = await ran(loadOn(address, MIXED, { files: SIZES }));
          const sizes = found.attempts.map(({ command, bytes }) => ({
            bytes: command === 'LIST' ? 0 : bytes,
          }));
          expect(new Set(outcomesOf(found))).toEqual(new Set(['completed']));
          seen = scheduleOf(found).map((one, i) => ({ ...one, ...sizes[i] }));
        },
        [10, 5000],
      );
      return seen;
    };
    const schedule = await under('reuse-port');
    expect(schedule.length).toBeGreaterThan(20);
    expect(new Set(schedule.map((one) => JSON.stringify(one).replace(/[\d.]+/g, ''))).size).toBe(3);
    expect(await under('ephemeral')).toEqual(schedule);
  });

  it('is divided by the generators, each arrival to one of them', async () => {
    await servingFiles({}, async ({ address }) => {
      const shareOf = async (index: number, of: number) => {
        return scheduleOf(await ran(loadOn(address, MIXED, { share: { index, of }, name: `g${index}` })));
      };
      const whole = await shareOf(0, 1);
      const parts = [await shareOf(0, 2), await shareOf(1, 2)];
      expect(parts.map((part) => part.map(({ index }) => index % 2))).toEqual(
        parts.map((part, i) => many(part.length, i)),
      );
      expect(parts.flat().sort((a, b) => a.index - b.index)).toEqual(whole);
    });
  });
});

function many<T>(count: number, value: T): T[] {
  return new Array<T>(count).fill(value);
}

/** As near as clocks since boot in milliseconds tell. */
function near(ms: number): unknown {
  return expect.closeTo(ms, 2);
}
