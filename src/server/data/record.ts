// What the server says about every data connection: one record on a diagnostics channel, for whoever listens.
import { channel } from 'node:diagnostics_channel';
import type { Endpoint } from '../../address.ts';
import type { BinderName } from '../../binder/types.ts';
import type { Phase } from '../../errors.ts';
import type { UploadChange } from '../files/change-record.ts';
import type { TlsFacts } from '../tls/types.ts';

/** Subscribe with `diagnostics_channel.subscribe(DATA_CONNECTION_CHANNEL, (record) => …)`. */
export const DATA_CONNECTION_CHANNEL = 'port20:data-connection';

/** One data connection from its first bind (the file is open by then) to its end. Times are `Clock.nowMs()`. */
export interface DataConnectionRecord {
  readonly binder: BinderName | 'passive';
  readonly pid: number;
  /** The server's number within its process: `FtpServer.id`. */
  readonly server: number;
  /** The control connection's number within its process. */
  readonly session: number;
  /** As the session was logged in. */
  readonly user: string;
  /** The client's end of the control connection. */
  readonly peer: Endpoint;
  readonly command: string;
  /**
   * From the root of the session's user, for people: UTF-8 where it is that, else `\xE9` for a byte; `\\` for a
   * backslash. Of a listing, the folder, file or pattern that was asked for.
   */
  readonly path: string;
  /** `out` is from the server to the client. */
  readonly direction: 'in' | 'out';
  readonly type: 'A' | 'I';
  /** Where REST asked to begin. */
  readonly restartBytes: number;
  /** The 4-tuple; of a bind that failed, the address that was wanted. Port 0: left to a connect that failed. */
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly bindCalls: number;
  readonly waitedMs: number;
  /** Time in the phases reached, waits included; 0 for a phase that was not reached. */
  readonly bindMs: number;
  readonly connectMs: number;
  readonly transferMs: number;
  /** From the successful bind until connect(2) was issued: what the BSD rule holds the port for. 0 when it was not reached. */
  readonly windowMs: number;
  readonly bytes: number;
  readonly outcome: RecordOutcome;
  /** What a completed upload made of its file. */
  readonly change?: UploadChange;
  /** What PORT or EPRT named, where the peer of the control connection was dialled in its place. */
  readonly claimed?: Endpoint;
  /** Undefined for a connection in the clear, and for one whose handshake failed. */
  readonly tls?: TlsFacts;
}

export type RecordOutcome =
  | { readonly kind: 'completed' }
  | { readonly kind: 'failed'; readonly phase: Phase; readonly code: string }
  /** The session ended it: ABOR, a lost control connection, or QUIT in a wait for the port. */
  | { readonly kind: 'aborted'; readonly phase: Phase };

const dataConnections = channel(DATA_CONNECTION_CHANNEL);

/** Costs nothing while nobody listens. */
export function publishRecord(make: () => DataConnectionRecord): void {
  if (dataConnections.hasSubscribers) dataConnections.publish(make());
}
