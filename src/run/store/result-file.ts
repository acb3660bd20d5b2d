// Saved results: read from a file, and checked before they are believed.
import { readFile } from 'node:fs/promises';
import { UsageError } from '../../errors.ts';
import { readRunResult } from '../../result/read.ts';
import type { RunResult } from '../../result/types.ts';

/** @throws UsageError that names the file and what is wrong with it */
export async function readResult(path: string): Promise<RunResult> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`result '${path}' cannot be read: ${error.code}`, { cause: error });
  });
  return readRunResult(parseJson(path, text), `'${path}'`);
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`result '${path}' is not JSON: ${(error as Error).message}`, { cause: error });
  }
}
