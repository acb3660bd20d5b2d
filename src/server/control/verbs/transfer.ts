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
} from '../../data/prepared.ts';
import { fileErrorReplyCode } from '../../files/file-error.ts';
import { LocalFileError } from '../../files/open-file.ts';
import type { Session } from '../session.ts';
import type { Verb } from '../verb.ts';
import { channelOf } from './data-port.ts';

type Prepare = (session: Session, argument: string, restartBytes: number) => Promise<Prepared>;

export const TRANSFER_VERBS: Readonly<Record<string, Verb<Session>>> = {
  RETR: transferring((session, path, restart) => prepareRetr(session.files, path, restart), true),
  STOR: transferring((session, path, restart) => prepareStor(session.files, path, restart), true),
  APPE: transferring((session, path) => prepareAppe(session.files, path), true),
  STOU: transferring((session) => prepareStou(session.files)),
  LIST: transferring((session, argument) => prepareList(session.files, argument, Date.now())),
  NLST: transferring((session, argument) => prepareNlst(session.files, argument)),
  MLSD: transferring((session, path) => prepareMlsd(session.files, path)),
};

function transferring(prepare: Prepare, needsArgument = false): Verb<Session> {
  return { run: (session, command) => transfer(session, command, prepare), needsArgument, transfer: true };
}

/** @throws Refusal when the file or the way to the client is wanting: then no data connection was tried */
async function transfer(session: Session, { verb, argument }: Command, prepare: Prepare): Promise<void> {
  const { context, cancellation, restartBytes } = session;
  cancellation.renew();
  session.restartBytes = 0; // RFC 3659 §5.3: REST is for the very next transfer
  const channel = channelOf(session);
  const prepared = await prepare(session, argument, restartBytes);
  session.channelUsed();
  const onConnected = () => session.reply(150, prepared.text);
  const ids = { session: session.id, command: verb };
  const transfer = { context, ...ids, channel, prepared, cancellation, onConnected };
  session.reply(...replyTo(await runDataConnection(transfer)));
}

type Reply = readonly [replyCode: number, text: string];

function replyTo(ending: Ending): Reply {
  switch (ending.kind) {
    case 'completed':
      return [226, 'Transfer complete.'];
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
    // The file could be opened: what happened since is no reason never to try again.
    return [fileErrorReplyCode(cause) === 452 ? 452 : 451, `Transfer aborted: ${cause.message}.`];
  }
  const text = formatFailureText({ phase, errorCode, local, remote, bindCalls, waitedMs });
  return [phase === 'transfer' ? 426 : 425, text];
}
