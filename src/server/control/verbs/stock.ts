// The commands that stay with ftp-srv's own handlers. Each was checked; what is not listed here is not reachable.
import type { Command } from '../../../ftp/command-line.ts';
import type { Session } from '../session.ts';
import type { Verb } from '../verb.ts';

const stock: Verb<Session> = { run: runStock };
const named: Verb<Session> = { run: runStock, syntax: '<path>', needsArgument: true, namesFile: true };

export const STOCK_VERBS: Readonly<Record<string, Verb<Session>>> = {
  NOOP: { run: runStock, beforeLogin: true },
  SYST: { run: runStock, beforeLogin: true },
  CWD: named,
  XCWD: named,
  CDUP: stock,
  XCUP: stock,
  PWD: stock,
  XPWD: stock,
  MKD: named,
  XMKD: named,
  RMD: { run: runRmd, needsArgument: true, namesFile: true },
  XRMD: { run: runRmd, needsArgument: true, namesFile: true },
  DELE: named,
  RNFR: { run: runRnfr, syntax: '<path>', needsArgument: true, namesFile: true },
  RNTO: named,
  MDTM: named,
};

async function runStock(session: Session, { verb, argument }: Command): Promise<void> {
  // Parsed by us: ftp-srv's own parser takes quotes and options out of file names.
  const arg = argument === '' ? null : argument;
  await session.connection.commands.handle({ directive: verb, arg, flags: [], raw: verb });
}

/** The stock handler takes RMD for DELE. */
async function runRmd(session: Session, { argument }: Command): Promise<void> {
  await session.files.removeFolder(argument);
  session.reply(250, 'Folder removed.');
}

/** The stock handler finds out only at RNTO that this is not to be renamed. */
async function runRnfr(session: Session, command: Command): Promise<void> {
  session.files.requireNotRoot(command.argument);
  await runStock(session, command);
}
