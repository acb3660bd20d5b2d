// What is made of a result beside the text: files in other forms, and thresholds that it has to keep.
import { type Command, Option } from 'commander';
import { probeKernel } from '../probe/kernel/probe.ts';
import type { KernelReport } from '../probe/types.ts';
import { formatJUnit } from '../report/export/junit.ts';
import { formatOpenMetrics } from '../report/export/openmetrics.ts';
import { checkThresholds, type ThresholdOutcome } from '../report/thresholds/check.ts';
import { parseThreshold, type Threshold } from '../report/thresholds/threshold.ts';
import type { RunResult } from '../result/types.ts';
import { EXIT } from './exit.ts';
import { setting } from './flags.ts';
import { checkWritable, saveFile } from './output.ts';

export interface ResultFlags {
  readonly html?: string;
  readonly junit?: string;
  readonly openmetrics?: string;
  readonly threshold?: readonly Threshold[];
}

export function addResultFlags(command: Command): Command {
  return command
    .addOption(setting('--html <file>', 'save a report for the browser, in one file', String))
    .addOption(setting('--junit <file>', 'save thresholds and validity as JUnit XML', String))
    .addOption(setting('--openmetrics <file>', 'save counters and gauges as OpenMetrics text', String))
    .addOption(thresholds());
}

/** May be given again, and may hold several in one text, for the environment and the configuration file. */
function thresholds(): Option {
  const help = "exit 99 unless it holds, such as 'reuse-port.failureRate < 0.001'; may be repeated";
  return new Option('--threshold <expression>', help)
    .env('PORT20_THRESHOLD')
    .argParser((text: string, before: readonly Threshold[] | undefined) => [
      ...(before ?? []),
      ...text.split(/[;,]/).map((one) => parseThreshold(one.trim())),
    ]);
}

/** Before any load. @throws PreflightError for a file that cannot be written */
export async function checkResultFiles({ html, junit, openmetrics }: ResultFlags): Promise<void> {
  for (const file of [html, junit, openmetrics]) if (file !== undefined) await checkWritable(file);
}

/** @throws PreflightError for a file that cannot be written, UsageError for a threshold on what is not in the result */
export async function saveResultFiles(
  result: RunResult,
  flags: ResultFlags,
  command?: string,
): Promise<readonly ThresholdOutcome[]> {
  const outcomes = checkThresholds(result, flags.threshold ?? []);
  if (flags.html !== undefined) await saveFile(flags.html, await renderHtml(result, command));
  if (flags.junit !== undefined) await saveFile(flags.junit, formatJUnit(result, outcomes));
  if (flags.openmetrics !== undefined) await saveFile(flags.openmetrics, formatOpenMetrics(result));
  return outcomes;
}

/** 99 when a threshold is not kept, otherwise nothing. */
export function thresholdStatus(outcomes: readonly ThresholdOutcome[]): number | undefined {
  return outcomes.every(({ passed }) => passed) ? undefined : EXIT.threshold;
}

/** One line each. */
export function thresholdsInWords(outcomes: readonly ThresholdOutcome[]): string {
  return outcomes.map(({ passed, text }) => `threshold ${passed ? 'kept' : 'NOT kept'}: ${text}`).join('\n');
}

/** The charting library is loaded here and nowhere else: no other command pays for it. */
async function renderHtml(result: RunResult, command: string | undefined): Promise<string> {
  const { formatHtml } = await import('../report/html/page.ts');
  const truthTable = await truthTableOf(result);
  return formatHtml(result, { truthTable, ...(command !== undefined && { command }) });
}

/** The kernel here, if it behaves as the one that the run was made on. */
async function truthTableOf({ host }: RunResult): Promise<KernelReport | null> {
  if (host.truthTableDigest === null) return null;
  const report = await probeKernel({}).catch(() => null);
  return report?.digest === host.truthTableDigest ? report : null;
}
