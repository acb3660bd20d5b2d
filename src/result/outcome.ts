// How a transfer can end: a closed union, the key under which each kind of failure is counted, and what a key says.
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

/** Outcomes that are counted as failures. */
type Failed = Exclude<Outcome, { kind: 'completed' | 'cancelled' | 'dropped' }>;

/** What a key keeps of an outcome: all of it but the port of a wrong source. `other`: a key of no outcome known here. */
export type FailureKind =
  | Exclude<Failed, { kind: 'wrong-source' }>
  | { readonly kind: 'wrong-source' }
  | { readonly kind: 'other'; readonly key: string };

const SOCKET_PHASES: Readonly<Record<ClientPhase, true>> = {
  listen: true,
  bind: true,
  connect: true,
  transfer: true,
  control: true,
};
const TIMEOUT_PHASES: Readonly<Record<TimeoutPhase, true>> = {
  login: true,
  reply: true,
  connect: true,
  transfer: true,
};

/** The inverse of `failureKey`: whoever asks for the phase or the code of a count reads its key by this. */
export function failureOf(key: string): FailureKind {
  const at = key.indexOf('.');
  const [kind, detail] = at === -1 ? [key, ''] : [key.slice(0, at), key.slice(at + 1)];
  if (key === 'connect.wrong-source') return { kind: 'wrong-source' };
  if (key === 'truncated' || key === 'corrupted') return { kind: key };
  if (kind === 'reply' && /^\d+$/.test(detail)) return { kind: 'ftp-reply', replyCode: Number(detail) };
  if (kind === 'timeout' && isKeyOf(TIMEOUT_PHASES, detail)) return { kind: 'timed-out', phase: detail };
  if (isKeyOf(SOCKET_PHASES, kind) && detail !== '')
    return { kind: 'socket-error', phase: kind, code: detail };
  return { kind: 'other', key };
}

/** How many transfers failed in a way that `wanted` holds for. */
export function failuresThat(
  failures: Readonly<Record<string, number>>,
  wanted: (failure: FailureKind) => boolean,
): number {
  return Object.entries(failures).reduce((sum, [key, n]) => (wanted(failureOf(key)) ? sum + n : sum), 0);
}

/** Transfers that never had the port. */
export function failedAtBind(failures: Readonly<Record<string, number>>): number {
  return failuresThat(failures, (failure) => failure.kind === 'socket-error' && failure.phase === 'bind');
}

function isKeyOf<Key extends string>(known: Readonly<Record<Key, true>>, name: string): name is Key {
  return Object.hasOwn(known, name);
}
