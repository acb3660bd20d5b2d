// What a binder is: the way the server-DTP gets the local address of a data connection.
import type { Socket } from 'node:net';
import type { Endpoint } from '../address.ts';

export const BINDER_NAMES = [
  'legacy',
  'legacy-bsd',
  'reuse-addr',
  'reuse-port',
  'reuse-both',
  'ephemeral',
] as const;
export type BinderName = (typeof BINDER_NAMES)[number];

/** Friedberg's cure: what a server binds by unless it is told otherwise. */
export const DEFAULT_BINDER: BinderName = 'reuse-port';

/**
 * For how long a bound socket keeps others of its kind from binding: through the transfer and the TIME_WAIT that the
 * server's end of it leaves (Linux's rule without a socket option), from bind to connect (4.4BSD's rule), or never.
 */
export type PortHold = 'through-time-wait' | 'until-connect' | 'never';

/**
 * A local address that is taken and not yet connected. The caller owns it until `connect` is called and must
 * `close` it on every other path; `close` is safe to call at any time and does nothing after `connect`.
 */
export interface BoundSocket {
  /** The address as getsockname(2) gave it; port 0 for `ephemeral` until it is connected. */
  readonly local: Endpoint;
  /** bind(2) calls that it took, the successful one included. */
  readonly bindCalls: number;
  /** Time slept between the calls. */
  readonly waitedMs: number;
  /**
   * Connects from `local` and hands the connection over as a paused `net.Socket` that its new owner must destroy.
   * @throws DataConnectionError with phase `connect` (or `bind`, where the platform binds only now)
   */
  connect(remote: Endpoint, signal?: AbortSignal): Promise<Socket>;
  close(): void;
}

export interface Binder {
  readonly name: BinderName;
  /** The waits between bind calls, in milliseconds; empty when a failed bind is final. */
  readonly waitsMs: readonly WaitRange[];
  /**
   * Takes `local`, waiting by the retry schedule while it is in use. Never blocks the event loop.
   * @throws DataConnectionError with phase `bind`; its code is `ABORTED` when `signal` ended the wait
   */
  bind(local: Endpoint, signal?: AbortSignal): Promise<BoundSocket>;
}

/** A wait of `min` to `max` milliseconds, drawn anew each time; most schedules have `min === max`. */
export interface WaitRange {
  readonly minMs: number;
  readonly maxMs: number;
}

export const RETRY_PRESETS = ['bsd', 'proftpd', 'vsftpd', 'none'] as const;
export type RetryPreset = (typeof RETRY_PRESETS)[number];
/** A preset by name, or the waits between binds in schedule seconds: `[1, 2, 3]` is four binds. */
export type RetrySetting = RetryPreset | readonly number[];
