// Which kind of failure ended a transfer or a login: from what basic-ftp threw to a closed set of kinds.
import { FTPError } from 'basic-ftp';
import { errorCodeOf, type Phase } from '../errors.ts';
import { parseFailureText } from '../ftp/failure-text.ts';
import { ActiveModeError } from './active-mode-error.ts';

/** What the client was waiting for when its patience ran out. */
export type WaitPhase = 'login' | 'reply' | 'connect' | 'transfer';

/** A subset of the stress run's outcomes, in the same shape. */
export type TransferFailure =
  /** A socket call failed: on the server, as its 425 says, or on the client. */
  | { readonly kind: 'socket-error'; readonly phase: Phase | 'control'; readonly code: string }
  | { readonly kind: 'ftp-reply'; readonly replyCode: number }
  | { readonly kind: 'timed-out'; readonly phase: WaitPhase }
  /** The session was closed by its owner while this ran. */
  | { readonly kind: 'cancelled' };

/** What basic-ftp 6.2.6 ends the message of a socket's error with; its errors carry nothing else to tell by. */
const ON_DATA_SOCKET = /\(data socket\)$/;
const ON_CONTROL_SOCKET = /\(control socket\)$/;
const TIMEOUT = /^Timeout \((?:control|data) socket\)$/;
const CONTROL_ENDED = /^Server (?:sent FIN packet|closed connection) unexpectedly/;

/**
 * @param waitingFor what a timeout on the control connection waited for: there, the wait for the data connection
 *   has a timeout of its own (`connect`), and so has the wait for its bytes (`transfer`)
 */
export function classifyFailure(error: unknown, waitingFor: 'login' | 'reply'): TransferFailure {
  if (error instanceof FTPError) return classifyReply(error);
  if (error instanceof ActiveModeError) return classifyActiveMode(error);
  const text = error instanceof Error ? error.message : '';
  const onDataSocket = ON_DATA_SOCKET.test(text);
  if (TIMEOUT.test(text)) return { kind: 'timed-out', phase: onDataSocket ? 'transfer' : waitingFor };
  if (CONTROL_ENDED.test(text)) return { kind: 'socket-error', phase: 'control', code: 'EOF' };
  const phase = ON_CONTROL_SOCKET.test(text) || waitingFor === 'login' ? 'control' : 'transfer';
  return { kind: 'socket-error', phase, code: errorCodeOf(error) };
}

/** port20's server says in its 425 which socket call failed; anything else is the server's own affair. */
function classifyReply({ code: replyCode, message }: FTPError): TransferFailure {
  const failure = parseFailureText(message);
  if (failure === undefined) return { kind: 'ftp-reply', replyCode };
  return { kind: 'socket-error', phase: failure.phase, code: failure.errorCode };
}

/** A failed listen counts under `connect`, so that `bind.*` is always the server's. */
function classifyActiveMode({ code }: ActiveModeError): TransferFailure {
  if (code === 'ETIMEDOUT') return { kind: 'timed-out', phase: 'connect' };
  return { kind: 'socket-error', phase: code === 'ENOTCONN' ? 'control' : 'connect', code };
}
