// Saved results: read from a file, and checked before they are believed.
import { UsageError } from '../../errors.ts';
import { quoted } from '../../quoted.ts';
import { readRunResult } from '../../result/read.ts';
import type { RunResult } from '../../result/types.ts';
import { readTextFile } from '../../text-file.ts';

/** A day's soak has a hundredth of it. */
const MOST_RESULT_BYTES = 256 * 1024 ** 2;

/** @throws UsageError that names the file and what is wrong with it */
export async function readResult(path: string): Promise<RunResult> {
  return readResultText(path, await readTextFile(path, { what: 'result', mostBytes: MOST_RESULT_BYTES }));
}

/** The same of a file that was read already. */
export function readResultText(path: string, text: string): RunResult {
  return readRunResult(parseJson(path, text), quoted(path));
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`result ${quoted(path)} is not JSON`, { cause: error });
  }
}
