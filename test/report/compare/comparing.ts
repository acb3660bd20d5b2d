// Comparisons in one call: which strategies or runs, and by what margin of the failure rate.
import {
  type ComparisonReport,
  compareFailures,
  type GroundOptions,
  runsOf,
  strategiesOf,
} from '../../../src/report/compare/compare.ts';
import type { RunResult } from '../../../src/result/types.ts';

type Options = GroundOptions & { readonly margin: number };

export function compareStrategies(
  result: RunResult,
  baseline: string,
  candidate: string,
  { margin, ...options }: Options,
): ComparisonReport {
  return compareFailures(strategiesOf(result, { ...options, baseline, candidate }), { margin });
}

export function compareResults(
  a: RunResult,
  b: RunResult,
  { margin, ...options }: Options,
): ComparisonReport {
  return compareFailures(runsOf(a, b, options), { margin });
}
