// What a refused login costs its session: a record, time, and after a few of them the session (RFC 2577 §5).
import type { ServerContext } from '../context.ts';
import { publishLogin, readableName, type SessionIds } from './login-record.ts';

export class RefusedLogins {
  readonly #context: Pick<ServerContext, 'clock' | 'loginDelayMs' | 'maxLoginAttempts'>;
  readonly #session: SessionIds;
  #count = 0;

  /** @param session whose logins they are */
  constructor(
    context: Pick<ServerContext, 'clock' | 'loginDelayMs' | 'maxLoginAttempts'>,
    session: SessionIds,
  ) {
    this.#context = context;
    this.#session = session;
  }

  /**
   * To be called before the client hears of a refusal; resolves when it may, or when `signal` aborts.
   * @param username as the client sent it, a byte string. @param reason what the client is told
   * @returns whether this was the last one that the session may have
   */
  async add(username: string, reason: string, signal: AbortSignal): Promise<boolean> {
    const { clock, loginDelayMs, maxLoginAttempts } = this.#context;
    this.#count++;
    const user = readableName(username);
    publishLogin({ ...this.#session, user, outcome: { kind: 'refused', reason } });
    if (loginDelayMs > 0) await clock.sleep(loginDelayMs, signal).catch(() => {}); // it ends early for that alone
    return this.#count >= maxLoginAttempts;
  }
}
