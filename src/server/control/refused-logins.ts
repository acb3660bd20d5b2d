// What a refused login leaves behind: a record, and after a few of them the end of the session (RFC 2577 §5).
import type { ServerContext } from '../context.ts';
import { publishLogin, readableName, type SessionIds } from './login-record.ts';

export class RefusedLogins {
  readonly #context: Pick<ServerContext, 'maxLoginAttempts'>;
  readonly #session: SessionIds;
  #count = 0;

  /** @param session whose logins they are */
  constructor(context: Pick<ServerContext, 'maxLoginAttempts'>, session: SessionIds) {
    this.#context = context;
    this.#session = session;
  }

  /**
   * @param username as the client sent it, a byte string. @param reason for the operator; the client hears less
   * @returns whether this was the last one that the session may have
   */
  add(username: string, reason: string): boolean {
    const { maxLoginAttempts } = this.#context;
    this.#count++;
    const user = readableName(username);
    publishLogin({ ...this.#session, user, outcome: { kind: 'refused', reason } });
    return this.#count >= maxLoginAttempts;
  }
}
