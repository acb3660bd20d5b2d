// A transfer that rejects, in every workload: the load ends with the first reason, and leaves no session and no rejection.
import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/clock.ts';
import { prepareLoad } from '../../src/load/load.ts';
import type { StartedLoad } from '../../src/load/spec.ts';
import { USER_PIS } from '../../src/plan/types.ts';
import type { Attempt } from '../../src/result/attempt.ts';
import { closeAll, rejection, responder } from '../client/harness.ts';
import type { Script, Scripts } from '../client/responder.ts';
import { type Keys, loadOn, outcomesOf } from './loading.ts';

const unhandled: unknown[] = [];
const keep = (reason: unknown) => void unhandled.push(reason);

beforeEach(() => {
  process.on('unhandledRejection', keep);
});

afterEach(async () => {
  await closeAll();
  await nextTurn(); // Node tells of them when the microtasks are done
  process.off('unhandledRejection', keep);
  expect(unhandled.splice(0)).toEqual([]);
});

const STAGES = [
  { duration: '10ms', sessions: 1 },
  { duration: '1h', sessions: 3 },
];
const HOUR = { duration: '1h' };
/** Each would last for an hour if nothing ended it. */
const WORKLOADS: readonly Keys[] = [
  { ...HOUR },
  { ...HOUR, thinkTime: '3ms' },
  { ...HOUR, thinkTime: 'exponential(3ms)' },
  { stages: STAGES },
  { ...HOUR, workload: 'open', rate: 300 },
  { ...HOUR, workload: 'open', rate: 300, arrivals: 'constant' },
  { ...HOUR, workload: 'bursts', every: '20ms', burst: 3 },
];
const LOGINS = ['once', 'each'] as const;
const CASES = WORKLOADS.flatMap((workload) => LOGINS.map((login) => ({ ...workload, login })));

interface Watched {
  readonly load: StartedLoad;
  /** Resolves once no client has a control connection any more. */
  closed(): Promise<void>;
}

/** A load whose server knows of each session that logs in whether it is still there. */
async function watched(
  keys: Keys,
  more: Partial<StartedLoad>,
  { address, scripts = {} }: { address?: string; scripts?: Scripts } = {},
): Promise<Watched> {
  const controls = new Set<Socket>();
  const USER: Script = ({ control, reply }) => {
    controls.add(control.once('close', () => controls.delete(control)));
    reply('331 password');
  };
  const { endpoint } = await responder({ USER, ...scripts }, address === undefined ? {} : { address });
  const load = loadOn(endpoint, keys, more);
  const sessions = load.sessions.map((one) => (address === undefined ? one : { ...one, address }));
  const closed = async () => {
    for (const control of controls) await gone(control);
  };
  return { load: { ...load, sessions }, closed };
}

function gone(control: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (control.closed) resolve();
    else control.once('close', () => resolve());
  });
}

/** What the load ends with. */
async function ended(load: StartedLoad, onAttempt: (attempt: Attempt) => void = () => {}): Promise<Error> {
  const prepared = await prepareLoad(load);
  return rejection(prepared.run(systemClock.nowMs(), onAttempt));
}

describe.each(USER_PIS)('PORT for IPv6, by %s', (userPi) => {
  it.each(CASES)('ends the load in order: %j', async (workload) => {
    for (const direction of ['retr', 'stor', 'list']) {
      const keys = { ...workload, sessions: 3, direction, announce: 'PORT' };
      const { load, closed } = await watched(keys, { userPi }, { address: '::1' });
      const attempts: Attempt[] = [];
      const { name, message } = await ended(load, (attempt) => attempts.push(attempt));
      expect({ name, message }).toEqual({
        name: 'UsageError',
        message: 'active mode: PORT cannot carry the IPv6 address ::1; use EPRT',
      });
      expect(attempts.filter(({ outcome }) => !['cancelled', 'dropped'].includes(outcome.kind))).toEqual([]);
      await closed();
    }
  });
});

describe.each(USER_PIS)('one transfer of several, by %s', (userPi) => {
  it.each(CASES)('cancels those that run, and waits for them: %j', async (workload) => {
    // Two are never answered; the third has an end that nobody can take.
    let turns = 0;
    const RETR: Script = ({ reply }) => (++turns === 3 ? void reply('550 no') : undefined);
    const { load, closed } = await watched({ ...workload, sessions: 3 }, { userPi }, { scripts: { RETR } });
    const attempts: Attempt[] = [];
    const error = await ended(load, (attempt) => {
      if (attempt.outcome.kind === 'ftp-reply') throw new Error('no room for it');
      if (attempt.outcome.kind !== 'dropped') attempts.push(attempt);
    });
    expect(error.message).toBe('no room for it');
    expect(outcomesOf({ attempts })).toEqual(['cancelled', 'cancelled']);
    await closed();
    expect(attempts).toHaveLength(2);
  });
});

it('a dropped arrival that nobody can take ends the load too, and what runs is cancelled', async () => {
  const keys = { ...HOUR, workload: 'open', arrivals: 'constant', rate: 500, sessions: 1 };
  const { load, closed } = await watched(keys, {}, { scripts: { RETR: () => {} } });
  const attempts: Attempt[] = [];
  const error = await ended(load, (attempt) => {
    if (attempt.outcome.kind === 'dropped') throw new Error('no room for it');
    attempts.push(attempt);
  });
  expect(error.message).toBe('no room for it');
  expect(outcomesOf({ attempts })).toEqual(['cancelled']);
  await closed();
});
