// How the next data connection comes to be (active or passive), and the active way: bind, hold, connect.
import type { Socket } from 'node:net';
import type { Endpoint } from '../../address.ts';
import type { Binder, BinderName, BoundSocket } from '../../binder/types.ts';
import type { Clock } from '../../clock.ts';
import { DataConnectionError } from '../../errors.ts';
import type { Cancellation } from './cancellation.ts';
import type { Measurement } from './measurement.ts';

/** A client that does not take the connection within this time does not get it. */
export const CONNECT_TIMEOUT_MS = 30_000;

export interface DataChannel {
  readonly binder: BinderName | 'passive';
  readonly local: Endpoint;
  readonly remote: Endpoint;
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
  /** What PORT or EPRT said. */
  readonly remote: Endpoint;
  readonly bindToConnectMs: number;
  readonly connectTimeoutMs?: number;
}

/** RFC 959 §3.2: nothing is bound or connected before the transfer command, so one PORT serves many transfers. */
export function activeChannel(channel: ActiveChannel): DataChannel {
  const { binder, local, remote } = channel;
  return {
    binder: binder.name,
    local,
    remote,
    open: (measured, cancellation) => openActive(channel, measured, cancellation),
    close() {},
  };
}

async function openActive(
  channel: ActiveChannel,
  measured: Measurement,
  cancellation: Cancellation,
): Promise<Socket> {
  const { binder, local } = channel;
  const bound = await cancellation.whileBinding(() => binder.bind(local, cancellation.signal));
  measured.bound(bound);
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
  const timer = setTimeout(
    () => cancellation.cancel(TOO_LATE),
    channel.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
  );
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
