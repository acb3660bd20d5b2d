// One log line for every login: who, from where, and what became of it. No record of a login has a password.
import type { Logger } from 'pino';
import { LOGIN_CHANNEL, type LoginRecord } from '../control/login-record.ts';
import { follow } from './follow.ts';

/** `info`, or `warn` for one that is refused. @returns how to stop */
export function logLogins(log: Logger): () => void {
  return follow(LOGIN_CHANNEL, ({ server, session, user, peer, outcome }: LoginRecord) => {
    const fields = { server, session, user, peer: peer.address };
    if (outcome.kind === 'accepted') log.info(fields, 'login accepted');
    else log.warn({ ...fields, reason: outcome.reason }, 'login refused');
  });
}
