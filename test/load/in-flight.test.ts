// How many transfers of a load are in flight, as the server sees them: one a session, and fewer once one is lost.
import { afterEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/clock.ts';
import { contentOf } from '../../src/load/content.ts';
import { prepareLoad } from '../../src/load/load.ts';
import { USER_PIS } from '../../src/plan/types.ts';
import type { Attempt } from '../../src/result/attempt.ts';
import { closeAll, deferred, responder } from '../client/harness.ts';
import type { Script, Scripts } from '../client/responder.ts';
import { sending } from '../client/user-pis.ts';
import { type Keys, loadOn, outcomesOf, ran, SEED } from './loading.ts';

afterEach(closeAll);

const SESSIONS = 3;
const HOUR = { duration: '1h', sessions: SESSIONS };
const CONSTANT = { ...HOUR, workload: 'open', arrivals: 'constant', rate: 200 };

/** A server that sends nothing until it is told to, and counts who waits. */
function holding() {
  const go = deferred();
  const seen = { now: 0, most: 0 };
  const asked = deferred();
  const RETR: Script = async (turn) => {
    seen.most = Math.max(seen.most, ++seen.now);
    if (seen.now === SESSIONS) asked.resolve();
    await go.promise;
    seen.now--;
    await sending(contentOf(SEED, 10))(turn);
  };
  return { RETR, seen, asked: asked.promise, go: () => go.resolve() };
}

describe.each(USER_PIS)('arrivals beyond the sessions, by %s', (userPi) => {
  it.each<Keys>([
    { ...CONSTANT, transfers: 40 },
    { ...CONSTANT, transfers: 40, login: 'each' },
    { ...CONSTANT, transfers: 40, arrivals: 'poisson' },
    { ...HOUR, transfers: 40, workload: 'bursts', every: '5ms', burst: 3 },
    { ...HOUR, transfers: 40, workload: 'bursts', every: '5ms', burst: 3, login: 'each' },
  ])('are dropped, and the sessions alone are in flight: %j', async (keys) => {
    const { RETR, seen, asked, go } = holding();
    const { endpoint } = await responder({ RETR });
    const load = await prepareLoad(loadOn(endpoint, keys, { userPi }));
    const attempts: Attempt[] = [];
    const running = load.run(systemClock.nowMs(), (attempt) => {
      attempts.push(attempt);
      // All others have arrived by then, and none has been sent a byte.
      if (attempts.length === 40 - SESSIONS) void asked.then(go);
    });
    await running;
    expect(seen).toEqual({ now: 0, most: SESSIONS });
    const count = (kind: string) => attempts.filter(({ outcome }) => outcome.kind === kind).length;
    expect([count('completed'), count('dropped')]).toEqual([SESSIONS, 40 - SESSIONS]);
    const indices = attempts.map(({ index }) => index).sort((a, b) => a - b);
    expect(indices).toEqual(Array.from({ length: 40 }, (_, index) => index));
  });
});

it.each(USER_PIS)('a closed load has all its sessions in flight and no more, by %s', async (userPi) => {
  const { RETR, seen, asked, go } = holding();
  const { endpoint } = await responder({ RETR });
  void asked.then(go);
  const found = await ran(loadOn(endpoint, { ...HOUR, transfers: 12 }, { userPi }));
  expect(outcomesOf(found)).toEqual(new Array(12).fill('completed'));
  expect(seen).toEqual({ now: 0, most: SESSIONS });
});

/** The first transfer costs its session, which is not let in again: `lost` resolves when the client has heard that. */
function losingOne(others: Script): { readonly scripts: Scripts; readonly lost: Promise<unknown> } {
  const lost = deferred();
  let dying = false;
  const USER: Script = ({ control, reply }) => {
    if (dying) control.once('close', () => lost.resolve());
    reply(dying ? '421 too many of you' : '331 password');
    dying = false;
  };
  let turns = 0;
  const RETR: Script = (turn) => {
    if (turns++ > 0) return others(turn);
    dying = true;
    turn.control.destroy();
  };
  return { scripts: { USER, RETR }, lost: lost.promise };
}

describe.each(USER_PIS)('a session that is lost, by %s', (userPi) => {
  it.each([1, 2, 3])('takes its place in an open load with it, of %d', async (sessions) => {
    const { RETR, seen, go } = holding();
    const { scripts, lost } = losingOne(RETR);
    const { endpoint } = await responder(scripts);
    const load = await prepareLoad(loadOn(endpoint, { ...CONSTANT, sessions }, { userPi }));
    const attempts: Attempt[] = [];
    let isLost = false;
    void lost.then(() => {
      isLost = true;
    });
    const { lostSessions, warnings } = await load.run(systemClock.nowMs(), (attempt) => {
      attempts.push(attempt);
      // The others are all taken, the lost one is not there: this one found no place.
      if (!isLost || attempt.outcome.kind !== 'dropped' || seen.now < sessions - 1) return;
      go();
      load.stop(60_000);
    });
    const started = attempts.filter(({ outcome }) => outcome.kind !== 'dropped');
    expect(outcomesOf({ attempts: started })).toEqual([
      'socket-error',
      ...new Array(sessions - 1).fill('completed'),
    ]);
    expect(seen).toEqual({ now: 0, most: sessions - 1 });
    expect(lostSessions).toBe(1);
    expect(warnings).toEqual([{ id: 'sessions-lost', sessions: 1, reason: expect.stringMatching(/421/) }]);
  });

  it('leaves the others of a closed load to go on', async () => {
    const { scripts } = losingOne(sending(contentOf(SEED, 10)));
    const { endpoint } = await responder(scripts);
    const { attempts } = await ran(loadOn(endpoint, { ...HOUR, transfers: 20 }, { userPi }));
    const outcomes = outcomesOf({ attempts }).sort();
    expect(outcomes).toEqual([...new Array(19).fill('completed'), 'socket-error']);
  });
});
