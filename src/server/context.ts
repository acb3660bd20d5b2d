// What all sessions of one server share.
import type { Logger } from 'pino';
import type { Binder } from '../binder/types.ts';
import type { Clock } from '../clock.ts';
import type { OpenSockets } from './data/open-sockets.ts';

export interface ServerContext {
  readonly binder: Binder;
  /** Local port of active data connections. */
  readonly dataPort: number;
  readonly bindToConnectMs: number;
  readonly maxSessions: number;
  readonly loginTimeoutMs: number;
  readonly clock: Clock;
  readonly log: Logger;
  /** Every data socket that is not closed yet. */
  readonly dataSockets: OpenSockets;
}
