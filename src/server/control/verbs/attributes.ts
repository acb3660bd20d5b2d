// What changes a file but not its content: MFMT, and SITE CHMOD; with SITE HELP, which tells of it.
import type { Command } from '../../../ftp/command-line.ts';
import { parseChmod } from '../../../ftp/parameters.ts';
import { formatTimeValue, parseTimeValue } from '../../../ftp/time-value.ts';
import { Refusal } from '../../refusal.ts';
import type { Session } from '../session.ts';
import type { Verb } from '../verb.ts';

export const ATTRIBUTE_VERBS: Readonly<Record<string, Verb<Session>>> = {
  MFMT: { run: runMfmt, syntax: '<YYYYMMDDHHMMSS> <path>', needsArgument: true },
  SITE: { run: runSite, syntax: '(CHMOD <mode> <path> | HELP)', needsArgument: true },
};

/** draft-somers-ftp-mfxx §3: the reply tells the time that was set, as a fact. */
async function runMfmt(session: Session, { argument }: Command): Promise<void> {
  const [time = '', path = ''] = splitOnce(argument);
  const modifiedAtMs = parseTimeValue(time);
  if (modifiedAtMs === undefined || path === '')
    throw new Refusal(501, 'MFMT needs a time, YYYYMMDDHHMMSS, and a path.');
  await session.files.setModified(path, modifiedAtMs);
  session.reply(213, `Modify=${formatTimeValue(modifiedAtMs)}; ${path}`);
}

async function runSite(session: Session, { argument }: Command): Promise<void> {
  const [command = '', rest = ''] = splitOnce(argument);
  switch (command.toUpperCase()) {
    case 'CHMOD':
      return runChmod(session, rest);
    case 'HELP':
      return session.reply(214, ['SITE commands:', ' CHMOD <mode> <path>', ' HELP', 'End.']);
    default:
      throw new Refusal(504, `No SITE ${command}: SITE HELP tells what there is.`);
  }
}

async function runChmod(session: Session, argument: string): Promise<void> {
  const asked = parseChmod(argument);
  if (asked === undefined)
    throw new Refusal(501, 'SITE CHMOD needs a mode of three octal digits and a path.');
  await session.files.chmod(asked.path, asked.mode);
  session.reply(200, 'Mode changed.');
}

/** Verbatim behind the first space: names may begin with one. */
function splitOnce(text: string): readonly string[] {
  const space = text.indexOf(' ');
  return space === -1 ? [text] : [text.slice(0, space), text.slice(space + 1)];
}
