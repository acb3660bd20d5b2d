// The progress line: rewritten in place on a terminal, a line every ten seconds elsewhere, also while nothing happens.
import { clearLine, cursorTo } from 'node:readline';
import { type Clock, systemClock } from '../clock.ts';
import { formatProgress } from '../report/text/progress.ts';
import { createRateMeter } from '../report/text/rate-meter.ts';
import { type Progress, progressLater } from '../result/progress.ts';
import { type OutputFlags, standsUnended, USUAL_COLUMNS } from './output.ts';

const TERMINAL_EVERY_MS = 100;
const ELSEWHERE_EVERY_MS = 10_000;
/** What the rate is of; elsewhere it reaches back to the line before, but not to the one before that. */
const TERMINAL_RATE_MS = 5000;
const ELSEWHERE_RATE_MS = 15_000;
/** How often a run that reports nothing, as in a pause or behind a server that hangs, is looked at all the same. */
const TICK_MS = 1000;

export type ProgressStream = Pick<NodeJS.WriteStream, 'write'> & {
  readonly isTTY?: boolean;
  readonly columns?: number;
};

export interface ProgressPrinter {
  show(progress: Progress): void;
  /** Removes the line, so that what follows begins on a clean one. Must be called at the end. */
  clear(): void;
}

interface ProgressLine extends ProgressPrinter {
  /** Shows what was reported last once more, as of now, when it is time. */
  tick(): void;
  /** From the screen, until it is shown again. */
  remove(): void;
}

export function progressPrinter(
  { quiet }: OutputFlags,
  stream: ProgressStream = process.stderr,
): ProgressPrinter {
  if (quiet) return { show: () => {}, clear: () => {} };
  const line = createProgressLine(stream, systemClock);
  standsUnended(line.remove);
  let timer: NodeJS.Timeout | undefined;
  return {
    show(progress) {
      timer ??= setInterval(line.tick, TICK_MS).unref();
      line.show(progress);
    },
    clear() {
      clearInterval(timer);
      timer = undefined;
      standsUnended(undefined);
      line.clear();
    },
  };
}

/** Without a timer of its own. */
export function createProgressLine(stream: ProgressStream, clock: Pick<Clock, 'nowMs'>): ProgressLine {
  const everyMs = stream.isTTY ? TERMINAL_EVERY_MS : ELSEWHERE_EVERY_MS;
  const meter = createRateMeter(stream.isTTY ? TERMINAL_RATE_MS : ELSEWHERE_RATE_MS);
  let last: { readonly progress: Progress; readonly atMs: number } | undefined;
  let shownAtMs = Number.NEGATIVE_INFINITY;

  function tick(): void {
    const nowMs = clock.nowMs();
    if (last === undefined || nowMs - shownAtMs < everyMs) return;
    shownAtMs = nowMs;
    const ratePerSecond = meter.perSecond(nowMs, last.progress.offered);
    writeLine(stream, progressLater(last.progress, nowMs - last.atMs), ratePerSecond);
  }

  function remove(): void {
    if (!isTerminal(stream)) return;
    cursorTo(stream, 0);
    clearLine(stream, 0);
  }

  return {
    tick,
    show(progress) {
      last = { progress, atMs: clock.nowMs() };
      tick();
    },
    remove,
    clear() {
      last = undefined;
      remove();
    },
  };
}

function writeLine(stream: ProgressStream, progress: Progress, ratePerSecond: number | null): void {
  if (!isTerminal(stream)) return void stream.write(`${formatProgress(progress, { ratePerSecond })}\n`);
  // One column is left free: a full line would make some terminals begin the next.
  const columns = (stream.columns || USUAL_COLUMNS) - 1;
  cursorTo(stream, 0);
  stream.write(formatProgress(progress, { ratePerSecond, columns }));
  clearLine(stream, 1);
}

function isTerminal(stream: ProgressStream): stream is NodeJS.WriteStream {
  return stream.isTTY === true;
}
