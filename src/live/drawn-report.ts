// The report of the result so far, drawn when somebody wants to see it, and seldom enough not to slow the run.
import type { Clock } from '../clock.ts';
import type { RunResult } from '../result/types.ts';

export interface DrawnReport {
  show(result: RunResult): void;
  /** Undefined before the first result. It may be of an earlier result while drawing would take too much of the run. */
  current(): Drawing | undefined;
  /** The last result as it is, whatever that takes. */
  final(): Drawing | undefined;
  /** The last result as it would be saved. */
  json(): string | undefined;
}

export interface Drawing {
  /** Goes up with every drawing; from 1. */
  readonly number: number;
  readonly markup: string;
}

/** Drawing may take one part in as many of the time: it holds up the next block, or takes a core from the present one. */
const REST_PER_DRAWING = 20;

/** `draw` must not throw. */
export function createDrawnReport(
  draw: (result: RunResult) => string,
  clock: Pick<Clock, 'nowMs'>,
): DrawnReport {
  let last: RunResult | undefined;
  let drawn: { readonly of: RunResult; readonly final: boolean; readonly drawing: Drawing } | undefined;
  let restsUntilMs = Number.NEGATIVE_INFINITY;
  let saved: { readonly of: RunResult; readonly json: string } | undefined;

  function drawNow(of: RunResult, final: boolean): Drawing {
    const startedAtMs = clock.nowMs();
    const markup = draw(final ? of : underWay(of));
    const endedAtMs = clock.nowMs();
    restsUntilMs = endedAtMs + (endedAtMs - startedAtMs) * REST_PER_DRAWING;
    const drawing = { number: (drawn?.drawing.number ?? 0) + 1, markup };
    drawn = { of, final, drawing };
    return drawing;
  }

  return {
    show(result) {
      last = result;
    },
    current() {
      if (last === undefined || drawn?.of === last) return drawn?.drawing;
      return drawn !== undefined && clock.nowMs() < restsUntilMs ? drawn.drawing : drawNow(last, false);
    },
    final() {
      if (last === undefined) return undefined;
      const done = drawn?.of === last && (drawn.final || !last.partial);
      return done ? drawn?.drawing : drawNow(last, true);
    },
    json() {
      if (last === undefined) return undefined;
      if (saved?.of !== last) saved = { of: last, json: `${JSON.stringify(last, null, 1)}\n` };
      return saved.json;
    },
  };
}

/** A result so far says that it was ended early, as it would be if the run ended here: nothing to warn a watcher of. */
function underWay(result: RunResult): RunResult {
  return result.endedBy === 'interrupt' ? { ...result, partial: false, endedBy: 'plan' } : result;
}
