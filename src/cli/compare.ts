// `port20 compare A [B]`: two results, or two strategies of one, and an exit status that a script can act on.
import type { Command } from 'commander';
import { UsageError } from '../errors.ts';
import {
  type ComparisonReport,
  compareFailures,
  type Ground,
  overallVerdict,
  runsOf,
  strategiesOf,
} from '../report/compare/compare.ts';
import { formatRatios, formatRatiosJson, formatRatiosMarkdown } from '../report/compare/ratio-render.ts';
import { compareRatios, DEFAULT_RATIO_MARGIN, type RatioReport } from '../report/compare/ratios.ts';
import {
  formatComparison,
  formatComparisonJson,
  formatComparisonMarkdown,
} from '../report/compare/render.ts';
import { sharedRun } from '../report/compare/selection.ts';
import { unlikeness } from '../report/compare/settings-tables.ts';
import type { RunResult } from '../result/types.ts';
import { readResult } from '../run/store/result-file.ts';
import { DEFAULT_MARGIN, type Verdict } from '../stats/verdict.ts';
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
  const { text, verdict } = told(groundOf(results, flags, command.args), flags);
  await print(text);
  const invalid = command.args.find((_, i) => results[i]?.valid === false);
  if (invalid !== undefined) {
    say(`port20: '${invalid}' is the result of an invalid run: nothing follows from it`);
    return EXIT.invalidRun;
  }
  if (verdict === 'worse') return EXIT.worse;
  return verdict === 'inconclusive' && flags.strict ? EXIT.inconclusive : EXIT.ok;
}

function groundOf(
  [first, second]: readonly RunResult[],
  flags: CompareFlags,
  files: readonly string[],
): Ground {
  const { baseline, candidate, scenario } = flags;
  const within = scenario === undefined ? {} : { scenario };
  if (first === undefined) throw new UsageError('name a result');
  if (second !== undefined) {
    const named = baseline !== undefined && candidate !== undefined && baseline !== candidate;
    const shared = sharedRun(first, second);
    if (shared !== undefined && !named) throw sameRun(files, shared);
    const pair = { ...(baseline && { baseline }), ...(candidate && { candidate }) };
    const ground = runsOf(first, second, { ...within, ...pair });
    if (!ground.alike && !flags.allowEnvDiff) throw notAlike(ground);
    return ground;
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
  return strategiesOf(first, { ...within, baseline: against, candidate });
}

function sameRun([a, b]: readonly string[], startedAt: string): UsageError {
  return new UsageError(
    `'${a}' and '${b}' have the same run in them, of ${startedAt}: name another one, or two strategies of it with --baseline and --candidate`,
  );
}

function notAlike(ground: Ground): UsageError {
  return new UsageError(
    `the two runs were not made alike: ${unlikeness(ground)} differ; compare them all the same with --allow-env-diff`,
  );
}

/** The text, and the verdict of the row that matters most. */
function told(ground: Ground, flags: CompareFlags): { readonly text: string; readonly verdict: Verdict } {
  const { metric } = flags;
  if (metric === 'failure-rate') {
    const report = compareFailures(ground, { margin: flags.margin ?? DEFAULT_MARGIN });
    return { text: failuresText(report, flags), verdict: overallVerdict(report) };
  }
  const report = compareRatios(ground, { metric, margin: flags.margin ?? DEFAULT_RATIO_MARGIN });
  return { text: ratiosText(report, flags), verdict: overallVerdict(report) };
}

function failuresText(report: ComparisonReport, flags: CompareFlags): string {
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

function ratiosText(report: RatioReport, flags: CompareFlags): string {
  switch (flags.format) {
    case 'text':
      return formatRatios(report, textOptions(flags));
    case 'md':
      return formatRatiosMarkdown(report);
    case 'json':
      return formatRatiosJson(report);
    default:
      return flags.format satisfies never;
  }
}
