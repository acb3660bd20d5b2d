// The load of one generator: transfers as the schedule has them, each reported as an attempt when it ends.
import { setMaxListeners } from 'node:events';
import { LoginError } from '../client/login.ts';
import type { ClientSession, TransferReport } from '../client/types.ts';
import { COMMANDS } from '../client/user-pi.ts';
import { systemClock } from '../clock.ts';
import type { Attempt } from '../result/attempt.ts';
import type { Outcome } from '../result/outcome.ts';
import type { BlockWarning } from '../result/types.ts';
import { contentOf, hashOf } from './content.ts';
import { watchGenerator } from './generator-watch.ts';
import { createInFlight } from './in-flight.ts';
import { type Due, pace } from './pacing.ts';
import { openPool, type SessionPool, type Slot } from './session-pool.ts';
import type { GeneratorReport, RemoteFile, StartedLoad } from './spec.ts';

export interface LoadResult {
  readonly generator: GeneratorReport;
  /** Sessions that were lost and could not log in again. */
  readonly lostSessions: number;
  readonly warnings: readonly BlockWarning[];
  /** How long after the common start it began: what a timer took. */
  readonly startedLateMs: number;
}

export interface Load {
  /**
   * Runs the load from `startMs` on and reports each attempt as it ends. Settles when none is in flight any more and
   * every session is closed.
   * @throws what a transfer or a login was first rejected with, such as a UsageError: that ends the load
   */
  run(startMs: number, onAttempt: (attempt: Attempt) => void): Promise<LoadResult>;
  /** Starts nothing new; what still runs after `graceMs` is cancelled. */
  stop(graceMs: number): void;
}

/** Logs every session in. @throws an Error that names the reason, when one cannot */
export async function prepareLoad(load: StartedLoad): Promise<Load> {
  return createLoad(load, await openPool(load));
}

function createLoad(load: StartedLoad, pool: SessionPool): Load {
  const inFlight = createInFlight(pool.slots.length, fail);
  const uploads = uploadContents(load);
  const stopping = new AbortController();
  setMaxListeners(0, stopping.signal); // every session that pauses listens to it
  let failure: { readonly error: unknown } | undefined;
  let offered = 0;

  async function run(startMs: number, onAttempt: (attempt: Attempt) => void): Promise<LoadResult> {
    // One that is stopped before its start has nothing to wait for.
    await systemClock.sleep(Math.max(0, startMs - systemClock.nowMs()), stopping.signal).catch(() => {});
    const startedLateMs = Math.max(0, systemClock.nowMs() - startMs);
    const watch = watchGenerator();
    await pace(load, pool.slots, startMs, {
      signal: stopping.signal,
      ended: () => stopping.signal.aborted || (load.transfers > 0 && offered >= load.transfers),
      transfer: (slot, due) => {
        offered++;
        return inFlight.run(() => transferOn(slot, due, onAttempt));
      },
      arrive: (due) => {
        offered++;
        if (inFlight.hasRoom) void inFlight.run(() => transferOnAny(due, onAttempt));
        else onAttempt({ ...untouched(due), outcome: { kind: 'dropped' } });
      },
    }).catch(fail);
    await inFlight.ended();
    const generator = watch.stop();
    pool.close();
    if (failure !== undefined) throw failure.error;
    return { generator, lostSessions: pool.lost.length, warnings: lostSessions(pool), startedLateMs };
  }

  /** What was not foreseen of a transfer is no outcome to count: the load ends, and the first reason is its own. */
  function fail(error: unknown): void {
    failure ??= { error };
    stopping.abort();
    pool.close();
  }

  async function transferOnAny(due: Due, onAttempt: (attempt: Attempt) => void): Promise<boolean> {
    const slot = pool.take();
    const usable = await transferOn(slot, due, onAttempt);
    if (usable) pool.give(slot);
    return usable;
  }

  async function transferOn(slot: Slot, due: Due, onAttempt: (attempt: Attempt) => void): Promise<boolean> {
    const usable = await transfer(slot, due, onAttempt);
    if (!usable) inFlight.loseOne();
    return usable;
  }

  async function transfer(slot: Slot, due: Due, onAttempt: (attempt: Attempt) => void): Promise<boolean> {
    const startedAtMs = systemClock.nowMs();
    let session: ClientSession;
    try {
      session = slot.session ?? (await pool.logIn(slot));
    } catch (error) {
      const endedAtMs = systemClock.nowMs();
      onAttempt({
        ...untouched(due),
        session: slot.number,
        startedAtMs,
        endedAtMs,
        outcome: loginOutcome(error),
      });
      return true;
    }
    const report = await session.transfer(requestOf(slot, due));
    const { error: _, ...seen } = report;
    const outcome = outcomeOf(due, report);
    onAttempt({
      index: due.index,
      session: slot.number,
      scheduledAtMs: due.atMs,
      ...seen,
      startedAtMs,
      outcome,
    });
    if (load.scenario.login === 'each') {
      session.close();
      slot.session = undefined;
      return true;
    }
    return session.usable || pool.replace(slot);
  }

  function requestOf({ number }: Slot, { direction, file }: Due) {
    if (direction === 'list') return { direction, path: load.listPath };
    if (direction === 'retr') return { direction, path: file.path };
    const path = `${load.uploadFolder}upload-${load.name}-${number}`;
    return { direction, path, content: uploads(file).content };
  }

  function outcomeOf({ direction, file }: Due, report: TransferReport): Outcome {
    if (report.error !== undefined) return pool.closed ? { kind: 'cancelled' } : report.error;
    if (direction === 'list') return { kind: 'completed' }; // a listing's bytes depend on the folder
    const expected = direction === 'stor' ? uploads(file).hash : file.hash;
    if (report.hash === expected) return { kind: 'completed' };
    return { kind: report.bytes < file.bytes ? 'truncated' : 'corrupted' };
  }

  function loginOutcome(error: unknown): Outcome {
    if (pool.closed) return { kind: 'cancelled' };
    if (error instanceof LoginError) return error.failure;
    throw error;
  }

  function stop(graceMs: number): void {
    stopping.abort();
    setTimeout(() => pool.close(), graceMs).unref();
  }

  return { run, stop };
}

/** One warning, however many there are. */
function lostSessions({ lost }: SessionPool): BlockWarning[] {
  const [first] = lost;
  return first === undefined ? [] : [{ id: 'sessions-lost', sessions: lost.length, reason: first.reason }];
}

/** An attempt of which nothing reached a server. */
function untouched({ index, atMs, direction }: Due): Omit<Attempt, 'outcome'> {
  const times = { scheduledAtMs: atMs, startedAtMs: atMs, endedAtMs: atMs };
  const nothing = { bytes: 0, hash: '', replyCode: undefined, local: undefined, remote: undefined };
  return { index, session: -1, command: COMMANDS[direction], ...times, ...nothing };
}

/** The bytes to send for a file's size, made when they are first needed: most loads send none. */
function uploadContents({ contentSeed }: StartedLoad) {
  const made = new Map<number, { content: Buffer; hash: string }>();
  return ({ bytes }: RemoteFile) => {
    const known = made.get(bytes);
    if (known !== undefined) return known;
    const content = contentOf(contentSeed, bytes);
    const upload = { content, hash: hashOf(content) };
    made.set(bytes, upload);
    return upload;
  };
}
