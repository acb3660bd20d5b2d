// What can go wrong with a data connection on the client's side, before a byte has moved.
import { type Endpoint, formatEndpoint } from '../address.ts';
import { errorCodeOf, Port20Error } from '../errors.ts';
import { NOBODY } from './data-peer.ts';

/**
 * `ETIMEDOUT`: the server did not connect in time. `EBADPEER`: somebody connected who must not. `ECONNRESET`: the
 * connection was gone before anybody could see whose it was. `ENOTCONN`: there is no control connection. `LISTEN_…`
 * with an errno name: the client could not listen; the prefix keeps it apart from an EADDRINUSE of the server,
 * which is what port20 counts.
 */
export type ActiveModeErrorCode = 'ETIMEDOUT' | 'EBADPEER' | 'ECONNRESET' | 'ENOTCONN' | `LISTEN_${string}`;

export interface ActiveModeErrorOptions extends ErrorOptions {
  readonly remote?: Endpoint;
}

export class ActiveModeError extends Port20Error {
  override readonly name = 'ActiveModeError';
  declare readonly code: ActiveModeErrorCode;
  /** Where the refused data connection came from; of an `EBADPEER` only. */
  readonly remote: Endpoint | undefined;
  constructor(code: ActiveModeErrorCode, message: string, options: ActiveModeErrorOptions = {}) {
    super(code, message, options);
    this.remote = options.remote;
  }
}

export function listenError(local: Endpoint, cause: unknown): ActiveModeError {
  const errno = errorCodeOf(cause);
  const message = `can't listen for the data connection on ${formatEndpoint(local)}: ${errno}`;
  return new ActiveModeError(`LISTEN_${errno}`, message, { cause });
}

/** `refused` is what was refused meanwhile, and so the likely reason: a stranger, or a connection reset at once. */
export function noConnectionError(local: Endpoint, waitedMs: number, refused?: Endpoint): ActiveModeError {
  const message = `connect ${formatEndpoint(local)}: no data connection from the server within ${waitedMs} ms`;
  if (refused === undefined) return new ActiveModeError('ETIMEDOUT', message);
  if (refused === NOBODY)
    return new ActiveModeError('ECONNRESET', `${message}; one came and was reset at once`);
  const described = `${message}; refused one from ${formatEndpoint(refused)}`;
  return new ActiveModeError('EBADPEER', described, { remote: refused });
}

export function sourcePortError(remote: Endpoint, expectedPort: number | undefined): ActiveModeError {
  const message = `data connection from ${formatEndpoint(remote)}: its port must be ${expectedPort}`;
  return new ActiveModeError('EBADPEER', message, { remote });
}
