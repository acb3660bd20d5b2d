// How far the run is, as of now, in the words of the bar above the report.

import type { Clock } from '../clock.ts';
import type { Plan } from '../plan/types.ts';
import { createRateMeter } from '../report/text/rate-meter.ts';
import {
  formatCount,
  formatPercent,
  formatRatio,
  formatTimeSpan,
  NO_VALUE,
  plural,
} from '../report/words/format.ts';
import { type Progress, progressLater } from '../result/progress.ts';

/** What the page shows; the texts are shown as they are. */
export interface RunWords {
  /** Of the window. */
  readonly title: string;
  readonly doing: string;
  /** What runs: `legacy-bsd in downloads-64`. */
  readonly whose: string;
  /** Of what runs. */
  readonly failed: string;
  /** Of the whole run. */
  readonly offered: string;
  readonly rate: string;
  readonly elapsed: string;
  readonly left: string;
  readonly blocksDone: number;
  /** 0 before it is known. */
  readonly blocksTotal: number;
}

export interface RunState {
  show(progress: Progress): void;
  /** From now on the words are those of a run that is over. */
  end(): void;
  words(): RunWords;
}

/** What the rate is of. */
const RATE_MS = 5000;

export function createRunState(plan: Pick<Plan, 'name'>, clock: Pick<Clock, 'nowMs'>): RunState {
  const meter = createRateMeter(RATE_MS);
  let last: { readonly progress: Progress; readonly atMs: number } | undefined;
  let endedAtMs: number | undefined;
  return {
    end() {
      endedAtMs ??= clock.nowMs();
    },
    show(progress) {
      last = { progress, atMs: clock.nowMs() };
      meter.perSecond(last.atMs, progress.offered);
    },
    words() {
      if (last === undefined) return beforeTheFirst(plan, endedAtMs !== undefined);
      const nowMs = endedAtMs ?? clock.nowMs();
      const progress = progressLater(last.progress, nowMs - last.atMs);
      return endedAtMs === undefined
        ? underWay(plan, progress, meter.perSecond(nowMs, progress.offered))
        : over(plan, progress);
    },
  };
}

type Named = Pick<Plan, 'name'>;

function beforeTheFirst({ name }: Named, ended: boolean): RunWords {
  return {
    title: `port20: ${name}`,
    doing: ended ? 'No block was begun' : 'Starting',
    ...{
      whose: NO_VALUE,
      offered: NO_VALUE,
      failed: NO_VALUE,
      rate: NO_VALUE,
      elapsed: NO_VALUE,
      left: NO_VALUE,
    },
    ...{ blocksDone: 0, blocksTotal: 0 },
  };
}

function underWay({ name }: Named, progress: Progress, ratePerSecond: number | null): RunWords {
  const { blocksDone, blocksTotal, remainingMs } = progress;
  if (blocksDone === blocksTotal) return over({ name }, progress);
  const block = blocksDone + 1;
  return {
    ...countsInWords(progress),
    title: `${block}/${blocksTotal} port20: ${name}`,
    doing: `Block ${formatCount(block)} of ${formatCount(blocksTotal)}`,
    rate: formatRatio(ratePerSecond),
    left: remainingMs === null ? NO_VALUE : inSeconds(remainingMs),
  };
}

function over({ name }: Named, progress: Progress): RunWords {
  const { blocksDone, blocksTotal } = progress;
  return {
    ...countsInWords(progress),
    title: `over port20: ${name}`,
    doing: `${formatCount(blocksDone)} of ${plural(blocksTotal, 'block')} done`,
    // The row that ran last says nothing of the run.
    ...{ whose: NO_VALUE, failed: NO_VALUE, rate: NO_VALUE, left: NO_VALUE },
  };
}

function countsInWords(progress: Progress) {
  const { blocksDone, blocksTotal, scenario, contestant, offered, own, elapsedMs } = progress;
  const { failed, finished } = own;
  const share = failed > 0 ? ` (${formatPercent(failed / finished)})` : '';
  return {
    whose: `${contestant} in ${scenario}`,
    offered: formatCount(offered),
    failed: `${formatCount(failed)} of ${formatCount(finished)}${share}`,
    elapsed: inSeconds(elapsedMs),
    ...{ blocksDone, blocksTotal },
  };
}

function inSeconds(ms: number): string {
  return formatTimeSpan(Math.round(ms / 1000) * 1000);
}
