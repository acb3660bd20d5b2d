// How far a run is, for whoever watches it.
/** How far a run is. */
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
