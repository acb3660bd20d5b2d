// The commands that use a data connection, and the replies they get: 150, then 226, 425, 426, 451 or 452.
import type { DataConnectionError } from '../../../errors.ts';
import type { Command } from '../../../ftp/command-line.ts';
import { formatFailureText } from '../../../ftp/failure-text.ts';
import { type Ending, runDataConnection } from '../../data/connection.ts';
import {
  type Prepared,
  prepareAppe,
  prepareList,
  prepareMlsd,
  prepareNlst,
  prepareRetr,
  prepareStor,
  prepareStou,
  type Representation,
} from '../../data/prepared.ts';
import { fileErrorReplyCode } from '../../files/file-error.ts';
import { LocalFileError } from '../../files/open-file.ts';
import { SealError } from '../../tls/seal-error.ts';
import type { Session, TransferStatus } from '../session.ts';
import type { Verb } from '../verb.ts';
import { channelOf } from './data-port.ts';

type Prepare = (session: Session, argument: string, representation: Representation) => Promise<Prepared>;

export const TRANSFER_VERBS: Readonly<Record<string, Verb<Session>>> = {
  RETR: ofFile((session, path, as) => prepareRetr(session.files, path, as)),
  STOR: ofFile((session, path, as) => prepareStor(session.files, path, as)),
  APPE: ofFile((session, path, as) => prepareAppe(session.files, path, as)),
  STOU: transferring((session, _argument, as) => prepareStou(session.files, as)),
  LIST: listing((session, argument) => prepareList(session.files, argument, Date.now())),
  NLST: listing((session, argument) => prepareNlst(session.files, argument)),
  MLSD: listing((session, path) => prepareMlsd(session.files, path, session.facts)),
};

function transferring(prepare: Prepare): Verb<Session> {
  return { run: (session, command) => transfer(session, command, prepare), transfer: true };
}

function ofFile(prepare: Prepare): Verb<Session> {
  return { ...transferring(prepare), syntax: '<path>', needsArgument: true, namesFile: true };
}

function listing(prepare: Prepare): Verb<Session> {
  return { ...transferring(prepare), syntax: '[<path>]', namesFile: true };
}

async function transfer(session: Session, command: Command, prepare: Prepare): Promise<void> {
  const status: TransferStatus = { verb: command.verb };
  session.transfer = status;
  try {
    await transferAs(status, session, command, prepare);
  } finally {
    session.transfer = undefined;
  }
}

/** @throws Refusal when the file or the way to the client is wanting: then no data connection was tried */
async function transferAs(
  status: TransferStatus,
  session: Session,
  { verb, argument }: Command,
  prepare: Prepare,
): Promise<void> {
  const { context, cancellation, paces, type, restartBytes } = session;
  cancellation.renew();
  session.restartBytes = 0; // RFC 3659 §5.3: REST is for the very next transfer
  const seal = session.tls.seal(context.connectTimeoutMs);
  const channel = channelOf(session);
  const prepared = await prepare(session, argument, { type, startBytes: restartBytes });
  session.channelUsed();
  const onConnected = (bytes: () => number) => {
    status.bytes = bytes;
    // Under TLS a client reads the 150 before it begins its handshake.
    if (prepared.inOneGo && paces === undefined && seal === undefined) session.replySoon(150, prepared.text);
    else session.reply(150, prepared.text);
  };
  const onEnded = (bytes: number) => session.account.add(prepared.sends ? 'out' : 'in', bytes);
  const { server, session: number, peer, user } = session.actor;
  const asked = {
    server,
    session: number,
    peer,
    user,
    command: verb,
    path: prepared.path,
    direction: prepared.sends ? 'out' : 'in',
    type: type === 'ascii' ? 'A' : 'I',
    restartBytes,
  } as const;
  const parts = { context, asked, channel, prepared, cancellation, paces, seal, onConnected, onEnded };
  const ending = await runDataConnection(parts);
  session.reply(...replyTo(ending, prepared));
}

type Reply = readonly [replyCode: number, text: string];

function replyTo(ending: Ending, { doneText }: Prepared): Reply {
  switch (ending.kind) {
    case 'completed':
      return [226, doneText === undefined ? 'Transfer complete.' : `Transfer complete. ${doneText}`];
    case 'aborted':
      return [426, 'Transfer aborted.'];
    case 'failed':
      return replyToFailure(ending.error);
    default:
      return ending satisfies never;
  }
}

function replyToFailure(error: DataConnectionError): Reply {
  const { cause, code: errorCode, phase, local, remote, bindCalls, waitedMs } = error;
  if (cause instanceof LocalFileError) {
    const replyCode = fileErrorReplyCode(cause);
    // The file could be opened: what happened since is no reason never to try again.
    return [replyCode === 550 ? 451 : replyCode, `Transfer aborted: ${cause.message}.`];
  }
  if (cause instanceof SealError) return [cause.replyCode, cause.message];
  const text = formatFailureText({ phase, errorCode, local, remote, bindCalls, waitedMs });
  return [phase === 'transfer' ? 426 : 425, text];
}
