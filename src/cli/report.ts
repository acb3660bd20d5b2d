// `port20 report RESULT`: a saved result, printed again in the form that is wanted.
import type { Command } from 'commander';
import { formatCsv } from '../report/csv.ts';
import { formatMarkdown } from '../report/markdown.ts';
import { formatTerminal } from '../report/terminal.ts';
import type { RunResult } from '../stress/types.ts';
import { EXIT } from './exit.ts';
import { print, wantsColor } from './output.ts';
import type { ReportFlags } from './report-flags.ts';
import { readResult } from './result-file.ts';

/** @returns 4 for the result of an invalid run */
export async function report(command: Command): Promise<number> {
  const flags: ReportFlags = command.optsWithGlobals();
  const result = await readResult(command.args[0] ?? '');
  await print(render(result, flags));
  return result.valid ? EXIT.ok : EXIT.invalidRun;
}

function render(result: RunResult, flags: ReportFlags): string {
  switch (flags.format) {
    case 'text':
      return formatTerminal(result, { colour: wantsColor(flags) });
    case 'md':
      return formatMarkdown(result);
    case 'csv':
      return formatCsv(result);
    case 'json':
      return JSON.stringify(result, null, 1);
    default:
      return flags.format satisfies never;
  }
}
