// `port20 merge A B…`: several whole runs of one plan as one result, with more blocks and so surer.
import type { Command } from 'commander';
import { readShard, readShardText, type ShardFile } from '../engine/shard/file.ts';
import { mergeShards } from '../engine/shard/merge.ts';
import { UsageError } from '../errors.ts';
import { quoted } from '../quoted.ts';
import { formatTerminal } from '../report/text/terminal.ts';
import { checkThresholds } from '../report/thresholds/check.ts';
import type { RunResult } from '../result/types.ts';
import { mergeResults } from '../run/merge.ts';
import { savedText } from '../run/store/kept-run.ts';
import { readResultText } from '../run/store/result-file.ts';
import { EXIT, messageOf } from './exit.ts';
import { checkFiles, failureOf, saveFile } from './files.ts';
import { invalidity } from './invalidity.ts';
import type { MergeFlags } from './merge-flags.ts';
import { print, say, textOptions } from './output.ts';
import { resultFiles, saveResultFiles, thresholdStatus, thresholdsInWords } from './result-outputs.ts';

/** @returns 3 where a file cannot be written, 4 where shards do not make a valid result, 99 where a threshold is not kept */
export async function merge(command: Command): Promise<number> {
  const flags: MergeFlags = command.optsWithGlobals();
  const { out } = flags;
  await checkFiles({
    written: [...(out === undefined ? [] : [{ by: '--out', path: out }]), ...resultFiles(flags)],
    read: command.args.map((path) => ({ by: 'a result', path })),
  });
  const result = await merged(command.args);
  const outcomes = checkThresholds(result, flags.threshold ?? []);
  const noOut = out === undefined ? undefined : await failureOf(() => saveFile(out, savedText(result)));
  const unsaved = await saveResultFiles(result, flags, { outcomes });
  await print(flags.json ? JSON.stringify(result) : formatTerminal(result, textOptions(flags)));
  if (outcomes.length > 0) say(thresholdsInWords(outcomes));
  const failures = [...(noOut === undefined ? [] : [noOut]), ...unsaved.map(({ failure }) => failure)];
  for (const failure of failures) say(messageOf(failure));
  if (failures.length > 0) return EXIT.preflight;
  return invalidity(result) ?? thresholdStatus(outcomes) ?? EXIT.ok;
}

/** Shards of one run are summed within each block; whole results, of shards or not, stand side by side. */
async function merged(paths: readonly string[]): Promise<RunResult> {
  const texts = await Promise.all(paths.map(readShardText));
  const shards = paths.map((path, i) => readShard(path, texts[i] as string));
  const files = shards.filter((one): one is ShardFile => one !== undefined);
  if (files.length === 0) {
    const named = paths.map((name, i) => ({ name, result: readResultText(name, texts[i] as string) }));
    return mergeResults(named);
  }
  const whole = paths.find((_, i) => shards[i] === undefined);
  if (whole !== undefined) {
    throw new UsageError(
      `${quoted(whole)} is a whole result and ${quoted(files[0]?.name)} a shard of one: merge the shards of a run first, with --out, and its result with others`,
    );
  }
  const runs = [...new Set(files.map(({ header }) => header.run))].map((run) =>
    files.filter(({ header }) => header.run === run),
  );
  // Shards of two starts, too few of each to be whole, are a mistake and no two runs.
  const [first = [], ...others] = runs;
  if (others.length === 0 || runs.some((own) => own.length < (own[0]?.header.shard.of ?? 0))) {
    return mergeShards(files);
  }
  const results = [first, ...others].map((own) => ({
    name: own.map(({ name }) => name).join(', '),
    result: mergeShards(own),
  }));
  return mergeResults(results);
}
