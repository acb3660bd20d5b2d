// What all sessions of one server share.
import type { Logger } from 'pino';
import type { Binder, WaitRange } from '../binder/types.ts';
import type { Clock } from '../clock.ts';
import type { OpenSockets } from './data/open-sockets.ts';
import type { Authenticate } from './users/login.ts';

export interface ServerContext {
  /** The server's number within its process. */
  readonly server: number;
  readonly binder: Binder;
  /** Local port of active data connections. */
  readonly dataPort: number;
  readonly bindToConnectMs: number;
  readonly connectTimeoutMs: number;
  /** Waits between tries of a connect whose 4-tuple is in use; empty when a failed connect is final. */
  readonly connectWaits: readonly WaitRange[];
  readonly stallTimeoutMs: number;
  readonly lingerMs: number;
  readonly authenticate: Authenticate | undefined;
  readonly write: boolean;
  readonly maxSessions: number;
  readonly maxSessionsPerAddress: number;
  readonly loginTimeoutMs: number;
  readonly loginDelayMs: number;
  readonly maxLoginAttempts: number;
  readonly clock: Clock;
  readonly log: Logger;
  /** Every data socket that is not closed yet. */
  readonly dataSockets: OpenSockets;
}
