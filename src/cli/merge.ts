// `port20 merge A B…`: several whole runs of one plan as one result, with more blocks and so surer.
import type { Command } from 'commander';
import { formatTerminal } from '../report/text/terminal.ts';
import { checkThresholds } from '../report/thresholds/check.ts';
import { mergeResults } from '../run/merge.ts';
import { savedText } from '../run/store/kept-run.ts';
import { readResult } from '../run/store/result-file.ts';
import { EXIT, messageOf } from './exit.ts';
import { checkFiles, failureOf, saveFile } from './files.ts';
import type { MergeFlags } from './merge-flags.ts';
import { print, say, textOptions } from './output.ts';
import { resultFiles, saveResultFiles, thresholdStatus, thresholdsInWords } from './result-outputs.ts';

/** @returns 3 where a file cannot be written, 99 where a threshold is not kept */
export async function merge(command: Command): Promise<number> {
  const flags: MergeFlags = command.optsWithGlobals();
  const { out } = flags;
  await checkFiles({
    written: [...(out === undefined ? [] : [{ by: '--out', path: out }]), ...resultFiles(flags)],
    read: command.args.map((path) => ({ by: 'a result', path })),
  });
  const named = await Promise.all(
    command.args.map(async (name) => ({ name, result: await readResult(name) })),
  );
  const result = mergeResults(named);
  const outcomes = checkThresholds(result, flags.threshold ?? []);
  const noOut = out === undefined ? undefined : await failureOf(() => saveFile(out, savedText(result)));
  const unsaved = await saveResultFiles(result, flags, { outcomes });
  await print(flags.json ? JSON.stringify(result) : formatTerminal(result, textOptions(flags)));
  if (outcomes.length > 0) say(thresholdsInWords(outcomes));
  const failures = [...(noOut === undefined ? [] : [noOut]), ...unsaved.map(({ failure }) => failure)];
  for (const failure of failures) say(messageOf(failure));
  return failures.length > 0 ? EXIT.preflight : (thresholdStatus(outcomes) ?? EXIT.ok);
}
