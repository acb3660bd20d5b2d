// What a session needs of a user-PI (RFC 959 §2.2), whoever implements it.
import type { Endpoint } from '../address.ts';
import type { Digest } from './digest.ts';
import type { Observation } from './observation.ts';
import type { TransferFailure } from './transfer-failure.ts';
import type { SessionOptions, TransferRequest } from './types.ts';

/** One control connection. Whoever holds it must close it, also when the login failed. */
export interface UserPi {
  /** The control connection's own end, once logged in. */
  readonly local: Endpoint;
  /** False before the login and once the control connection is gone. */
  readonly usable: boolean;
  /** Connects, logs in and sets TYPE I. @throws LoginError */
  logIn(): Promise<void>;
  /**
   * Runs one transfer, its bytes through `digest`; undefined when the server reported it as complete. A failure after
   * which the server's replies to come would answer nothing closes the connection.
   * @throws UsageError for options that cannot work
   */
  run(request: TransferRequest, digest: Digest): Promise<TransferFailure | undefined>;
  /** Sends QUIT and closes everything at once. Safe to call again. */
  close(): void;
}

/** `observation` is told what `options.activeMode` is not: the reply that refused a PORT, and who was refused. */
export type CreateUserPi = (options: SessionOptions, observation: Observation) => UserPi;

export const COMMANDS = { retr: 'RETR', stor: 'STOR', list: 'LIST' } as const;
/** Service not available, closing control connection (RFC 959 §4.2). */
export const SERVICE_CLOSING = 421;
