// The logins of one session: each looked at when it may be, refused after a fixed time, and counted by user as long as it lasts.
import { errorCodeOf } from '../../errors.ts';
import type { ServerContext } from '../context.ts';
import type { SessionFileSystem } from '../files/file-system.ts';
import { LoginRefused } from '../users/login.ts';
import type { Attempt } from '../users/login-ledger.ts';
import type { User } from '../users/user.ts';
import { publishLogin, type SessionIds } from './login-record.ts';
import { RefusedLogins } from './refused-logins.ts';

export type LoginResult =
  | { readonly kind: 'accepted'; readonly user: User; readonly files: SessionFileSystem }
  /** With 421 the session ends. */
  | { readonly kind: 'refused'; readonly replyCode: 421 | 530; readonly text: string };

/** Why a login is refused: what the client hears, and what the operator reads. */
interface Refused {
  readonly replyCode: 421 | 530;
  readonly text: string;
  readonly reason: string;
  /** Whether it was a guess: the password was not the user's. */
  readonly guessed?: boolean;
}

type Decision = Refused | (LoginResult & { readonly kind: 'accepted' });

export class SessionLogin {
  readonly #context: ServerContext;
  readonly #session: SessionIds;
  readonly #refused: RefusedLogins;
  readonly #signal: AbortSignal;
  #uncount = () => {};

  /** @param signal aborted when the session ends */
  constructor(context: ServerContext, session: SessionIds, signal: AbortSignal) {
    this.#context = context;
    this.#session = session;
    this.#refused = new RefusedLogins(context, session);
    this.#signal = signal;
  }

  /** Rejects with the signal's reason when the session ends before. @param password byte string, in no log */
  async attempt(username: string, password: string): Promise<LoginResult> {
    this.leave();
    const { logins, clock } = this.#context;
    const attempt = { address: this.#session.peer.address, username };
    const waitMs = logins.isOpenTo(username) ? 0 : await logins.ledger.waitMs(attempt);
    this.#signal.throwIfAborted();
    if (waitMs === undefined) return this.#refuse(username, TOO_MANY_GUESSES);
    if (waitMs > 0) await clock.sleep(waitMs, this.#signal);
    const startedAtMs = clock.nowMs();
    const decision = await this.#decide(attempt, password);
    if (!('reason' in decision)) return this.#accept(decision);
    if (decision.guessed) logins.ledger.failed(attempt);
    const result = this.#refuse(username, decision);
    // RFC 2577 §5 and §7: guessing must take time, and the time must not tell whether there is such a user.
    const leftMs = logins.refusalMs - (clock.nowMs() - startedAtMs);
    if (leftMs > 0) await clock.sleep(leftMs, this.#signal);
    return result;
  }

  /** The session is no longer one of its user's. May be called again. */
  leave(): void {
    this.#uncount();
    this.#uncount = () => {};
  }

  async #decide(attempt: Attempt, password: string): Promise<Decision> {
    const user = await this.#userOf(attempt, password);
    if ('reason' in user) return user;
    const uncount = await this.#context.logins.ledger.enter(user.name, user.maxSessions);
    if (uncount === undefined) return tooManySessions(user);
    this.#uncount = uncount;
    // Who is gone meanwhile has left before it entered.
    if (this.#signal.aborted) this.leave();
    this.#signal.throwIfAborted();
    const opened = this.#open(user);
    if ('reason' in opened) this.leave();
    return opened;
  }

  async #userOf({ address, username }: Attempt, password: string): Promise<User | Refused> {
    const { local } = this.#session;
    const signal = this.#signal;
    const request = { username, password, address, localAddress: local.address, signal };
    try {
      const user = await orAborted(this.#context.logins.authenticate(request), signal);
      return user ?? incorrect('not known');
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof LoginRefused) return incorrect(error.message);
      this.#context.log.error({ err: error, session: this.#session.session }, 'a login could not be checked');
      return { ...incorrect('could not be checked'), guessed: false };
    }
  }

  #open(user: User): Decision {
    try {
      const { server, session, peer } = this.#session;
      const files = this.#context.logins.openFiles(user, { server, session, peer, user: user.name });
      return { kind: 'accepted', user, files };
    } catch (error) {
      return {
        replyCode: 530,
        text: 'Your folder cannot be opened, the operator has to see to it.',
        reason: `folder '${user.root}' cannot be opened: ${errorCodeOf(error)}`,
      };
    }
  }

  #accept(accepted: LoginResult & { readonly kind: 'accepted' }): LoginResult {
    publishLogin({ ...this.#session, user: accepted.user.name, outcome: { kind: 'accepted' } });
    return accepted;
  }

  #refuse(username: string, { replyCode, text, reason }: Refused): LoginResult {
    const last = this.#refused.add(username, reason);
    if (last && replyCode === 530)
      return { kind: 'refused', replyCode: 421, text: 'Too many failed logins.' };
    return { kind: 'refused', replyCode, text };
  }
}

const TOO_MANY_GUESSES: Refused = {
  replyCode: 421,
  text: 'Too many failed logins from your address, try again later.',
  reason: 'too many failed logins from this address',
};

function incorrect(reason: string): Refused {
  return { replyCode: 530, text: 'Login incorrect.', reason, guessed: true };
}

/**
 * Said only to who knows the password: else it would tell that there is such a user. 421 as in Pure-FTPd, for a client
 * takes 530 for a wrong password and does not try again (RFC 959 §4.2.1: 5yz is for good).
 */
function tooManySessions({ maxSessions }: User): Refused {
  return {
    replyCode: 421,
    text: `Too many sessions of this user (${maxSessions}), try again later.`,
    reason: `has ${maxSessions} sessions already`,
  };
}

/** Rejects with the signal's reason as soon as it aborts, whatever becomes of the work. */
async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
