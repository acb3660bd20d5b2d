// The errors of port20: a class, a stable string code and its context. Reply codes live in a field of their own.
import { type Endpoint, formatEndpoint } from './address.ts';

/** The step of a data connection that failed: getting the local address, reaching the peer, moving the bytes. */
export type Phase = 'bind' | 'connect' | 'transfer';

/** The same as its client sees it, who listens before it sends PORT, and beside whom the control connection may fail. */
export type ClientPhase = 'listen' | Phase | 'control';

/** The way out of a user's mistake is in the message; `code` tells the caller which kind it was. */
export class Port20Error extends Error {
  override readonly name: string = 'Port20Error';
  readonly code: string;
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** A wrong flag, plan or configuration: nothing was started. */
export class UsageError extends Port20Error {
  override readonly name = 'UsageError';
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_USAGE', message, options);
  }
}

/** This machine cannot do it now: privilege, limits, a port that is taken, a server that does not answer. */
export class PreflightError extends Port20Error {
  override readonly name = 'PreflightError';
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_PREFLIGHT', message, options);
  }
}

/** The run happened, but its numbers must not be used. */
export class InvalidRunError extends Port20Error {
  override readonly name = 'InvalidRunError';
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_INVALID_RUN', message, options);
  }
}

export interface DataConnectionFailure {
  readonly phase: Phase;
  /** `EADDRINUSE`, `ECONNREFUSED`, …, or `ABORTED` when the session ended the wait. */
  readonly errorCode: string;
  readonly local: Endpoint;
  readonly remote?: Endpoint | undefined;
  readonly bindCalls: number;
  /** Time slept between the bind calls. */
  readonly waitedMs: number;
}

/** A data connection that could not be made or was lost: which step, which addresses, how often it was tried. */
export class DataConnectionError extends Port20Error {
  override readonly name = 'DataConnectionError';
  readonly phase: Phase;
  readonly local: Endpoint;
  readonly remote: Endpoint | undefined;
  readonly bindCalls: number;
  readonly waitedMs: number;

  constructor(failure: DataConnectionFailure, options?: ErrorOptions) {
    super(failure.errorCode, describeFailure(failure), options);
    this.phase = failure.phase;
    this.local = failure.local;
    this.remote = failure.remote;
    this.bindCalls = failure.bindCalls;
    this.waitedMs = failure.waitedMs;
  }
}

/** `bind 127.0.0.1:2120: EADDRINUSE after 11 tries (55 s)`; a connect names both ends. */
export function describeFailure(failure: DataConnectionFailure): string {
  const { phase, errorCode, local, remote, bindCalls, waitedMs } = failure;
  const ends =
    phase === 'bind' || remote === undefined
      ? formatEndpoint(local)
      : `${formatEndpoint(local)} -> ${formatEndpoint(remote)}`;
  const tries = bindCalls > 1 ? ` after ${bindCalls} tries (${formatSeconds(waitedMs)})` : '';
  return `${phase} ${ends}: ${errorCode}${tries}`;
}

function formatSeconds(ms: number): string {
  return `${Number((ms / 1000).toFixed(ms < 1000 ? 3 : 1))} s`;
}

/** The errno name or error code of anything that was thrown. */
export function errorCodeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : 'UNKNOWN';
}
