// The progress line: rewritten in place on a terminal, a line every ten seconds elsewhere.
import { clearLine, cursorTo } from 'node:readline';
import { formatProgress } from '../report/progress.ts';
import type { Progress } from '../stress/types.ts';
import type { OutputFlags } from './output.ts';

const TERMINAL_EVERY_MS = 100;
const ELSEWHERE_EVERY_MS = 10_000;

export interface ProgressPrinter {
  show(progress: Progress): void;
  /** Removes the line, so that what follows begins on a clean one. */
  clear(): void;
}

export function progressPrinter({ quiet }: OutputFlags, stream = process.stderr): ProgressPrinter {
  if (quiet) return { show: () => {}, clear: () => {} };
  const everyMs = stream.isTTY ? TERMINAL_EVERY_MS : ELSEWHERE_EVERY_MS;
  let shownAtMs = Number.NEGATIVE_INFINITY;
  return {
    show(progress) {
      if (progress.elapsedMs - shownAtMs < everyMs) return;
      shownAtMs = progress.elapsedMs;
      const line = formatProgress(progress);
      if (!stream.isTTY) return void stream.write(`${line}\n`);
      cursorTo(stream, 0);
      stream.write(line.slice(0, stream.columns - 1));
      clearLine(stream, 1);
    },
    clear() {
      if (!stream.isTTY) return;
      cursorTo(stream, 0);
      clearLine(stream, 0);
    },
  };
}
