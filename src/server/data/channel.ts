// How the next data connection comes to be (active or passive), and the active way: bind, hold, connect.
import type { Socket } from 'node:net';
import type { Endpoint } from '../../address.ts';
import type { Binder, BinderName, BoundSocket, WaitRange } from '../../binder/types.ts';
import type { Clock } from '../../clock.ts';
import { DataConnectionError } from '../../errors.ts';
import type { Cancellation } from './cancellation.ts';
import type { Measurement } from './measurement.ts';

export interface DataChannel {
  readonly binder: BinderName | 'passive';
  readonly local: Endpoint;
  readonly remote: Endpoint;
  /** What PORT or EPRT named, where that is another address than the one that is dialled. */
  readonly claimed?: Endpoint | undefined;
  /**
   * Makes the connection, telling `measured` of every phase. The socket is paused and half-open capable, and its
   * new owner must destroy it. @throws DataConnectionError; its code is `ABORTED` when `cancellation` ended it
   */
  open(measured: Measurement, cancellation: Cancellation): Promise<Socket>;
  /** Gives back what was taken for a connection that will not be made. */
  close(): void;
}

export interface ActiveChannel {
  readonly binder: Binder;
  readonly clock: Clock;
  /** The control connection's own address and the data port. */
  readonly local: Endpoint;
  /** Where it goes. */
  readonly remote: Endpoint;
  /** As of DataChannel. */
  readonly claimed?: Endpoint | undefined;
  readonly bindToConnectMs: number;
  /** A client that does not take the connection within this time does not get it. */
  readonly connectTimeoutMs: number;
  /** Waits between tries of a connect whose 4-tuple is in use. */
  readonly connectWaits: readonly WaitRange[];
}

/** RFC 959 §3.2: nothing is bound or connected before the transfer command, so one PORT serves many transfers. */
export function activeChannel(channel: ActiveChannel): DataChannel {
  const { binder, local, remote, claimed } = channel;
  return {
    binder: binder.name,
    local,
    remote,
    claimed,
    open: (measured, cancellation) => openActive(channel, measured, cancellation),
    close() {},
  };
}

async function openActive(
  channel: ActiveChannel,
  measured: Measurement,
  cancellation: Cancellation,
): Promise<Socket> {
  let spent: Spent = { bindCalls: 0, waitedMs: 0 };
  for (let tries = 0; ; tries++) {
    try {
      return await openOnce(channel, measured, cancellation, spent);
    } catch (error) {
      if (!(error instanceof DataConnectionError)) throw error;
      spent = sum(spent, error);
      const wait = channel.connectWaits[tries];
      if (wait === undefined || !isStillInUse(error)) {
        throw tries === 0 ? error : failureAfter(error, error.code, spent);
      }
      spent = sum(spent, { bindCalls: 0, waitedMs: await waited(error, wait, channel, cancellation, spent) });
      measured.enter('bind');
    }
  }
}

/** What all tries of a connection have cost. */
interface Spent {
  readonly bindCalls: number;
  readonly waitedMs: number;
}

function sum(one: Spent, other: Spent): Spent {
  return { bindCalls: one.bindCalls + other.bindCalls, waitedMs: one.waitedMs + other.waitedMs };
}

/**
 * Linux says EADDRNOTAVAIL for a 4-tuple that is alive, or in TIME_WAIT without TCP timestamps: a client that names one
 * port twice has not closed its end yet. The loops of BSD's descendants wait for EADDRINUSE alone, which it never says.
 */
function isStillInUse({ phase, code }: DataConnectionError): boolean {
  return phase === 'connect' && code === 'EADDRNOTAVAIL';
}

function failureAfter(last: DataConnectionError, errorCode: string, spent: Spent): DataConnectionError {
  const { phase, local, remote } = last;
  return new DataConnectionError({ phase, errorCode, local, remote, ...spent }, { cause: last.cause });
}

/** @returns milliseconds. @throws DataConnectionError `ABORTED` when the session ends the wait */
async function waited(
  failure: DataConnectionError,
  { minMs, maxMs }: WaitRange,
  { clock }: ActiveChannel,
  cancellation: Cancellation,
  spent: Spent,
): Promise<number> {
  const startedAtMs = clock.nowMs();
  const waitMs = minMs + (maxMs - minMs) * Math.random();
  try {
    await cancellation.whileBinding(() => clock.sleep(waitMs, cancellation.signal));
  } catch {
    const waitedMs = clock.nowMs() - startedAtMs;
    throw failureAfter(failure, 'ABORTED', sum(spent, { bindCalls: 0, waitedMs }));
  }
  return clock.nowMs() - startedAtMs;
}

async function openOnce(
  channel: ActiveChannel,
  measured: Measurement,
  cancellation: Cancellation,
  spent: Spent,
): Promise<Socket> {
  const { binder, local } = channel;
  const bound = await cancellation.whileBinding(() => binder.bind(local, cancellation.signal));
  measured.bound(sum(spent, bound));
  measured.enter('connect');
  if (channel.bindToConnectMs > 0) await hold(bound, channel, cancellation.signal);
  const connected = connectInTime(bound, channel, cancellation);
  // Node issues connect(2) on the next tick: until then the port is held, by the BSD rule too.
  process.nextTick(() => measured.connecting());
  return connected;
}

/** The window of the BSD rule, made longer: what a busy host does between bind(2) and connect(2). */
async function hold(bound: BoundSocket, channel: ActiveChannel, signal: AbortSignal): Promise<void> {
  try {
    await channel.clock.sleep(channel.bindToConnectMs, signal);
  } catch (cause) {
    bound.close();
    throw connectFailure('ABORTED', bound, channel, cause);
  }
}

const TOO_LATE = Symbol('connect timeout');

async function connectInTime(
  bound: BoundSocket,
  channel: ActiveChannel,
  cancellation: Cancellation,
): Promise<Socket> {
  const { signal } = cancellation;
  const timer = setTimeout(() => cancellation.cancel(TOO_LATE), channel.connectTimeoutMs);
  try {
    return await bound.connect(channel.remote, signal);
  } catch (error) {
    bound.close(); // whatever was thrown before there was a connection: the port and its guard are not kept
    throw signal.reason === TOO_LATE ? connectFailure('ETIMEDOUT', bound, channel, error) : error;
  } finally {
    clearTimeout(timer);
  }
}

function connectFailure(errorCode: string, bound: BoundSocket, channel: ActiveChannel, cause: unknown) {
  const { local, bindCalls, waitedMs } = bound;
  const failure = {
    phase: 'connect',
    errorCode,
    local,
    remote: channel.remote,
    bindCalls,
    waitedMs,
  } as const;
  return new DataConnectionError(failure, { cause });
}
