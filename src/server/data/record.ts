// What the server says about every data connection: one record on a diagnostics channel, for whoever listens.
import { channel } from 'node:diagnostics_channel';
import type { Endpoint } from '../../address.ts';
import type { BinderName } from '../../binder/types.ts';
import type { Phase } from '../../errors.ts';

/** Subscribe with `diagnostics_channel.subscribe(DATA_CONNECTION_CHANNEL, (record) => …)`. */
export const DATA_CONNECTION_CHANNEL = 'port20:data-connection';

/** One data connection from its first bind (the file is open by then) to its end. Times are `Clock.nowMs()`. */
export interface DataConnectionRecord {
  readonly binder: BinderName | 'passive';
  readonly pid: number;
  /** The control connection's number within its process. */
  readonly session: number;
  readonly command: string;
  /** The 4-tuple; of a bind that failed, the address that was wanted. */
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
}

export type RecordOutcome =
  | { readonly kind: 'completed' }
  | { readonly kind: 'failed'; readonly phase: Phase; readonly code: string }
  /** The session ended it: ABOR, a lost control connection, or QUIT in a wait for the port. */
  | { readonly kind: 'aborted'; readonly phase: Phase };

const dataConnections = channel(DATA_CONNECTION_CHANNEL);

export function publishRecord(record: DataConnectionRecord): void {
  dataConnections.publish(record);
}
