// Saved results: read back, checked for what every report relies on.
import { readFile } from 'node:fs/promises';
import { UsageError } from '../errors.ts';
import type { RunResult } from '../stress/types.ts';

const KNOWN_VERSIONS: readonly unknown[] = [1];

/** @throws UsageError that names the file and what is wrong with it */
export async function readResult(path: string): Promise<RunResult> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`result '${path}' cannot be read: ${error.code}`, { cause: error });
  });
  const result = parseJson(path, text) as Partial<RunResult> | null;
  if (result?.tool?.name !== 'port20' || !Array.isArray(result.blocks) || !Array.isArray(result.strategies)) {
    throw new UsageError(`'${path}' is not a result of port20 stress --out`);
  }
  if (!KNOWN_VERSIONS.includes(result.formatVersion)) {
    throw new UsageError(
      `'${path}' has format version ${result.formatVersion}; this port20 reads ${KNOWN_VERSIONS}`,
    );
  }
  return result as RunResult;
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`result '${path}' is not JSON: ${(error as Error).message}`, { cause: error });
  }
}
