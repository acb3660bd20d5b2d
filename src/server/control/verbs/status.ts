// What is told on the control connection itself: of one file (SIZE, MLST), of a folder or of the session (STAT).
import type { Command } from '../../../ftp/command-line.ts';
import { formatFacts } from '../../../ftp/facts.ts';
import { formatListLine, type ListEntry } from '../../../ftp/listing.ts';
import type { TransferType } from '../../../ftp/parameters.ts';
import { asciiSize } from '../../data/ascii-position.ts';
import { listed, nothingFound } from '../../data/listed.ts';
import type { SessionFileSystem } from '../../files/file-system.ts';
import type { OpenFile } from '../../files/open-file.ts';
import { offeredBytes } from '../../files/uploads.ts';
import { Refusal } from '../../refusal.ts';
import type { Session } from '../session.ts';
import type { Verb } from '../verb.ts';

export const STATUS_VERBS: Readonly<Record<string, Verb<Session>>> = {
  SIZE: { run: runSize, syntax: '<path>', needsArgument: true, namesFile: true },
  MLST: { run: runMlst, syntax: '[<path>]', namesFile: true },
  STAT: {
    run: runStat,
    syntax: '[<path>]',
    namesFile: true,
    inTransfer: ({ argument }) => argument === '',
  },
};

/** RFC 3659 §4: the bytes that RETR would send in this TYPE, and 550 for what RETR would not send. */
async function runSize(session: Session, { argument }: Command): Promise<void> {
  // Clients ask this to know where to go on with an upload that broke.
  const part = await session.files.keptPart(argument);
  if (part !== undefined) {
    return session.reply(213, String(await sizeOf(part, session.type, offeredBytes(part))));
  }
  const { type, sizeBytes } = await session.files.entry(argument);
  if (type !== 'file')
    throw new Refusal(550, type === 'directory' ? 'Is a directory.' : 'Not a regular file.');
  if (session.type !== 'ascii') return session.reply(213, String(sizeBytes));
  const file = await session.files.openForReading(argument);
  session.reply(213, String(await sizeOf(file, 'ascii', file.sizeBytes)));
}

/** Of the first `endBytes`. Closes the file. */
async function sizeOf(file: OpenFile, type: TransferType, endBytes: number): Promise<number> {
  try {
    return type === 'ascii' ? await asciiSize(file, endBytes) : endBytes;
  } finally {
    file.closeNow();
  }
}

/** RFC 3659 §7.2: facts of one object, on the control connection. */
async function runMlst(session: Session, { argument }: Command): Promise<void> {
  const entry = await session.files.entry(argument === '' ? '.' : argument);
  session.reply(250, ['Facts:', ` ${formatFacts(entry, session.facts)}`, 'End.']);
}

/** Replies are kept in memory until the client has read them: a large folder is for LIST. */
const MOST_STATUS_LINES = 500;

/** RFC 959 §4.1.3: without an argument the status of the server, with one what LIST would tell. */
async function runStat(session: Session, { argument }: Command): Promise<void> {
  if (argument === '') return session.reply(211, sessionStatus(session));
  const { replyCode, entries, namesLeft } = await shown(session.files, argument);
  const lines = entries.map((entry) => formatListLine(entry.name, entry, Date.now()));
  const end =
    namesLeft === 0 ? 'End.' : `End of the first ${MOST_STATUS_LINES} names, ${namesLeft} more: use LIST.`;
  session.reply(replyCode, ['Status:', ...lines, end]);
}

interface Shown {
  readonly replyCode: 212 | 213;
  readonly entries: readonly ListEntry[];
  readonly namesLeft: number;
}

async function shown(files: SessionFileSystem, argument: string): Promise<Shown> {
  const found = await listed(files, argument);
  if (found.kind === 'found') {
    const first = await files.firstEntries(found.listing, MOST_STATUS_LINES);
    if (first.entries.length === 0) throw nothingFound();
    return { replyCode: 213, ...first };
  }
  const listing = await files.listing(found.path);
  return {
    replyCode: listing.ofFolder ? 212 : 213,
    ...(await files.firstEntries(listing, MOST_STATUS_LINES)),
  };
}

function sessionStatus(session: Session): string[] {
  const { peer, connection, channel, context, type } = session;
  return [
    'Status of this session:',
    ` Connected from ${peer.address}.`,
    ` Logged in as ${connection.username}.`,
    ` TYPE ${type === 'ascii' ? 'A' : 'I'}, MODE S, STRU F.`,
    ` Data connections: ${channel?.binder === 'passive' ? 'passive' : `active, binder ${context.binder.name}`}.`,
    ...(session.tls.offered ? [` ${session.tls.inWords}.`] : []),
    ...transferStatus(session),
    'End.',
  ];
}

function transferStatus({ transfer }: Session): string[] {
  if (transfer === undefined) return [];
  const { verb, bytes } = transfer;
  return [
    ` ${verb}: ${bytes === undefined ? 'waiting for its data connection' : `${bytes()} bytes so far`}.`,
  ];
}
