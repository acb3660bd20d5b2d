// Who may log in: the question that is put to whatever knows the users, and the answer for anonymous ones.
import { EVERYTHING, NOTHING, type User } from './user.ts';

export interface LoginRequest {
  /** As the client sent it: a byte string, one character for each byte. */
  readonly username: string;
  /** Likewise. In no log, and in no error. */
  readonly password: string;
  /** Of the client. */
  readonly address: string;
  /** The server's, which the client connected to. */
  readonly localAddress: string;
  /** Aborted when the session ends: nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/**
 * Undefined for whoever may not log in. What it throws refuses the login as well, and is logged; a `LoginRefused` says
 * no more than why.
 */
export type Authenticate = (request: LoginRequest) => User | undefined | Promise<User | undefined>;

/** A login that may not be, with the reason for the log: the client hears the same words whatever it is. */
export class LoginRefused extends Error {
  override readonly name = 'LoginRefused';
}

const ANONYMOUS = ['anonymous', 'ftp'];

export function isAnonymous(username: string): boolean {
  return ANONYMOUS.includes(username.toLowerCase());
}

/** Anonymous users alone, with any password; they may change everything or nothing. */
export function anonymousOnly(write: boolean): Authenticate {
  const may = write ? EVERYTHING : NOTHING;
  return ({ username }) => {
    if (isAnonymous(username)) return { name: username.toLowerCase(), may };
    throw new LoginRefused('no such user');
  };
}
