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
  session.nameUser(argument);
  // As ever: the one name that everybody knows to need no password.
  if (argument === 'anonymous' && session.context.logins.isOpenTo(argument)) await session.logIn('');
  else session.reply(331, 'Username okay, awaiting password.');
}

/** Also without a password, which anonymous users send. */
async function runPass(session: Session, { argument }: Command): Promise<void> {
  if (session.loggedIn) return session.reply(202, 'Logged in already.');
  if (session.connection.username === undefined) throw new Refusal(503, 'Send USER first.');
  await session.logIn(argument);
}
