// `port20 report RESULT`: a saved result, printed again in the form that is wanted.
import type { Command } from 'commander';
import { formatCsv } from '../report/export/csv.ts';
import { formatOpenMetrics } from '../report/export/openmetrics.ts';
import { formatMarkdown } from '../report/text/markdown.ts';
import { formatTerminal } from '../report/text/terminal.ts';
import { checkThresholds } from '../report/thresholds/check.ts';
import type { RunResult } from '../result/types.ts';
import { readResult } from '../run/store/result-file.ts';
import { EXIT, messageOf } from './exit.ts';
import { checkFiles } from './files.ts';
import { print, say, textOptions } from './output.ts';
import type { ReportFlags } from './report-flags.ts';
import { resultFiles, saveResultFiles, thresholdStatus, thresholdsInWords } from './result-outputs.ts';

/** @returns 4 for the result of an invalid run, 99 where a threshold is not kept */
export async function report(command: Command): Promise<number> {
  const flags: ReportFlags = command.optsWithGlobals();
  const file = command.args[0] ?? '';
  await checkFiles({ written: resultFiles(flags), read: [{ by: 'the result', path: file }] });
  const result = await readResult(file);
  const outcomes = checkThresholds(result, flags.threshold ?? []);
  const unsaved = await saveResultFiles(result, flags, { outcomes });
  // A file is what was asked for then: the text comes with a format that was asked for, too.
  const asked = command.getOptionValueSource('format') !== 'default';
  if (asked || resultFiles(flags).length === 0) await print(render(result, flags));
  if (outcomes.length > 0) say(thresholdsInWords(outcomes));
  for (const { failure } of unsaved) say(messageOf(failure));
  if (unsaved.length > 0) return EXIT.preflight;
  return result.valid ? (thresholdStatus(outcomes) ?? EXIT.ok) : EXIT.invalidRun;
}

function render(result: RunResult, flags: ReportFlags): string {
  switch (flags.format) {
    case 'text':
      return formatTerminal(result, textOptions(flags));
    case 'md':
      return formatMarkdown(result);
    case 'csv':
      return formatCsv(result);
    case 'json':
      return JSON.stringify(result, null, 1);
    case 'openmetrics':
      return formatOpenMetrics(result);
    default:
      return flags.format satisfies never;
  }
}
