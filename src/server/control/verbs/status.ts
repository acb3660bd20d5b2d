// What is told on the control connection itself: of one file (SIZE, MLST), of a folder or of the session (STAT).
import type { Command } from '../../../ftp/command-line.ts';
import { formatFacts, formatListLine, listingPath } from '../../../ftp/listing.ts';
import { Refusal } from '../../refusal.ts';
import type { Session } from '../session.ts';
import type { Verb } from '../verb.ts';

export const STATUS_VERBS: Readonly<Record<string, Verb<Session>>> = {
  SIZE: { run: runSize, needsArgument: true },
  MLST: { run: runMlst },
  STAT: { run: runStat },
};

/** RFC 3659 §4: the bytes that RETR would send, and 550 for what RETR would not send. */
async function runSize(session: Session, { argument }: Command): Promise<void> {
  const { type, sizeBytes } = await session.files.entry(argument);
  if (type !== 'file')
    throw new Refusal(550, type === 'directory' ? 'Is a directory.' : 'Not a regular file.');
  session.reply(213, String(sizeBytes));
}

/** RFC 3659 §7.2: facts of one object, on the control connection. */
async function runMlst(session: Session, { argument }: Command): Promise<void> {
  const entry = await session.files.entry(argument === '' ? '.' : argument);
  session.reply(250, ['Facts:', ` ${formatFacts(entry)}`, 'End.']);
}

/** Replies are kept in memory until the client has read them: a large folder is for LIST. */
const MOST_STATUS_LINES = 500;

/** RFC 959 §4.1.3: without an argument the status of the server, with one what LIST would tell. */
async function runStat(session: Session, { argument }: Command): Promise<void> {
  if (argument === '') return session.reply(211, sessionStatus(session));
  const path = listingPath(argument);
  const { type } = await session.files.entry(path);
  const { entries, namesLeft } = await session.files.firstEntries(path, MOST_STATUS_LINES);
  const lines = entries.map((entry) => formatListLine(entry, Date.now()));
  const end =
    namesLeft === 0 ? 'End.' : `End of the first ${MOST_STATUS_LINES} names, ${namesLeft} more: use LIST.`;
  session.reply(type === 'directory' ? 212 : 213, ['Status:', ...lines, end]);
}

function sessionStatus({ peer, connection, channel, context }: Session): string[] {
  return [
    'Status of this session:',
    ` Connected from ${peer.address}.`,
    ` Logged in as ${connection.username}.`,
    ` Data connections: ${channel?.binder === 'passive' ? 'passive' : `active, binder ${context.binder.name}`}.`,
    'End.',
  ];
}
