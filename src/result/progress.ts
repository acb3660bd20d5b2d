// How far a run is, for whoever watches it.

export interface Progress {
  readonly blocksDone: number;
  readonly blocksTotal: number;
  readonly scenario: string;
  readonly contestant: string;
  readonly elapsedMs: number;
  /** Null before there is anything to estimate it from. */
  readonly remainingMs: number | null;
  /** Transfers of the whole run so far, to tell how fast they come. */
  readonly offered: number;
  /** Of the contestant in the scenario: its blocks so far, and the one that runs. */
  readonly own: OwnCounts;
}

/** `finished`: completed or failed. */
export interface OwnCounts {
  readonly finished: number;
  readonly failed: number;
}

/** The same, so long after it was told: the time goes on while a run reports nothing, as in a pause or behind a server that hangs. */
export function progressLater(progress: Progress, sinceMs: number): Progress {
  const { elapsedMs, remainingMs } = progress;
  const left = remainingMs === null ? null : Math.max(0, remainingMs - sinceMs);
  return { ...progress, elapsedMs: elapsedMs + sinceMs, remainingMs: left };
}
