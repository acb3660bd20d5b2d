// Commands about the session itself that ftp-srv has not, or answers wrongly.

import type { Command } from '../../../ftp/command-line.ts';
import { formatFactChoice, parseFacts } from '../../../ftp/facts.ts';
import { Refusal } from '../../refusal.ts';
import type { Session } from '../session.ts';
import type { Verb } from '../verb.ts';

export const SESSION_VERBS: Readonly<Record<string, Verb<Session>>> = {
  QUIT: { run: (session) => session.end(221, 'Goodbye.'), beforeLogin: true },
  REIN: { run: runRein, beforeLogin: true },
  // RFC 959 §4.1.1: for servers on which a user has several accounts.
  ACCT: {
    run: (session) => session.reply(202, 'No account is needed.'),
    syntax: '<account>',
    needsArgument: true,
    beforeLogin: true,
  },
  // RFC 959 §4.1.3: with no transfer in progress (or with one that has just been ended) the reply is 226.
  ABOR: { run: (session) => session.reply(226, 'No transfer in progress.'), beforeLogin: true },
  CLNT: { run: runClnt, syntax: '<name of the client>', needsArgument: true, beforeLogin: true },
  FEAT: { run: runFeat, beforeLogin: true },
  // Before the login too: Windows' ftp.exe and basic-ftp say UTF8 ON first of all.
  OPTS: {
    run: runOpts,
    syntax: '(UTF8 ON | MLST [<fact>;...])',
    needsArgument: true,
    beforeLogin: true,
  },
};

/** RFC 959 §4.1.1: in its turn, so that a transfer in progress is completed. */
function runRein(session: Session): void {
  session.reinitialize();
  session.reply(220, 'Ready for a new user.');
}

function runClnt(session: Session, { argument }: Command): void {
  session.context.log.debug({ session: session.id, client: argument }, 'client named');
  session.reply(200, 'Noted.');
}

/** RFC 2389 §3.2: a feature a line, each behind one space, which is how clients tell it from the lines around. */
function runFeat(session: Session): void {
  const features = [
    ...(session.tls.offered ? ['AUTH TLS'] : []),
    'CLNT',
    'EPRT',
    'EPSV',
    'MDTM',
    ...(mayUpload(session) ? ['MFMT'] : []),
    `MLST ${formatFactChoice(session.facts)}`,
    ...(session.tls.offered ? ['PBSZ', 'PROT'] : []),
    'REST STREAM',
    'SIZE',
    'TVFS',
    'UTF8',
  ];
  session.reply(211, ['Features:', ...features.map((feature) => ` ${feature}`), 'End.']);
}

/** Before the login, whether anybody may: lftp asks that early, and once. */
function mayUpload({ user, context }: Session): boolean {
  return user === undefined ? context.logins.takesUploads : user.may.upload;
}

/** RFC 2389 §4: 501 for what there is not, and for what an option cannot be. */
function runOpts(session: Session, { argument }: Command): void {
  const [name = '', ...rest] = argument.trim().split(/ +/);
  const setting = rest.join(' ').toUpperCase();
  switch (name.toUpperCase()) {
    case 'UTF8':
    case 'UTF-8':
      if (setting !== 'ON') throw new Refusal(501, 'UTF8 is ON, and cannot be anything else.');
      session.reply(200, 'UTF8 is on.');
      break;
    case 'MLST':
      session.facts = parseFacts(setting);
      // RFC 3659 §7.9: the reply tells what is on from now on.
      session.reply(200, `MLST OPTS ${session.facts.map((fact) => `${fact};`).join('')}`.trimEnd());
      break;
    default:
      throw new Refusal(501, `No option '${name}'.`);
  }
}
