// What the server says about sessions: one record on a diagnostics channel as each begins, ends, or is refused.
import { channel } from 'node:diagnostics_channel';
import type { Endpoint } from '../../address.ts';
import type { SessionIds } from './login-record.ts';

/** Subscribe with `diagnostics_channel.subscribe(SESSION_CHANNEL, (record) => …)`. */
export const SESSION_CHANNEL = 'port20:session';

export type SessionRecord = SessionBegun | SessionEnded | SessionRefused;

export interface SessionBegun extends SessionIds {
  readonly kind: 'begun';
  readonly pid: number;
}

export interface SessionEnded extends SessionIds, SessionTraffic {
  readonly kind: 'ended';
  readonly pid: number;
  /** As it was logged in last; undefined for one that never was. */
  readonly user: string | undefined;
  readonly lastedMs: number;
  /** `QUIT`, `closed by the client`, an errno of the control connection, or what the client was told with its 421. */
  readonly reason: string;
}

/** A client that was greeted with 421. */
export interface SessionRefused {
  readonly kind: 'refused';
  readonly pid: number;
  /** `FtpServer.id`; 0 where no server had it yet, in the first of several processes. */
  readonly server: number;
  readonly peer: Endpoint;
  /** What the client was told. */
  readonly reason: string;
}

export interface SessionTraffic {
  /** Data connections that were tried. */
  readonly transfers: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

const sessions = channel(SESSION_CHANNEL);

/** Costs nothing while nobody listens, but for the sums. */
export class SessionAccount {
  readonly #ids: SessionIds;
  readonly #nowMs: () => number;
  readonly #begunAtMs: number;
  readonly #traffic = { transfers: 0, bytesIn: 0, bytesOut: 0 };
  #reason: string | undefined;

  constructor(ids: SessionIds, nowMs: () => number) {
    this.#ids = ids;
    this.#nowMs = nowMs;
    this.#begunAtMs = nowMs();
    publish(() => ({ ...ids, kind: 'begun', pid: process.pid }));
  }

  add(direction: 'in' | 'out', bytes: number): void {
    this.#traffic.transfers++;
    this.#traffic[direction === 'in' ? 'bytesIn' : 'bytesOut'] += bytes;
  }

  /** Why it ends: the first reason is the one. */
  endsBy(reason: string): void {
    this.#reason ??= reason;
  }

  ended(user: string | undefined): void {
    publish(() => ({
      ...this.#ids,
      ...this.#traffic,
      kind: 'ended',
      pid: process.pid,
      user,
      lastedMs: this.#nowMs() - this.#begunAtMs,
      reason: this.#reason ?? 'closed by the client',
    }));
  }
}

/** @param server see SessionRefused */
export function publishSessionRefused(server: number, peer: Endpoint, reason: string): void {
  publish(() => ({ kind: 'refused', pid: process.pid, server, peer, reason }));
}

function publish(make: () => SessionRecord): void {
  if (sessions.hasSubscribers) sessions.publish(make());
}
