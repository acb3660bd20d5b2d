// What all sessions of one server share.
import type { Logger } from 'pino';
import type { Binder, WaitRange } from '../binder/types.ts';
import type { Clock } from '../clock.ts';
import type { ActiveAddress } from './data/active-address.ts';
import type { OpenSockets } from './data/open-sockets.ts';
import type { PassivePorts } from './data/passive-ports.ts';
import type { ToldAddress } from './data/told-address.ts';
import type { TlsService } from './tls/session-tls.ts';
import type { LoginDesk } from './users/login-desk.ts';
import type { UserPaces } from './users/user-paces.ts';

export interface ServerContext {
  /** The server's number within its process. */
  readonly server: number;
  readonly binder: Binder;
  /** Local port of active data connections; one below the control connection's own unless set. */
  readonly dataPort: number | undefined;
  readonly bindToConnectMs: number;
  readonly connectTimeoutMs: number;
  readonly acceptTimeoutMs: number;
  readonly passivePorts: PassivePorts;
  /** What 227 tells in place of the control connection's own address. */
  readonly toldAddress: ToldAddress;
  /** What becomes of a PORT that names another address than its client's. */
  readonly activeAddress: ActiveAddress;
  /** Waits between tries of a connect whose 4-tuple is in use; empty when a failed connect is final. */
  readonly connectWaits: readonly WaitRange[];
  readonly stallTimeoutMs: number;
  readonly lingerMs: number;
  readonly logins: LoginDesk;
  /** Undefined where TLS is off. */
  readonly tls: TlsService | undefined;
  readonly idleTimeoutMs: number;
  readonly loginTimeoutMs: number;
  readonly maxLoginAttempts: number;
  /** The lines of the first 220. */
  readonly greeting: readonly string[];
  readonly userPaces: UserPaces;
  /** Of each session whose user has no rate of its own; undefined for no limit. */
  readonly maxBytesPerSecond: number | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  /** Every data socket that is not closed yet. */
  readonly dataSockets: OpenSockets;
}
