// What a diagnosis saw, before a cause is named.
import type { Endpoint } from '../../address.ts';

export interface TransferFact {
  /** Why it was made. */
  readonly series:
    | 'serial'
    | 'eprt'
    | 'other-address'
    | 'same-port'
    | 'parallel'
    | 'passive'
    | 'tls'
    | 'tls-new-session'
    | 'tls-passive';
  readonly way: 'PORT' | 'EPRT' | 'PASV' | 'EPSV';
  readonly result: 'ok' | 'refused' | 'silent' | 'ended';
  /** How far it came. */
  readonly stage: 'announce' | 'connect' | 'data' | 'done';
  /** Where the client listens; of a passive one where it was told to connect. */
  readonly announced?: Endpoint;
  readonly from?: Endpoint;
  readonly replyCode?: number;
  readonly text?: string;
  /** From the command to the reply, in milliseconds. */
  readonly afterMs: number;
  readonly bytes?: number;
  /** How long after the last reply the data ended; below zero if before. */
  readonly dataBehindReplyMs?: number;
}

export interface DiagnosisFacts {
  readonly server: Endpoint;
  /** The client's own end of the control connection, and addresses in what the server says of the session (STAT). */
  readonly local: Endpoint;
  readonly seenAs: readonly string[];
  readonly offersTls: boolean;
  readonly transfers: readonly TransferFact[];
}

export function inSeries({ transfers }: DiagnosisFacts, ...series: TransferFact['series'][]): TransferFact[] {
  return transfers.filter((one) => series.includes(one.series));
}

export const isOk = ({ result }: TransferFact): boolean => result === 'ok';
export const isFailed = (fact: TransferFact): boolean => !isOk(fact);

/** The address that the server sees in place of ours, if it says one: a translation is between. */
export function translatedTo({ local, server, seenAs }: DiagnosisFacts): string | undefined {
  return seenAs.find((address) => address !== local.address && address !== server.address);
}

/** Errno names as servers put them, by name or in the words of strerror(3). */
const ERRNOS: readonly (readonly [errno: string, RegExp])[] = [
  // vsftpd says no more than which call it was: 500 OOPS: vsf_sysutil_bind.
  ['EADDRINUSE', /EADDRINUSE|address already in use|_bind\b/i],
  ['EADDRNOTAVAIL', /EADDRNOTAVAIL|cannot assign requested address/i],
  ['EACCES', /EACCES|EPERM|permission denied|not permitted/i],
  ['ETIMEDOUT', /ETIMEDOUT|timed? ?out/i],
  ['ECONNREFUSED', /ECONNREFUSED|connection refused/i],
  ['EHOSTUNREACH', /E(?:HOST|NET)UNREACH|no route|unreachable/i],
];

export function errnoIn({ text = '' }: TransferFact): string | undefined {
  return ERRNOS.find(([, words]) => words.test(text))?.[0];
}

/** Shorter than any wait for a SYN that is sent again (RFC 6298 §2: a second). */
const AT_ONCE_MS = 900;

/** How a data connection was lost on its way, where it was: by an answer, or by none. */
export function lossOf(fact: TransferFact): 'rejected' | 'dropped' | undefined {
  if (fact.stage !== 'connect' || fact.from !== undefined) return undefined;
  if (fact.result === 'ok' || fact.result === 'ended') return undefined;
  const errno = errnoIn(fact);
  if (errno === 'ECONNREFUSED' || errno === 'EHOSTUNREACH') return 'rejected';
  if (errno === 'ETIMEDOUT' || fact.result === 'silent') return 'dropped';
  if (errno !== undefined) return undefined;
  return fact.afterMs < AT_ONCE_MS ? 'rejected' : 'dropped';
}
