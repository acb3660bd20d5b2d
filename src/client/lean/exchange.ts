// What the events of a control connection are for: the login, then one transfer after another.
import type { Reply } from '../reply-reader.ts';
import type { TransferFailure, WaitPhase } from '../transfer-failure.ts';

export interface Exchange {
  /** What it waits for, should its patience run out now. */
  readonly waitingFor: WaitPhase;
  onReply(reply: Reply): void;
  /** The control connection is gone, or was given up. */
  onEnd(failure: TransferFailure): void;
}
