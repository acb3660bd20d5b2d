// `port20 compare A [B]`: two results, or two strategies of one, and an exit status that a script can act on.
import type { Command } from 'commander';
import { UsageError } from '../errors.ts';
import {
  type ComparisonReport,
  compareResults,
  compareStrategies,
  overallVerdict,
} from '../report/compare/compare.ts';
import {
  formatComparison,
  formatComparisonJson,
  formatComparisonMarkdown,
} from '../report/compare/render.ts';
import { isSameRun } from '../report/compare/selection.ts';
import { unlikeness } from '../report/compare/settings-tables.ts';
import type { RunResult } from '../result/types.ts';
import { readResult } from '../run/store/result-file.ts';
import type { CompareFlags } from './compare-flags.ts';
import { EXIT } from './exit.ts';
import { print, say, textOptions } from './output.ts';

/**
 * Two runs that differ in environment or load are refused unless that is allowed.
 * @returns 4 for an invalid result, 10 when a candidate is worse, 11 under --strict when nothing can be said
 */
export async function compare(command: Command): Promise<number> {
  const flags: CompareFlags = command.optsWithGlobals();
  const results = await Promise.all(command.args.map(readResult));
  const report = compareRuns(results, flags, command.args);
  await print(render(report, flags));
  const invalid = command.args.find((_, i) => results[i]?.valid === false);
  if (invalid !== undefined) {
    say(`port20: '${invalid}' is the result of an invalid run: nothing follows from it`);
    return EXIT.invalidRun;
  }
  const verdict = overallVerdict(report);
  if (verdict === 'worse') return EXIT.worse;
  return verdict === 'inconclusive' && flags.strict ? EXIT.inconclusive : EXIT.ok;
}

function compareRuns(
  [first, second]: readonly RunResult[],
  flags: CompareFlags,
  files: readonly string[],
): ComparisonReport {
  const { baseline, candidate, scenario, margin } = flags;
  const within = { margin, ...(scenario !== undefined && { scenario }) };
  if (first === undefined) throw new UsageError('name a result');
  if (second !== undefined) {
    const named = baseline !== undefined && candidate !== undefined && baseline !== candidate;
    if (isSameRun(first, second) && !named) throw sameRun(files);
    const pair = { ...(baseline && { baseline }), ...(candidate && { candidate }) };
    const report = compareResults(first, second, { ...within, ...pair });
    if (!report.alike && !flags.allowEnvDiff) throw notAlike(report);
    return report;
  }
  if (candidate === undefined) {
    throw new UsageError('name a second result, or with --candidate a strategy of the first');
  }
  const against = baseline ?? first.requested.baseline;
  if (against === candidate) {
    throw new UsageError(
      `'${candidate}' would be compared with itself: name another --baseline or --candidate`,
    );
  }
  return compareStrategies(first, against, candidate, within);
}

function sameRun([a, b]: readonly string[]): UsageError {
  return new UsageError(
    `'${a}' and '${b}' are the same run: name another one, or two strategies of it with --baseline and --candidate`,
  );
}

function notAlike(report: ComparisonReport): UsageError {
  return new UsageError(
    `the two runs were not made alike: ${unlikeness(report)} differ; compare them all the same with --allow-env-diff`,
  );
}

function render(report: ComparisonReport, flags: CompareFlags): string {
  switch (flags.format) {
    case 'text':
      return formatComparison(report, textOptions(flags));
    case 'md':
      return formatComparisonMarkdown(report);
    case 'json':
      return formatComparisonJson(report);
    default:
      return flags.format satisfies never;
  }
}
