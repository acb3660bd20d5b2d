// When a dead worker is replaced: at once for an accident, ever later while no replacement comes up.

const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 10_000;
/** With the doubled waits between them, half a minute. */
const MOST_FAILED_STARTS = 8;

/** Milliseconds to wait before the next start. @param failedStarts workers in a row that ended before they served */
export function restartDelayMs(failedStarts: number): number {
  return Math.min(FIRST_DELAY_MS * 2 ** failedStarts, LONGEST_DELAY_MS);
}

/**
 * Workers that die do not end the service as long as others take their place: only when none serves and none can be
 * started is there nothing left to wait for.
 */
export function givesUp(failedStarts: number, serving: number): boolean {
  return serving === 0 && failedStarts >= MOST_FAILED_STARTS;
}
