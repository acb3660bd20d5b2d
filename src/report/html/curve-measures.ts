// The two kinds of time that have a curve: the wait for the port, and the whole transfer.

import { failedAtBind } from '../../result/outcome.ts';
import type { BlockResult, StrategyResult } from '../../result/types.ts';
import { type Histogram, quantileMs } from '../../stats/histogram.ts';
import { formatPercent } from '../words/format.ts';

/** One kind of time. */
export interface CurveMeasure {
  readonly id: string;
  readonly name: string;
  readonly axis: string;
  /** From when to when. */
  readonly span: string;
  readonly share: string;
  readonly encoded: (block: BlockResult) => string;
  /** Transfers that never got there. */
  readonly lost: (strategy: StrategyResult) => number;
  readonly isTold: (blocks: readonly BlockResult[]) => boolean;
  /** Whether there is a curve to see. */
  readonly isCurved: (curve: Curve) => boolean;
  /** Why the others are not drawn. */
  readonly level: string;
  readonly seen: (least: Curve, where: string) => string;
}

/** Of one strategy in one scenario. */
export interface Curve {
  readonly name: string;
  readonly scenario: string;
  readonly histogram: Histogram;
  readonly lost: number;
  /** Share of the transfers that got there. */
  readonly arrived: number;
}

/** Below this a wait is none, and a logarithmic axis needs an end. */
export const SHORTEST_MS = 0.1;

const WAITS: CurveMeasure = {
  id: 'waits',
  name: 'Time to the port',
  axis: 'wait for the port (logarithmic)',
  span: 'The wait goes from the first bind to the one that succeeded; shorter ones than the axis shows are at its left edge.',
  share: 'transfers that have the port, %',
  encoded: ({ waitsToBind }) => waitsToBind,
  lost: ({ failures }) => failedAtBind(failures),
  isTold: (blocks) => blocks.every(({ serverView }) => serverView),
  isCurved: ({ histogram, lost }) => lost > 0 || Number(quantileMs(histogram, 0, 0.99)) > SHORTEST_MS,
  level: `had the port at once (99 % of the transfers within ${SHORTEST_MS} ms)`,
  seen: (least, where) =>
    least.lost === 0
      ? 'Every transfer got the port'
      : `Of the transfers of ${least.name}${where}, ${formatPercent(least.arrived)} ever got the port`,
};

const TIMES: CurveMeasure = {
  id: 'transfer-times',
  name: 'Time of a transfer',
  axis: 'time of the transfer (logarithmic)',
  span: 'The time goes from the start that the plan set to the end.',
  share: 'transfers that are complete, %',
  encoded: ({ transferTimes }) => transferTimes,
  lost: ({ failed }) => failed,
  isTold: () => true,
  isCurved: () => true,
  level: '',
  seen: (least, where) =>
    least.lost === 0
      ? 'Every transfer was completed'
      : `Of the transfers of ${least.name}${where}, ${formatPercent(least.arrived)} were ever completed`,
};

export const CURVE_MEASURES: readonly CurveMeasure[] = [WAITS, TIMES];
