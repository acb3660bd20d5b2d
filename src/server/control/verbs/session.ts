// Commands about the session itself that ftp-srv has not, or answers wrongly.
import type { Command } from '../../../ftp/command-line.ts';
import { Refusal } from '../../refusal.ts';
import type { Session } from '../session.ts';
import type { Verb } from '../verb.ts';

const FEATURES = ['EPRT', 'EPSV', 'MDTM', 'MLST type*;size*;modify*;', 'REST STREAM', 'SIZE', 'TVFS', 'UTF8'];

export const SESSION_VERBS: Readonly<Record<string, Verb<Session>>> = {
  QUIT: { run: (session) => session.end(221, 'Goodbye.'), beforeLogin: true },
  // RFC 959 §4.1.3: with no transfer in progress (or with one that has just been ended) the reply is 226.
  ABOR: { run: (session) => session.reply(226, 'No transfer in progress.'), beforeLogin: true },
  FEAT: {
    run: (session) => session.reply(211, ['Features:', ...FEATURES.map((feature) => ` ${feature}`), 'End.']),
    beforeLogin: true,
  },
  TYPE: { run: runType, needsArgument: true },
  REST: { run: runRest, needsArgument: true },
};

/** ASCII is accepted and changes nothing, vsftpd's default too: SIZE and REST count the bytes that are stored. */
function runType(session: Session, { argument }: Command): void {
  if (!/^(?:[AI]( N)?|L 8)$/i.test(argument.trim())) throw new Refusal(504, 'TYPE is I, A or L 8.');
  session.reply(200, `TYPE is ${argument.trim().toUpperCase()}.`);
}

function runRest(session: Session, { argument }: Command): void {
  const bytes = /^\d{1,15}$/.test(argument.trim()) ? Number(argument) : undefined;
  if (bytes === undefined) throw new Refusal(501, 'REST needs a number of bytes.');
  session.restartBytes = bytes;
  session.reply(350, `Restarting at ${bytes}. Send STOR or RETR.`);
}
