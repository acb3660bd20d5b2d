// Two contestants by how quick they are: the ratio of candidate to baseline, its interval and a verdict, as data.
import type { BinderName } from '../../binder/types.ts';
import { binderOf } from '../../plan/contestants.ts';
import { type FamilyJudgement, judgeFamily, type VerdictOptions } from '../../stats/family.ts';
import { signFlipPValue } from '../../stats/permutation.ts';
import type { Interval } from '../../stats/proportion.ts';
import { createRandom } from '../../stats/random.ts';
import type { ComparisonReport, Ground } from './compare.ts';
import { type LogRatio, type Measured, type Quantity, quantityOf } from './quantities.ts';
import type { QuantityName } from './quantity-names.ts';
import { blockPairs, blocksOf, type Side } from './sides.ts';

export interface RatioSide extends Measured {
  readonly contestant: string;
  /** Null where it is none of ours. */
  readonly binder: BinderName | null;
}

export interface RatioRow extends FamilyJudgement {
  readonly scenario: string;
  readonly baseline: RatioSide;
  readonly candidate: RatioSide;
  /** candidate / baseline; without bound (in JSON null) where one of them falls among failures, null where both do. */
  readonly ratio: number | null;
  /** Of the ratio, at a confidence of 1 - significance. */
  readonly interval: Interval | null;
  /** Of the sign-flip test on the logarithms of the pairs. */
  readonly pValue: number | null;
  /** Pairs of blocks. */
  readonly blocks: number;
}

export interface RatioReport extends Omit<ComparisonReport, 'formatVersion' | 'rows' | 'margin'> {
  readonly formatVersion: 1;
  readonly metric: QuantityName;
  /** Which of two is better. */
  readonly better: Quantity['better'];
  /** A change for the worse by this share does not matter. */
  readonly margin: number;
  readonly rows: readonly RatioRow[];
}

/** A change of this share that does not matter, unless another is asked for. */
export const DEFAULT_RATIO_MARGIN = 0.05;

export function compareRatios(
  { scenarios, pairs, ...ground }: Ground,
  { metric, margin }: { readonly metric: QuantityName; readonly margin: number },
): RatioReport {
  const quantity = quantityOf(metric);
  const scale = { margin: Math.log1p(margin), significance: ground.significance };
  const rows = scenarios.flatMap((scenario) => compareScenario(scenario, pairs, quantity, scale));
  return { formatVersion: 1, ...ground, metric, better: quantity.better, margin, rows };
}

/** Judged as differences of failure rates are, on logarithms of which more is worse. */
function compareScenario(
  scenario: string,
  sides: Ground['pairs'],
  quantity: Quantity,
  scale: Required<VerdictOptions>,
): RatioRow[] {
  const found = sides.map(([baseline, candidate]) => {
    const pairs = blockPairs(scenario, baseline, candidate);
    const random = createRandom(baseline.result.requested.seed);
    const ratio = quantity.ratio(pairs, random, { confidence: 1 - scale.significance });
    const { logRatio, interval, each } = ratio;
    const pValue = each.length === 0 ? null : signFlipPValue(finite(each), random);
    const worsening = quantity.better === 'less' ? ratio : mirrored(ratio);
    return {
      row: {
        ...{ scenario, ratio: logRatio === null ? null : Math.exp(logRatio) },
        baseline: sideOf(baseline, scenario, quantity),
        candidate: sideOf(candidate, scenario, quantity),
        interval: interval && ([Math.exp(interval[0]), Math.exp(interval[1])] as const),
        ...{ pValue, blocks: each.length },
      },
      difference: worsening.logRatio,
      ...{ interval: worsening.interval, method: null, pValue, blocks: each.length },
    };
  });
  return judgeFamily(found, scale).map(({ row, verdict, blocksNeeded, pAdjusted }) => ({
    ...row,
    ...{ verdict, blocksNeeded, pAdjusted },
  }));
}

/** Where one side of a pair failed, the signs alone are compared. */
function finite(each: readonly number[]): readonly number[] {
  return each.every(Number.isFinite) ? each : each.map(Math.sign);
}

function mirrored({ logRatio, interval }: LogRatio): Pick<LogRatio, 'logRatio' | 'interval'> {
  return {
    logRatio: logRatio === null ? null : -logRatio,
    interval: interval && [-interval[1], -interval[0]],
  };
}

function sideOf(side: Side, scenario: string, quantity: Quantity): RatioSide {
  const { contestant } = side;
  return {
    contestant: contestant.name,
    binder: binderOf(contestant),
    ...quantity.of(blocksOf(side, scenario)),
  };
}
