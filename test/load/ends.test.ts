// How transfers of a load end: what was sent is checked, what was lost is told, and what the run ends is cancelled.
import { afterEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/clock.ts';
import { contentOf } from '../../src/load/content.ts';
import { prepareLoad } from '../../src/load/load.ts';
import { USER_PIS } from '../../src/plan/types.ts';
import type { Attempt } from '../../src/result/attempt.ts';
import { closeAll, deferred, responder } from '../client/harness.ts';
import type { Script } from '../client/responder.ts';
import { sending } from '../client/user-pis.ts';
import { loadOn, outcomesOf, ran, SEED, servingFiles } from './loading.ts';

afterEach(closeAll);

const FILE = contentOf(SEED, 10);
const ONE = { sessions: 1, transfers: 1, duration: '1h' };

describe.each(USER_PIS)('%s: the content', (userPi) => {
  const outcomeOf = async (sent: Buffer) => {
    const { endpoint } = await responder({ RETR: sending(sent) });
    const [attempt] = (await ran(loadOn(endpoint, ONE, { userPi }))).attempts;
    return { outcome: attempt?.outcome, bytes: attempt?.bytes, replyCode: attempt?.replyCode };
  };

  it('as it should be completes', async () => {
    expect(await outcomeOf(FILE)).toEqual({ outcome: { kind: 'completed' }, bytes: 10, replyCode: 226 });
  });

  it.each([
    ['nothing', FILE.subarray(0, 0)],
    ['the first bytes', FILE.subarray(0, 9)],
    ['fewer and other bytes', Buffer.from('other')],
  ])('%s is truncated, although the server said 226', async (_, sent) => {
    expect(await outcomeOf(sent)).toEqual({
      outcome: { kind: 'truncated' },
      bytes: sent.length,
      replyCode: 226,
    });
  });

  it.each([
    ['as many other bytes', Buffer.alloc(10)],
    ['more bytes', Buffer.concat([FILE, FILE])],
  ])('%s is corrupted', async (_, sent) => {
    expect(await outcomeOf(sent)).toEqual({
      outcome: { kind: 'corrupted' },
      bytes: sent.length,
      replyCode: 226,
    });
  });

  it("of a listing is the server's affair", async () => {
    const { endpoint } = await responder({ LIST: sending('whatever\r\n') });
    const { attempts } = await ran(loadOn(endpoint, { ...ONE, direction: 'list' }, { userPi }));
    expect(attempts).toMatchObject([{ command: 'LIST', bytes: 10, outcome: { kind: 'completed' } }]);
  });
});

describe('a failure', () => {
  it('is what the server replied, and the session goes on', async () => {
    const { endpoint, commands } = await responder({ RETR: ({ reply }) => reply('550 no such file') });
    const { attempts } = await ran(loadOn(endpoint, { ...ONE, transfers: 3 }));
    expect(attempts.map(({ outcome }) => outcome)).toEqual(
      new Array(3).fill({ kind: 'ftp-reply', replyCode: 550 }),
    );
    expect(commands.filter((command) => command.startsWith('USER'))).toHaveLength(1);
  });

  it('is a data connection from another port than the data port, where that is asked for', async () => {
    const { endpoint } = await responder({ RETR: sending(FILE) });
    const { attempts } = await ran(loadOn(endpoint, ONE, { requireDataPort: true }));
    expect(attempts).toMatchObject([{ outcome: { kind: 'wrong-source' } }]);
    await servingFiles({}, async ({ address }) => {
      expect(outcomesOf(await ran(loadOn(address, ONE, { requireDataPort: true })))).toEqual(['completed']);
    });
  });

  it('of the control connection costs one transfer: the session logs in again', async () => {
    const { endpoint } = await responder({ RETR: dyingFirst() });
    const { attempts, warnings } = await ran(loadOn(endpoint, { ...ONE, transfers: 3 }));
    expect(attempts.map(({ outcome }) => outcome.kind)).toEqual(['socket-error', 'completed', 'completed']);
    expect(attempts[0]?.outcome).toMatchObject({ phase: 'control' });
    expect(warnings).toEqual([]);
  });

  it('of that login loses the session, which is told', async () => {
    let logins = 0;
    const USER: Script = ({ reply }) => reply(logins++ === 0 ? '331 password' : '421 too many of you');
    const { endpoint } = await responder({ USER, RETR: ({ control }) => void control.destroy() });
    const { attempts, warnings } = await ran(loadOn(endpoint, { ...ONE, transfers: 3 }));
    expect(attempts).toHaveLength(1);
    expect(warnings).toEqual([{ id: 'sessions-lost', sessions: 1, reason: expect.stringMatching(/421/) }]);
  });
});

describe('a login that is refused', () => {
  const USER: Script = ({ reply }) => reply('530 not you');

  it('ends the block before it begins', async () => {
    const { endpoint } = await responder({ USER });
    await expect(prepareLoad(loadOn(endpoint, ONE))).rejects.toThrow(/^session could not log in: .*530/);
  });

  it.each(USER_PIS)('is told in one line, however many the reply has, by %s', async (userPi) => {
    const { endpoint } = await responder({ USER: ({ reply }) => reply('530-not', ' you', '530 ever') });
    const refused = prepareLoad(loadOn(endpoint, ONE, { userPi }));
    await expect(refused).rejects.toThrow(/^session could not log in: .*: 530-not you 530 ever$/);
  });

  it.each(USER_PIS)('is the end of a transfer where each logs in, by %s', async (userPi) => {
    const { endpoint } = await responder({ USER });
    const keys = { ...ONE, transfers: 3, login: 'each' };
    const { attempts } = await ran(loadOn(endpoint, keys, { userPi }));
    expect(attempts.map(({ outcome }) => outcome)).toEqual(
      new Array(3).fill({ kind: 'ftp-reply', replyCode: 530 }),
    );
    for (const { session, startedAtMs, endedAtMs, local } of attempts) {
      expect({ session, local }).toEqual({ session: 0, local: undefined });
      expect(endedAtMs).toBeGreaterThan(startedAtMs);
    }
  });
});

describe('stop', () => {
  /** A server that sends nothing until it is told to, and a load on it of which every session has asked. */
  async function waitingLoad(keys: Readonly<Record<string, unknown>>) {
    const asked = deferred();
    const go = deferred();
    let turns = 0;
    const RETR: Script = async (turn) => {
      if (++turns === 2) asked.resolve();
      await go.promise;
      await sending(FILE)(turn);
    };
    const { endpoint } = await responder({ RETR });
    const load = await prepareLoad(loadOn(endpoint, { sessions: 2, duration: '1h', ...keys }));
    const attempts: Attempt[] = [];
    const running = load.run(systemClock.nowMs(), (attempt) => attempts.push(attempt));
    await asked.promise;
    return { load, running, attempts, go: () => go.resolve() };
  }

  it.each([{}, { workload: 'open', arrivals: 'constant', rate: 1000 }])(
    'with no grace cancels what runs and starts nothing new: %j',
    async (keys) => {
      const { load, running, attempts } = await waitingLoad(keys);
      load.stop(0);
      await running;
      const started = attempts.filter(({ outcome }) => outcome.kind !== 'dropped');
      expect(outcomesOf({ attempts: started })).toEqual(['cancelled', 'cancelled']);
    },
  );

  it('lets what runs end within the grace', async () => {
    const { load, running, attempts, go } = await waitingLoad({});
    load.stop(60_000);
    go();
    await running;
    expect(outcomesOf({ attempts })).toEqual(['completed', 'completed']);
  });

  it('ends a pause for thought at once, and a wait for the next arrival', async () => {
    await servingFiles({}, async ({ address }) => {
      for (const keys of [{ thinkTime: '1h' }, { workload: 'open', stages: LATE }]) {
        const load = await prepareLoad(loadOn(address, { sessions: 2, ...keys }));
        const running = load.run(systemClock.nowMs(), () => {});
        load.stop(60_000);
        await running;
      }
    });
  });
});

/** The first arrival is due after an hour. */
const LATE = [
  { duration: '1h', rate: 0 },
  { duration: '1s', rate: 1000 },
];

it('tells what it cost its generator', async () => {
  await servingFiles({}, async ({ address }) => {
    const load = await prepareLoad(loadOn(address, { sessions: 2, transfers: 20, duration: '1h' }));
    const { generator } = await load.run(systemClock.nowMs(), () => {});
    expect(generator.cpuShare).toBeGreaterThan(0);
    expect(generator.cpuShare).toBeLessThan(1.5);
    expect(generator.descriptors).toBeGreaterThan(0);
    for (const value of Object.values(generator)) expect(value === null || value >= 0).toBe(true);
  });
});

/** Drops the control connection on the first transfer. */
function dyingFirst(): Script {
  let turns = 0;
  return (turn) => (turns++ === 0 ? void turn.control.destroy() : sending(FILE)(turn));
}
