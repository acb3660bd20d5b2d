// `port20 compare A [B]`: two results, or two strategies of one, and an exit status that a script can act on.
import type { Command } from 'commander';
import { BINDER_NAMES, type BinderName } from '../binder/types.ts';
import { UsageError } from '../errors.ts';
import {
  type ComparisonReport,
  compareResults,
  compareStrategies,
  overallVerdict,
} from '../report/compare.ts';
import {
  formatComparison,
  formatComparisonJson,
  formatComparisonMarkdown,
} from '../report/compare-render.ts';
import { DEFAULT_MARGIN } from '../stats/verdict.ts';
import { EXIT } from './exit.ts';
import { oneOf, readBinder, readShare, setting, toggle } from './flags.ts';
import { type OutputFlags, print, wantsColor } from './output.ts';
import { readResult } from './result-file.ts';

const FORMATS = ['text', 'md', 'json'] as const;

interface CompareFlags extends OutputFlags {
  readonly baseline?: BinderName;
  readonly candidate?: BinderName;
  readonly scenario?: string;
  readonly margin: number;
  readonly format: (typeof FORMATS)[number];
  readonly strict?: boolean;
}

export function addCompareFlags(command: Command): Command {
  const binders = BINDER_NAMES.join(', ');
  return command
    .addOption(setting('--baseline <binder>', `the strategy to compare with: ${binders}`, readBinder))
    .addOption(setting('--candidate <binder>', 'the strategy that must not be worse', readBinder))
    .addOption(setting('--scenario <name>', 'this scenario alone', String))
    .addOption(
      setting(
        '--margin <share>',
        'a rise of the failure rate that does not matter, 0 to 1',
        readShare,
      ).default(DEFAULT_MARGIN),
    )
    .addOption(setting('--format <name>', FORMATS.join(', '), oneOf('format', FORMATS)).default('text'))
    .addOption(toggle('--strict', 'exit 11 where the verdict is inconclusive'));
}

/** @returns 10 when a candidate is worse, 11 under --strict when nothing can be said, otherwise 0 */
export async function compare(files: readonly string[], command: Command): Promise<number> {
  const flags: CompareFlags = command.optsWithGlobals();
  const report = await compareFiles(files, flags);
  await print(render(report, flags));
  const verdict = overallVerdict(report);
  if (verdict === 'worse') return EXIT.worse;
  return verdict === 'inconclusive' && flags.strict ? EXIT.inconclusive : EXIT.ok;
}

async function compareFiles([a = '', b]: readonly string[], flags: CompareFlags): Promise<ComparisonReport> {
  const { baseline, candidate, scenario, margin } = flags;
  const first = await readResult(a);
  if (b !== undefined) {
    const pair = { ...(baseline && { baseline }), ...(candidate && { candidate }) };
    return compareResults(first, await readResult(b), { margin, ...pair });
  }
  if (candidate === undefined) {
    throw new UsageError('name a second result, or with --candidate a strategy of the first');
  }
  const within = { margin, ...(scenario !== undefined && { scenario }) };
  return compareStrategies(first, baseline ?? first.requested.baseline, candidate, within);
}

function render(report: ComparisonReport, flags: CompareFlags): string {
  switch (flags.format) {
    case 'text':
      return formatComparison(report, { colour: wantsColor(flags) });
    case 'md':
      return formatComparisonMarkdown(report);
    case 'json':
      return formatComparisonJson(report);
    default:
      return flags.format satisfies never;
  }
}
