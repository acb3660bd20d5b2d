// What is seen of one transfer while it runs, kept for the transfer's report.
import type { Endpoint } from '../address.ts';
import type { ActiveModeOptions } from './options.ts';

/** A part of the report. */
export interface Observed {
  readonly replyCode: number | undefined;
  readonly local: Endpoint | undefined;
  readonly remote: Endpoint | undefined;
}

const NOTHING: Observed = { replyCode: undefined, local: undefined, remote: undefined };

export class Observation {
  #seen = NOTHING;

  get seen(): Observed {
    return this.#seen;
  }

  /** A new transfer begins. */
  reset(): void {
    this.#seen = NOTHING;
  }

  /** A 1xx says that the transfer starts, not how it ended. */
  onReply(replyCode: number): void {
    if (replyCode >= 200) this.#seen = { ...this.#seen, replyCode };
  }

  /** Where a data connection came from, also one that was refused for it. */
  onRemote(remote: Endpoint): void {
    this.#seen = { ...this.#seen, remote };
  }

  /** `options` with this observation listening in; the caller's own listeners are still told. */
  watching(options: ActiveModeOptions): ActiveModeOptions {
    return {
      ...options,
      onListening: (local) => {
        this.#seen = { ...this.#seen, local };
        options.onListening?.(local);
      },
      onConnection: (local, remote) => {
        this.onRemote(remote);
        options.onConnection?.(local, remote);
      },
      onReply: (replyCode) => {
        this.onReply(replyCode);
        options.onReply?.(replyCode);
      },
    };
  }
}
