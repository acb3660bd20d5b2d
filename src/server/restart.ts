// When a dead worker is replaced: sooner for an accident, later and in the end not at all for a habit.

const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 10_000;
/** Losses within `WINDOW_MS` that are still accidents. */
const MOST_LOSSES = 10;
const WINDOW_MS = 60_000;

/**
 * Milliseconds to wait before the restart, doubled for every loss of the last minute; undefined to give up.
 * @param lossesAtMs when workers were lost, in order, the newest last
 */
export function restartDelayMs(lossesAtMs: readonly number[], nowMs: number): number | undefined {
  const recent = lossesAtMs.filter((atMs) => nowMs - atMs < WINDOW_MS).length;
  if (recent > MOST_LOSSES) return undefined;
  return Math.min(FIRST_DELAY_MS * 2 ** Math.max(recent - 1, 0), LONGEST_DELAY_MS);
}
