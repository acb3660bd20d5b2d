// Who may log in: the question that is put to whatever knows the users, and the answer for anonymous ones.
import { EVERYTHING, NOTHING, type User } from './user.ts';

export interface LoginRequest {
  /** As the client sent it: a byte string, one character for each byte. */
  readonly username: string;
  /** Likewise. In no log, and in no error. */
  readonly password: string;
  /** Of the client. */
  readonly address: string;
}

/** Undefined for whoever may not log in. What it throws refuses the login as well, and is logged. */
export type Authenticate = (request: LoginRequest) => User | undefined | Promise<User | undefined>;

const ANONYMOUS = ['anonymous', 'ftp'];

/** Anonymous users alone, with any password; they may change everything or nothing. */
export function anonymousOnly(write: boolean): Authenticate {
  const may = write ? EVERYTHING : NOTHING;
  return ({ username }) => {
    const name = username.toLowerCase();
    return ANONYMOUS.includes(name) ? { name, may } : undefined;
  };
}
