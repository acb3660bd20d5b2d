// What a refused login costs its session: a line in the log, time, and after a few of them the session (RFC 2577 §5).
import type { ServerContext } from '../context.ts';

/** Of a user's name in the log: enough to know it again, and no way to fill the disk. */
const NAME_CHARACTERS = 64;

export class RefusedLogins {
  readonly #context: Pick<ServerContext, 'clock' | 'log' | 'loginDelayMs' | 'maxLoginAttempts'>;
  readonly #session: { readonly session: number; readonly peer: string };
  #count = 0;

  /** @param session its number and the client's address, for the log */
  constructor(
    context: Pick<ServerContext, 'clock' | 'log' | 'loginDelayMs' | 'maxLoginAttempts'>,
    session: { readonly session: number; readonly peer: string },
  ) {
    this.#context = context;
    this.#session = session;
  }

  /**
   * To be called before the client hears of a refusal; resolves when it may, or when `signal` aborts.
   * @param username as the client sent it, a byte string. @returns whether this was the last one that the session may have
   */
  async add(username: string, signal: AbortSignal): Promise<boolean> {
    const { clock, log, loginDelayMs, maxLoginAttempts } = this.#context;
    this.#count++;
    log.warn({ ...this.#session, user: readable(username) }, 'login refused');
    if (loginDelayMs > 0) await clock.sleep(loginDelayMs, signal).catch(() => {}); // it ends early for that alone
    return this.#count >= maxLoginAttempts;
  }
}

/** For people: decoded, and without characters that would hide or turn what stands beside them (\p{C}: bidi among them). */
function readable(username: string): string {
  const text = Buffer.from(username, 'latin1').toString('utf8');
  return [...text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '?')].slice(0, NAME_CHARACTERS).join('');
}
