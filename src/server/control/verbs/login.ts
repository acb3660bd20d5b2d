// USER and PASS. ftp-srv's own handlers refuse every USER after the first, and answer a refusal at once.
import type { Command } from '../../../ftp/command-line.ts';
import { Refusal } from '../../refusal.ts';
import type { Session } from '../session.ts';
import type { Verb } from '../verb.ts';

export const LOGIN_VERBS: Readonly<Record<string, Verb<Session>>> = {
  USER: { run: runUser, syntax: '<name>', needsArgument: true, beforeLogin: true },
  PASS: { run: runPass, syntax: '[<password>]', beforeLogin: true },
};

/** RFC 959 §4.1.1: USER may change the user at any point. */
async function runUser(session: Session, { argument }: Command): Promise<void> {
  requireTls(session);
  session.nameUser(argument);
  // As ever: the one name that everybody knows to need no password.
  if (argument === 'anonymous' && session.context.logins.isOpenTo(argument)) await session.logIn('');
  else session.reply(331, 'Username okay, awaiting password.');
}

/** Also without a password, which anonymous users send. */
async function runPass(session: Session, { argument }: Command): Promise<void> {
  if (session.loggedIn) return session.reply(202, 'Logged in already.');
  requireTls(session);
  if (session.connection.username === undefined) throw new Refusal(503, 'Send USER first.');
  await session.logIn(argument);
}

/** RFC 4217 §4: before a name or a password is said, not after. */
function requireTls({ tls }: Session): void {
  if (tls.required && !tls.on)
    throw new Refusal(530, 'Nobody logs in without TLS here: send AUTH TLS first.');
}
