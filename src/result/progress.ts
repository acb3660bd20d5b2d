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
  /** Of the whole run so far. */
  readonly offered: number;
  readonly failed: number;
}
