// What the lean user-PI's transfers share: the session's settings, its two deadlines, and its control connection.
import type { Announcer } from '../announcement.ts';
import type { Observation } from '../observation.ts';
import type { FilledActiveModeOptions } from '../options.ts';
import type { TransferFailure } from '../transfer-failure.ts';
import type { Deadline } from './deadline.ts';

/** What a transfer works with; the session's, and the same for each. */
export interface Tools {
  readonly settings: FilledActiveModeOptions;
  readonly announcer: Announcer;
  readonly observation: Observation;
  /** The server's address, and the port that its data connection must come from. */
  readonly server: string;
  readonly sourcePort: number | undefined;
  /** Patience with the next reply or the next bytes, and with the data connection. */
  readonly step: Deadline;
  readonly accept: Deadline;
  readonly send: (line: string) => void;
  readonly stopListening: () => void;
}

/** How it ended; `lost` when the session cannot go on, since replies to come would answer nothing. */
export type Ended = (failure: TransferFailure | undefined, lost: boolean) => void;
