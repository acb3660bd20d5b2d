// Closed workloads on real sockets: sessions one transfer after another, with pauses, in stages, and how they are run.
import { describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/clock.ts';
import { prepareLoad } from '../../src/load/load.ts';
import type { StartedLoad } from '../../src/load/spec.ts';
import { drawTimeMs, drawWeighted, seedOf } from '../../src/plan/draws.ts';
import { USER_PIS } from '../../src/plan/types.ts';
import type { DataConnectionRecord } from '../../src/server/data/record.ts';
import { createRandom } from '../../src/stats/random.ts';
import { fileOf, loadOn, outcomesOf, type Ran, ran, SEED, servingFiles } from './loading.ts';

describe('stages', () => {
  it('a session beyond the level never runs, and one within it from the level on', async () => {
    await servingFiles({}, async ({ address }) => {
      const stages = [
        { duration: '60ms', sessions: 1 },
        { duration: '60ms', sessions: 3 },
      ];
      const { startMs, attempts } = await ran(loadOn(address, { sessions: 4, stages, thinkTime: '10ms' }));
      expect(new Set(attempts.map(({ session }) => session))).toEqual(new Set([0, 1, 2]));
      for (const { session, scheduledAtMs } of attempts) {
        expect(scheduledAtMs - startMs).toBeGreaterThanOrEqual(session === 0 ? 9.99 : 59.99);
      }
      expect(firstOf(attempts, 0).scheduledAtMs - startMs).toBeCloseTo(10, 2);
      expect(firstOf(attempts, 2).scheduledAtMs - startMs).toBeCloseTo(60, 2);
    });
  });

  it('a session rests while the level is below it', async () => {
    await servingFiles({}, async ({ address }) => {
      const stages = [
        { duration: '40ms', sessions: 2 },
        { duration: '300ms', sessions: 1 },
        { duration: '1h', sessions: 2 },
      ];
      const load = await prepareLoad(loadOn(address, { sessions: 2, stages, thinkTime: '5ms' }));
      const startMs = systemClock.nowMs();
      const second: number[] = [];
      await load.run(startMs, ({ session, scheduledAtMs }) => {
        if (session === 1) second.push(scheduledAtMs - startMs);
        if ((second.at(-1) ?? 0) > 339.99) load.stop(60_000);
      });
      expect(second.filter((ms) => ms > 40 && ms < 339.99)).toEqual([]);
      expect(second[0]).toBeCloseTo(5, 2);
    });
  });
});

describe('think time', () => {
  it('comes before each transfer, the first one too, and counts from the end of the one before', async () => {
    await servingFiles({}, async ({ address }) => {
      const { startMs, attempts } = await ran(
        loadOn(address, { sessions: 3, thinkTime: '20ms', transfers: 9, duration: '1h' }),
      );
      for (const number of [0, 1, 2]) {
        const own = attempts.filter(({ session }) => session === number);
        expect(firstOf(own, number).scheduledAtMs - startMs).toBeCloseTo(20, 2);
        own.slice(1).forEach(({ scheduledAtMs }, i) => {
          expect(scheduledAtMs - (own[i]?.endedAtMs ?? 0)).toBeGreaterThanOrEqual(19.99);
        });
      }
    });
  });

  it('is drawn for each session by itself', async () => {
    await servingFiles({}, async ({ address }) => {
      const keys = { sessions: 4, thinkTime: 'exponential(20ms)', transfers: 4, duration: '1h' };
      const load = loadOn(address, keys);
      const { startMs, attempts } = await ran(load);
      for (const { session, scheduledAtMs } of attempts.filter(({ index }) => index < 4)) {
        const random = createRandom(seedOf(SEED, 'session', session));
        expect(scheduledAtMs - startMs).toBeCloseTo(
          drawTimeMs({ kind: 'exponential', meanMs: 20 }, random),
          2,
        );
      }
    });
  });
});

describe('transfers', () => {
  it('end at their limit, however many sessions there are', async () => {
    await servingFiles({}, async ({ address }) => {
      const found = await ran(loadOn(address, { sessions: 3, transfers: 7, duration: '1h' }));
      expect(outcomesOf(found)).toEqual(new Array(7).fill('completed'));
    });
  });

  it('are numbered as the plan has them: each number once', async () => {
    await servingFiles({}, async ({ address }) => {
      const { attempts } = await ran(loadOn(address, { sessions: 3, transfers: 10, duration: '1h' }));
      expect(new Set(attempts.map(({ index }) => index)).size).toBe(10);
      for (const { index, session } of attempts) expect(index % 3).toBe(session);
    });
  });

  it.each(USER_PIS)('of the kinds and sizes that the seed draws, by %s', async (userPi) => {
    const sizes = [10, 3000];
    const files = sizes.map((bytes, i) => ({ value: fileOf(bytes), weight: i + 1 }));
    const keys = { sessions: 1, mix: 'retr:2,stor:1,list:1', transfers: 24, duration: '1h' };
    await servingFiles(
      {},
      async ({ address }) => {
        const load = loadOn(address, keys, { files, userPi });
        const { attempts } = await ran(load);
        expect(outcomesOf({ attempts })).toEqual(new Array(24).fill('completed'));
        const drawn = drawnBy(load, 24);
        expect(attempts.map(({ command }) => command.toLowerCase())).toEqual(
          drawn.map(({ direction }) => direction),
        );
        for (const [i, { command, bytes, hash }] of attempts.entries()) {
          if (command !== 'LIST') expect({ bytes, hash }).toEqual(hashed(drawn[i]?.bytes ?? 0));
        }
        // 12, 6 and 6 are expected of 24.
        expect(countsOf(drawn.map(({ direction }) => direction))).toEqual({ retr: 12, stor: 5, list: 7 });
      },
      sizes,
    );
  });
});

describe('logging in', () => {
  const sessionsSeen = (records: readonly DataConnectionRecord[]) =>
    new Set(records.map(({ session }) => session));
  const KEYS = { sessions: 2, transfers: 6, duration: '1h' };

  it('once: every session keeps its control connection', async () => {
    await servingFiles({}, async ({ address, recorded }) => {
      await ran(loadOn(address, KEYS));
      expect(sessionsSeen(await recorded(6)).size).toBe(2);
    });
  });

  it.each(USER_PIS)(
    'each: every transfer has its own, and its time includes the login, by %s',
    async (userPi) => {
      await servingFiles({}, async ({ address, recorded }) => {
        const found = await ran(loadOn(address, { ...KEYS, login: 'each' }, { userPi }));
        expect(outcomesOf(found)).toEqual(new Array(6).fill('completed'));
        const records = await recorded(6);
        expect(sessionsSeen(records).size).toBe(6);
        const clientEnds = records.map(({ remote }) => remote.address);
        expect(new Set(clientEnds).size).toBe(2); // a session keeps its address
      });
    },
  );
});

describe('the client port, as the server saw it', () => {
  /** Uploads: the client closes first and keeps the TIME_WAIT, so that the server's 4-tuple is free again. */
  const remotesUnder = async (clientPort: string, userPi: StartedLoad['userPi']) => {
    let ports: number[][] = [];
    await servingFiles({}, async ({ address, recorded }) => {
      const keys = { sessions: 2, transfers: 8, duration: '1h', direction: 'stor', clientPort };
      const load = loadOn(address, keys, { userPi });
      const { attempts } = await ran(load);
      expect(attempts.map(({ outcome }) => outcome)).toEqual(new Array(8).fill({ kind: 'completed' }));
      const records = await recorded(8);
      ports = load.sessions.map(({ address: own }) =>
        records.filter(({ remote }) => remote.address === own).map(({ remote }) => remote.port),
      );
    });
    return ports;
  };

  it.each(USER_PIS)('fresh: another one for each transfer, by %s', async (userPi) => {
    // The kernel draws them, and may draw one again.
    for (const ports of await remotesUnder('fresh', userPi)) expect(new Set(ports).size).toBeGreaterThan(1);
  });

  it.each(USER_PIS)('sticky: one for the session, by %s', async (userPi) => {
    for (const ports of await remotesUnder('sticky', userPi)) expect(new Set(ports).size).toBe(1);
  });

  it.each(USER_PIS)('default: the same 4-tuple every time, by %s', async (userPi) => {
    for (const ports of await remotesUnder('default', userPi)) expect(new Set(ports).size).toBe(1);
  });
});

it('sessions that share an address are told apart all the same', async () => {
  await servingFiles({}, async ({ address, recorded }) => {
    const load = loadOn(address, { sessions: 4, transfers: 12, duration: '1h' });
    const [{ address: shared = '' } = {}] = load.sessions;
    const sessions = load.sessions.map(({ number }) => ({ number, address: shared }));
    const { attempts } = await ran({ ...load, sessions });
    const records = await recorded(12);
    expect(new Set(records.map(({ remote }) => remote.address))).toEqual(new Set([shared]));
    const ports = attempts.map(({ local }) => local?.port).sort();
    expect(ports).toEqual(records.map(({ remote }) => remote.port).sort());
    expect(new Set(ports).size).toBeGreaterThan(4); // another one each time, but for chance
  });
});

/** What a session that does not pause is to transfer, one after another. */
function drawnBy({ scenario, files }: StartedLoad, count: number) {
  const random = createRandom(seedOf(SEED, 'session', 0));
  return Array.from({ length: count }, () => {
    return { direction: drawWeighted(scenario.mix, random), bytes: drawWeighted(files, random).bytes };
  });
}

function hashed(size: number) {
  const { bytes, hash } = fileOf(size);
  return { bytes, hash };
}

function firstOf(attempts: Ran['attempts'], session: number): Ran['attempts'][number] {
  const found = attempts.find((one) => one.session === session);
  if (found === undefined) throw new Error(`session ${session} did not run`);
  return found;
}

function countsOf(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
