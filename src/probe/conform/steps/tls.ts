// Steps of the security extensions (RFC 2228, RFC 4217).
import type { Step } from '../case.ts';

/** The handshake, behind a 234. Any certificate will do: who the server is, is not asked here. */
export const handshake: Step = {
  sends: '(TLS handshake)',
  expects: 'TLS',
  async run(talk) {
    const { signal } = talk.scope;
    try {
      await talk.session.control.secure({ signal, timeoutMs: talk.patience.stepMs });
      return { verdict: 'conforms', seen: 'TLS' };
    } catch (error) {
      signal?.throwIfAborted();
      return { verdict: 'breaks', seen: `no TLS: ${(error as Error).message}` };
    }
  },
};

/** Logged in as in a case without TLS, though the greeting has been read. */
export const logInSecured: Step = {
  sends: 'USER {user}, PASS {password}',
  expects: '',
  async run(talk) {
    const { user, password } = talk.target;
    let reply = await talk.session.command(`USER ${user}`);
    if (reply?.replyCode === 331) reply = await talk.session.command(`PASS ${password}`);
    if (reply === undefined || reply.replyCode >= 300)
      return { verdict: 'not-run', seen: `the login over TLS → ${reply?.replyCode ?? 'no reply'}` };
    await talk.session.command('TYPE I');
    if (talk.place.folder !== undefined) await talk.session.command(`CWD ${talk.place.folder}`);
    return { verdict: 'conforms', seen: '' };
  },
};
