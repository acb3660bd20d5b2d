// One line of progress while a run is under way: what runs, its failures so far, the rate, the time left.
import type { Progress } from '../../result/progress.ts';
import { formatCount, formatPercent, formatRatio, formatTimeSpan } from '../words/format.ts';

export interface ProgressLineOptions {
  /** Transfers a second of late; null, as when left out, before that can be said. */
  readonly ratePerSecond?: number | null;
  /** What the line must fit into; it is shortened by what matters least. */
  readonly columns?: number;
}

/** What may be left out of a line that is too long, in this order. */
const LEAST_IMPORTANT = ['elapsed', 'finished', 'scenario', 'words', 'rate'] as const;
type Omitted = readonly (typeof LEAST_IMPORTANT)[number][];

/**
 * `block 13 of 72 · downloads-64 · legacy-bsd · 402 of 990 failed (40.6 %) · 15.2/s · 1 min 5 s so far, 5 min left`: the
 * failures are those of the row that is named, in all its blocks;
 * in 50 columns `13/72 · legacy-bsd · 402 failed (40.6 %) · 5 min left`.
 */
export function formatProgress(progress: Progress, options: ProgressLineOptions = {}): string {
  const { columns = Number.POSITIVE_INFINITY } = options;
  const lengths = [0, ...LEAST_IMPORTANT.keys()].map((_, n) => n);
  const lines = lengths.map((n) => progressLine(progress, options, LEAST_IMPORTANT.slice(0, n)));
  const fitting = lines.find((line) => line.length <= columns) ?? lines.at(-1) ?? '';
  return fitting.slice(0, columns);
}

function progressLine(
  progress: Progress,
  { ratePerSecond = null }: ProgressLineOptions,
  omitted: Omitted,
): string {
  const { scenario, contestant } = progress;
  const rate = ratePerSecond === null || omitted.includes('rate') ? [] : [`${formatRatio(ratePerSecond)}/s`];
  return [
    blockInWords(progress, omitted),
    ...(omitted.includes('scenario') ? [] : [scenario]),
    contestant,
    countsInWords(progress, omitted),
    ...rate,
    timeInWords(progress, omitted),
  ].join(' · ');
}

function blockInWords({ blocksDone, blocksTotal }: Progress, omitted: Omitted): string {
  const [block, total] = [Math.min(blocksDone + 1, blocksTotal), blocksTotal].map(formatCount);
  return omitted.includes('words') ? `${block}/${total}` : `block ${block} of ${total}`;
}

function countsInWords({ own: { finished, failed } }: Progress, omitted: Omitted): string {
  if (finished === 0) return 'nothing ended yet';
  const share = failed > 0 ? ` (${formatPercent(failed / finished)})` : '';
  const of = omitted.includes('finished') ? '' : ` of ${formatCount(finished)}`;
  return `${formatCount(failed)}${of} failed${share}`;
}

function timeInWords({ elapsedMs, remainingMs }: Progress, omitted: Omitted): string {
  const elapsed = formatTimeSpan(wholeSeconds(elapsedMs));
  if (remainingMs === null) return elapsed;
  const left = `${formatTimeSpan(wholeSeconds(remainingMs))} left`;
  return omitted.includes('elapsed') ? left : `${elapsed} so far, ${left}`;
}

function wholeSeconds(ms: number): number {
  return Math.round(ms / 1000) * 1000;
}
