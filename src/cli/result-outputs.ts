// What is made of a result beside the text: files in other forms, and thresholds that it has to keep.
import { PreflightError } from '../errors.ts';
import { probeKernel } from '../probe/kernel/probe.ts';
import type { KernelReport } from '../probe/types.ts';
import { formatJUnit } from '../report/export/junit.ts';
import { formatOpenMetrics } from '../report/export/openmetrics.ts';
import type { ThresholdOutcome } from '../report/thresholds/check.ts';
import type { RunResult } from '../result/types.ts';
import { EXIT } from './exit.ts';
import { type NamedFile, saveFile } from './files.ts';
import type { ResultFlags } from './result-flags.ts';

/** What is made of a result and saved: each flag, and the text of its file. */
const FORMS: Readonly<Record<FileFlag, (result: RunResult, about: About) => string | Promise<string>>> = {
  html: (result, { command }) => renderHtml(result, command),
  junit: (result, { outcomes }) => formatJUnit(result, outcomes),
  openmetrics: (result) => formatOpenMetrics(result),
};

type FileFlag = 'html' | 'junit' | 'openmetrics';

interface About {
  readonly outcomes: readonly ThresholdOutcome[];
  readonly command?: string | undefined;
}

const FILE_FLAGS = Object.keys(FORMS) as FileFlag[];

/** The files that these flags name. */
export function resultFiles(flags: ResultFlags): readonly NamedFile[] {
  return FILE_FLAGS.flatMap((flag) => {
    const path = flags[flag];
    return path === undefined ? [] : [{ by: `--${flag}`, path }];
  });
}

/** Each by itself: one that cannot be written is no reason to lose the others. Resolves with the failures. */
export async function saveResultFiles(
  result: RunResult,
  flags: ResultFlags,
  about: About,
): Promise<UnsavedFile[]> {
  const unsaved: UnsavedFile[] = [];
  for (const flag of FILE_FLAGS) {
    const path = flags[flag];
    if (path === undefined) continue;
    try {
      await saveFile(path, await FORMS[flag](result, about));
    } catch (error) {
      if (!(error instanceof PreflightError)) throw error;
      unsaved.push({ flag: `--${flag}`, path, failure: error });
    }
  }
  return unsaved;
}

export interface UnsavedFile {
  readonly flag: string;
  readonly path: string;
  readonly failure: PreflightError;
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
