// What can go wrong with a data connection on the client's side, before a byte has moved.
import { type Endpoint, formatEndpoint } from '../address.ts';
import { type ClientPhase, errorCodeOf, Port20Error } from '../errors.ts';
import { NOBODY } from './data-peer.ts';

export interface ActiveModeErrorOptions extends ErrorOptions {
  readonly remote?: Endpoint;
}

/**
 * Which step failed is its `phase`, and why its `code`:
 *
 * - `listen`, with an errno name: the client could not listen. The server was told nothing, and the session goes on.
 * - `connect`, `ETIMEDOUT`: the server did not connect in time. `EBADPEER`: somebody connected who must not.
 *   `ECONNRESET`: the connection was gone before anybody could see whose it was.
 * - `control`, `ENOTCONN`: there is no control connection.
 */
export class ActiveModeError extends Port20Error {
  override readonly name = 'ActiveModeError';
  readonly phase: Extract<ClientPhase, 'listen' | 'connect' | 'control'>;
  /** Where the refused data connection came from; of an `EBADPEER` only. */
  readonly remote: Endpoint | undefined;
  constructor(
    phase: ActiveModeError['phase'],
    code: string,
    message: string,
    options: ActiveModeErrorOptions = {},
  ) {
    super(code, message, options);
    this.phase = phase;
    this.remote = options.remote;
  }
}

export function listenError(local: Endpoint, cause: unknown): ActiveModeError {
  const errno = errorCodeOf(cause);
  const message = `can't listen for the data connection on ${formatEndpoint(local)}: ${errno}`;
  return new ActiveModeError('listen', errno, message, { cause });
}

/** `refused` is what was refused meanwhile, and so the likely reason: a stranger, or a connection reset at once. */
export function noConnectionError(local: Endpoint, waitedMs: number, refused?: Endpoint): ActiveModeError {
  const message = `connect ${formatEndpoint(local)}: no data connection from the server within ${waitedMs} ms`;
  if (refused === undefined) return new ActiveModeError('connect', 'ETIMEDOUT', message);
  if (refused === NOBODY)
    return new ActiveModeError('connect', 'ECONNRESET', `${message}; one came and was reset at once`);
  const described = `${message}; refused one from ${formatEndpoint(refused)}`;
  return new ActiveModeError('connect', 'EBADPEER', described, { remote: refused });
}

export function sourcePortError(remote: Endpoint, expectedPort: number | undefined): ActiveModeError {
  const message = `data connection from ${formatEndpoint(remote)}: its port must be ${expectedPort}`;
  return new ActiveModeError('connect', 'EBADPEER', message, { remote });
}
