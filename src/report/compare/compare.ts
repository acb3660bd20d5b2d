// Two strategies of one run, or the strategies of two runs, side by side: differences, intervals and verdicts as data.

import type { RunResult } from '../../result/types.ts';
import { type Difference, difference } from '../../stats/difference.ts';
import { type FamilyJudgement, judgeFamily, type VerdictOptions } from '../../stats/family.ts';
import { SIGNIFICANCE } from '../../stats/holm.ts';
import type { Verdict } from '../../stats/verdict.ts';
import {
  type ComparisonCaution,
  contestantOf,
  contestantPairs,
  scenariosOf,
  sharedScenarios,
  soundness,
} from './selection.ts';
import { type SettingDifference, settingDifferences } from './settings.ts';
import { type ComparedSide, pairedBlocks, type Side, sideOf } from './sides.ts';

/** candidate - baseline in one scenario; negative is fewer failures. */
export interface ComparisonRow extends Difference, FamilyJudgement {
  readonly scenario: string;
  readonly baseline: ComparedSide;
  readonly candidate: ComparedSide;
}

export interface ComparisonReport {
  readonly formatVersion: 2;
  /** What is told apart: two strategies of one run, or two runs. */
  readonly of: 'strategies' | 'runs';
  /** A rise of the failure rate up to here does not matter; a proportion. */
  readonly margin: number;
  /**
   * What the adjusted p values are held against, and one minus the confidence of the differences' intervals: less than
   * .05 where a run looked at its comparisons more than once.
   */
  readonly significance: number;
  /** Settings in which the two runs differ; empty for two strategies of one run. */
  readonly settings: readonly SettingDifference[];
  /** False where the runs differ in environment or load: then a verdict may tell of that and not of the strategies. */
  readonly alike: boolean;
  readonly rows: readonly ComparisonRow[];
  /** Reasons to trust the rows less. */
  readonly cautions: readonly ComparisonCaution[];
}

/** What is compared, whatever is measured of it. */
export interface Ground extends Omit<ComparisonReport, 'formatVersion' | 'margin' | 'rows'> {
  readonly scenarios: readonly string[];
  readonly pairs: readonly (readonly [baseline: Side, candidate: Side])[];
}

/** Contestants and scenarios by name; all that there are unless named. */
export interface GroundOptions {
  readonly baseline?: string;
  readonly candidate?: string;
  readonly scenario?: string;
}

/**
 * Two strategies of one run, in one scenario or in all.
 * @throws UsageError when the run does not have them
 */
export function strategiesOf(
  result: RunResult,
  {
    baseline,
    candidate,
    scenario,
  }: GroundOptions & { readonly baseline: string; readonly candidate: string },
): Ground {
  const from = { result, contestant: contestantOf(result, baseline) };
  const to = { result, contestant: contestantOf(result, candidate) };
  return {
    ...{ of: 'strategies', settings: [], alike: true, significance: significanceOf([result]) },
    ...{ cautions: soundness([result]), scenarios: scenariosOf(result, scenario), pairs: [[from, to]] },
  };
}

/**
 * Two runs, in every scenario that both have: strategy by strategy, or `baseline` of the first against `candidate` of
 * the second (one of them alone stands for both). Blocks are paired by their index.
 * @throws UsageError when the runs share no scenario or do not have the strategies
 */
export function runsOf(a: RunResult, b: RunResult, options: GroundOptions): Ground {
  const pairs = contestantPairs(a, b, options).map(
    ([from, to]) =>
      [
        { result: a, contestant: from },
        { result: b, contestant: to },
      ] as const,
  );
  const scenarios = sharedScenarios(a, b, options.scenario);
  const settings = settingDifferences(a, b, scenarios);
  const alike = settings.every(({ kind }) => kind === 'other');
  const cautions = [...(alike ? [] : [{ id: 'unlike' } as const]), ...soundness([a, b])];
  return { of: 'runs', significance: significanceOf([a, b]), settings, alike, cautions, scenarios, pairs };
}

/** The failure rates. */
export function compareFailures(
  { scenarios, pairs, ...ground }: Ground,
  { margin }: { readonly margin: number },
): ComparisonReport {
  const scale = { margin, significance: ground.significance };
  const rows = scenarios.flatMap((scenario) => compareScenario(scenario, pairs, scale));
  return { formatVersion: 2, ...ground, margin, rows };
}

/** The row that matters most: worse, then inconclusive, then not worse, then better. For an exit status. */
export function overallVerdict(report: { readonly rows: readonly { readonly verdict: Verdict }[] }): Verdict {
  const order: readonly Verdict[] = ['worse', 'inconclusive', 'not-worse', 'better'];
  const found = order.find((verdict) => report.rows.some((row) => row.verdict === verdict));
  return found ?? 'inconclusive';
}

/** A run that ended when its comparisons were conclusive has spent the rest of the error on its other looks. */
function significanceOf(results: readonly RunResult[]): number {
  const own = results.flatMap(({ comparisons }) => comparisons.map(({ significance }) => significance));
  return Math.min(SIGNIFICANCE, ...own);
}

/** The rows of one scenario are one family: each verdict allows for the others. */
function compareScenario(
  scenario: string,
  pairs: readonly (readonly [baseline: Side, candidate: Side])[],
  scale: Required<VerdictOptions>,
): ComparisonRow[] {
  const found = pairs.map(([baseline, candidate]) => ({
    scenario,
    baseline: sideOf(baseline, scenario),
    candidate: sideOf(candidate, scenario),
    ...difference(pairedBlocks(scenario, baseline, candidate), {
      seed: baseline.result.requested.seed,
      confidence: 1 - scale.significance,
    }),
  }));
  return judgeFamily(found, scale);
}
