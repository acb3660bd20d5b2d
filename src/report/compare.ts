// Two strategies of one run, or the strategies of two runs, side by side: differences, intervals and verdicts as data.
import { type BlockedProportion, blockedProportion } from '../stats/blocks.ts';
import { type Difference, difference } from '../stats/difference.ts';
import { type FamilyJudgement, judgeFamily, type Verdict } from '../stats/verdict.ts';
import type { BlockResult, RunResult } from '../stress/types.ts';
import {
  type BinderName,
  binderOf,
  binderPairs,
  scenariosOf,
  sharedScenarios,
  soundness,
} from './selection.ts';
import { type SettingDifference, settingDifferences } from './settings.ts';

/** One strategy in one scenario: all its valid blocks. */
export interface ComparedSide extends Pick<BlockedProportion, 'rate' | 'interval' | 'failed' | 'finished'> {
  readonly binder: BinderName;
}

/** candidate - baseline in one scenario; negative is fewer failures. */
export interface ComparisonRow extends Difference, FamilyJudgement {
  readonly scenario: string;
  readonly baseline: ComparedSide;
  readonly candidate: ComparedSide;
}

export interface ComparisonReport {
  readonly formatVersion: 1;
  /** What is told apart: two strategies of one run, or two runs. */
  readonly of: 'strategies' | 'runs';
  /** A rise of the failure rate up to here does not matter; a proportion. */
  readonly margin: number;
  /** Settings in which the two runs differ, host and plan; empty for two strategies of one run. */
  readonly settings: readonly SettingDifference[];
  readonly rows: readonly ComparisonRow[];
  /** Reasons to trust the rows less. */
  readonly cautions: readonly string[];
}

export interface CompareOptions {
  readonly margin: number;
}

/**
 * Two strategies of one run, in one scenario or in all.
 * @throws UsageError when the run does not have them
 */
export function compareStrategies(
  result: RunResult,
  baseline: string,
  candidate: string,
  options: CompareOptions & { readonly scenario?: string },
): ComparisonReport {
  const from = { result, binder: binderOf(result, baseline) };
  const to = { result, binder: binderOf(result, candidate) };
  const rows = scenariosOf(result, options.scenario).flatMap((scenario) =>
    compareScenario(scenario, [[from, to]], options),
  );
  const cautions = soundness([result]);
  return { formatVersion: 1, of: 'strategies', margin: options.margin, settings: [], rows, cautions };
}

/**
 * Two runs, in every scenario that both have: strategy by strategy, or `baseline` of the first against `candidate` of
 * the second (one of them alone stands for both). Blocks are paired by their index.
 * @throws UsageError when the runs share no scenario or do not have the strategies
 */
export function compareResults(
  a: RunResult,
  b: RunResult,
  options: CompareOptions & {
    readonly baseline?: string;
    readonly candidate?: string;
    readonly scenario?: string;
  },
): ComparisonReport {
  const pairs = binderPairs(a, b, options).map(
    ([from, to]) =>
      [
        { result: a, binder: from },
        { result: b, binder: to },
      ] as const,
  );
  const rows = sharedScenarios(a, b, options.scenario).flatMap((scenario) =>
    compareScenario(scenario, pairs, options),
  );
  const settings = settingDifferences(a, b);
  const cautions = soundness([a, b]);
  return { formatVersion: 1, of: 'runs', margin: options.margin, settings, rows, cautions };
}

/** The row that matters most: worse, then inconclusive, then not worse, then better. For an exit status. */
export function overallVerdict(report: ComparisonReport): Verdict {
  const order: readonly Verdict[] = ['worse', 'inconclusive', 'not-worse', 'better'];
  const found = order.find((verdict) => report.rows.some((row) => row.verdict === verdict));
  return found ?? 'inconclusive';
}

interface Side {
  readonly result: RunResult;
  readonly binder: BinderName;
}

/** The rows of one scenario are one family: each verdict allows for the others. */
function compareScenario(
  scenario: string,
  pairs: readonly (readonly [baseline: Side, candidate: Side])[],
  { margin }: CompareOptions,
): ComparisonRow[] {
  const found = pairs.map(([baseline, candidate]) => compareSides(scenario, baseline, candidate));
  return judgeFamily(found, { margin });
}

function compareSides(
  scenario: string,
  baseline: Side,
  candidate: Side,
): Omit<ComparisonRow, keyof FamilyJudgement> {
  const ofBaseline = blocksOf(baseline, scenario);
  const ofCandidate = new Map(blocksOf(candidate, scenario).map((block) => [block.index, block]));
  const pairs = ofBaseline.flatMap((block) => {
    const twin = ofCandidate.get(block.index);
    return twin === undefined ? [] : [{ baseline: asCount(block), candidate: asCount(twin) }];
  });
  return {
    scenario,
    baseline: sideOf(baseline, ofBaseline),
    candidate: sideOf(candidate, [...ofCandidate.values()]),
    ...difference(pairs, { seed: baseline.result.requested.seed }),
  };
}

function blocksOf({ result, binder }: Side, scenario: string): BlockResult[] {
  return result.blocks.filter(
    (block) => block.valid && block.cancelled === 0 && block.scenario === scenario && block.binder === binder,
  );
}

function sideOf({ binder }: Side, blocks: readonly BlockResult[]): ComparedSide {
  const { rate, interval, failed, finished } = blockedProportion(blocks.map(asCount));
  return { binder, rate, interval, failed, finished };
}

/** Cancelled transfers are in neither number: the run ended them, not the server. */
function asCount({ failed, completed }: BlockResult): { failed: number; finished: number } {
  return { failed, finished: failed + completed };
}
