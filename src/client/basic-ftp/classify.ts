// From what basic-ftp threw to the kind of failure that it was.
import { FTPError } from 'basic-ftp';
import { errorCodeOf } from '../../errors.ts';
import { ActiveModeError } from '../active-mode-error.ts';
import { classifyActiveMode, classifyReply, type TransferFailure } from '../transfer-failure.ts';

/** What basic-ftp 6.2.6 ends the message of a socket's error with; its errors carry nothing else to tell by. */
const ON_DATA_SOCKET = /\(data socket\)$/;
const ON_CONTROL_SOCKET = /\(control socket\)$/;
const TIMEOUT = /^Timeout \((?:control|data) socket\)$/;
const CONTROL_ENDED = /^Server (?:sent FIN packet|closed connection) unexpectedly/;
const UNEXPECTED_REPLY = /^Unexpected FTP response is requesting an answer: (\d{3})/;

/**
 * @param waitingFor what a timeout on the control connection waited for: there, the wait for the data connection
 *   has a timeout of its own (`connect`), and so has the wait for its bytes (`transfer`)
 */
export function classifyFailure(error: unknown, waitingFor: 'login' | 'reply'): TransferFailure {
  if (error instanceof FTPError) return classifyReply(error.code, error.message);
  if (error instanceof ActiveModeError) return classifyActiveMode(error);
  const text = error instanceof Error ? error.message : '';
  const onDataSocket = ON_DATA_SOCKET.test(text);
  if (TIMEOUT.test(text)) return { kind: 'timed-out', phase: onDataSocket ? 'transfer' : waitingFor };
  if (CONTROL_ENDED.test(text)) return { kind: 'socket-error', phase: 'control', code: 'EOF' };
  const [, unexpected] = UNEXPECTED_REPLY.exec(text) ?? [];
  if (unexpected !== undefined) return { kind: 'ftp-reply', replyCode: Number(unexpected) };
  const phase = ON_CONTROL_SOCKET.test(text) || waitingFor === 'login' ? 'control' : 'transfer';
  return { kind: 'socket-error', phase, code: errorCodeOf(error) };
}
