// One line of progress while a run is under way.
import type { Progress } from '../stress/types.ts';
import { formatCount, formatDuration, formatPercent } from './format.ts';

/** `block 13 of 72 · downloads-64 · legacy-bsd · 990 offered, 402 failed (40.6 %) · 1 min 5 s, 5 min left`. */
export function formatProgress(progress: Progress): string {
  const { blocksDone, blocksTotal, scenario, binder, offered, failed, elapsedMs, remainingMs } = progress;
  const block = `block ${formatCount(Math.min(blocksDone + 1, blocksTotal))} of ${formatCount(blocksTotal)}`;
  const share = failed > 0 && offered > 0 ? ` (${formatPercent(failed / offered)})` : '';
  const counts = `${formatCount(offered)} offered, ${formatCount(failed)} failed${share}`;
  return [block, scenario, binder, counts, timeInWords(elapsedMs, remainingMs)].join(' · ');
}

function timeInWords(elapsedMs: number, remainingMs: number | null): string {
  const elapsed = formatDuration(wholeSeconds(elapsedMs));
  return remainingMs === null ? elapsed : `${elapsed}, ${formatDuration(wholeSeconds(remainingMs))} left`;
}

function wholeSeconds(ms: number): number {
  return Math.round(ms / 1000) * 1000;
}
