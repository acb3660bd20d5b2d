// One transfer as the client saw it: written by the load, read by the run and by whoever wants every transfer.
import type { Endpoint } from '../address.ts';
import type { Outcome } from './outcome.ts';

/** One transfer as the client saw it. Times are `Clock.nowMs()`. */
export interface Attempt {
  readonly index: number;
  readonly session: number;
  readonly command: string;
  readonly scheduledAtMs: number;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly bytes: number;
  /** SHA-1 of the bytes received; of the bytes sent on STOR. */
  readonly hash: string;
  readonly replyCode: number | undefined;
  /** Where the client listened. */
  readonly local: Endpoint | undefined;
  /** Where the data connection came from, when one came. */
  readonly remote: Endpoint | undefined;
  readonly outcome: Outcome;
}
