// How a transfer can end: a closed union, and the key under which each kind of failure is counted.
import type { ClientPhase } from '../errors.ts';

/** The client's wait that ran out. */
export type TimeoutPhase = 'login' | 'reply' | 'connect' | 'transfer';

export type Outcome =
  | { readonly kind: 'completed' }
  /** A socket call failed: on the server, as its 425 says, or on the client. */
  | { readonly kind: 'socket-error'; readonly phase: ClientPhase; readonly code: string }
  /** The server refused with this reply code, for a reason that is not a socket call. */
  | { readonly kind: 'ftp-reply'; readonly replyCode: number }
  | { readonly kind: 'timed-out'; readonly phase: TimeoutPhase }
  /** The data connection came from another port, or from another host, than it had to. */
  | { readonly kind: 'wrong-source'; readonly port: number }
  /** Reported as complete, but bytes of the file are missing. */
  | { readonly kind: 'truncated' }
  /** The bytes that arrived are not the bytes of the file. */
  | { readonly kind: 'corrupted' }
  /** Ended by the run itself, not by the server: neither a success nor a failure. */
  | { readonly kind: 'cancelled' }
  /** Never started: an arrival of an open workload that found no idle session. Neither a success nor a failure. */
  | { readonly kind: 'dropped' };

/** `bind.EADDRINUSE`, `listen.EADDRINUSE` (the client's own), `reply.550`, `timeout.connect`, `corrupted`; undefined for what is no failure. */
export function failureKey(outcome: Outcome): string | undefined {
  switch (outcome.kind) {
    case 'completed':
    case 'cancelled':
    case 'dropped':
      return undefined;
    case 'socket-error':
      return `${outcome.phase}.${outcome.code}`;
    case 'ftp-reply':
      return `reply.${outcome.replyCode}`;
    case 'timed-out':
      return `timeout.${outcome.phase}`;
    case 'wrong-source':
      return 'connect.wrong-source';
    case 'truncated':
    case 'corrupted':
      return outcome.kind;
    default:
      return outcome satisfies never;
  }
}
