// Gives basic-ftp whole replies only.
import type { FTPContext } from 'basic-ftp';
import { ReplyReader } from './reply-reader.ts';

/**
 * basic-ftp 6.2.6 keeps the rest of a reply of several lines, but of a single line that comes in two packets it takes
 * the first part for all of it, or drops both: the text of a 425 would lose its errno, a 226 would never come.
 * To be called once for each control socket, when `ftp.socket` has been set.
 */
export function deliverWholeReplies(ftp: FTPContext): void {
  const { socket } = ftp;
  const listeners = socket.listeners('data');
  const reader = new ReplyReader();
  socket.removeAllListeners('data').on('data', (chunk: string) => {
    for (const { text } of reader.read(chunk)) {
      for (const listener of listeners) listener.call(socket, `${text}\r\n`);
    }
    if (reader.overlong) ftp.closeWithError(overlongReply());
  });
}

function overlongReply(): Error {
  return Object.assign(new Error('a reply without an end (control socket)'), { code: OVERLONG_REPLY });
}

/** The errno name for a message that is too long for whoever reads it. */
export const OVERLONG_REPLY = 'EMSGSIZE';
