// Why a transfer or a login did not end well: a closed set of kinds, whichever user-PI saw it.
import type { ClientPhase } from '../errors.ts';
import { parseFailureText } from '../ftp/failure-text.ts';
import type { ActiveModeError } from './active-mode-error.ts';

/** What the client was waiting for when its patience ran out. */
export type WaitPhase = 'login' | 'reply' | 'connect' | 'transfer';

/** A subset of the stress run's outcomes, in the same shape. */
export type TransferFailure =
  /** A socket call failed: on the server, as its 425 says, or on the client. */
  | { readonly kind: 'socket-error'; readonly phase: ClientPhase; readonly code: string }
  | { readonly kind: 'ftp-reply'; readonly replyCode: number }
  | { readonly kind: 'timed-out'; readonly phase: WaitPhase }
  /** The data connection came from another port, or another host, than it must; `port` is where it came from. */
  | { readonly kind: 'wrong-source'; readonly port: number }
  /** The session was closed by its owner while this ran. */
  | { readonly kind: 'cancelled' };

/** port20's server says in its 425 which socket call failed; anything else is the server's own affair. */
export function classifyReply(replyCode: number, text: string): TransferFailure {
  const failure = parseFailureText(text);
  if (failure === undefined) return { kind: 'ftp-reply', replyCode };
  return { kind: 'socket-error', phase: failure.phase, code: failure.errorCode };
}

/** A client that cannot listen fails at `listen`: what fails at `bind` is always the server. */
export function classifyActiveMode({ phase, code, remote }: ActiveModeError): TransferFailure {
  if (phase === 'connect' && code === 'ETIMEDOUT') return { kind: 'timed-out', phase: 'connect' };
  if (code === 'EBADPEER' && remote !== undefined) return { kind: 'wrong-source', port: remote.port };
  return { kind: 'socket-error', phase, code };
}
