// What the server says about every login, refused ones too: one record on a diagnostics channel, for whoever listens.
import { channel } from 'node:diagnostics_channel';
import type { Endpoint } from '../../address.ts';

/** Subscribe with `diagnostics_channel.subscribe(LOGIN_CHANNEL, (record) => …)`. */
export const LOGIN_CHANNEL = 'port20:login';

export interface SessionIds {
  /** The server's number within its process: `FtpServer.id`. */
  readonly server: number;
  /** The control connection's number within its process. */
  readonly session: number;
  readonly local: Endpoint;
  readonly peer: Endpoint;
}

export interface LoginRecord extends SessionIds {
  readonly pid: number;
  /** The user that was let in; of a refused login what the client called itself. Made readable. */
  readonly user: string;
  readonly outcome: LoginOutcome;
}

export type LoginOutcome =
  | { readonly kind: 'accepted' }
  /** Why, for the operator: the client is not told whether there is such a user. */
  | { readonly kind: 'refused'; readonly reason: string };

const logins = channel(LOGIN_CHANNEL);

export function publishLogin(record: Omit<LoginRecord, 'pid'>): void {
  if (logins.hasSubscribers) logins.publish({ ...record, pid: process.pid });
}

/** Enough of a name to know it again, and no way to fill the disk. */
const NAME_CHARACTERS = 64;

/** For people: decoded, and without characters that would hide or turn what stands beside them (\p{C}: bidi among them). */
export function readableName(username: string): string {
  const text = Buffer.from(username, 'latin1').toString('utf8');
  return [...text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '?')].slice(0, NAME_CHARACTERS).join('');
}
