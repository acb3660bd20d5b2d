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
  if (result?.tool?.name !== 'port20')
    throw new UsageError(`'${path}' is not a result of port20 stress --out`);
  if (!KNOWN_VERSIONS.includes(result.formatVersion)) {
    throw new UsageError(
      `'${path}' has format version ${result.formatVersion}; this port20 reads ${KNOWN_VERSIONS}`,
    );
  }
  const missing = missingParts(result);
  if (missing.length > 0) throw new UsageError(`'${path}' is damaged: it has no ${missing.join(', no ')}`);
  return result as RunResult;
}

/** The parts that every report reads. */
function missingParts(result: Partial<RunResult>): string[] {
  const lists = ['blocks', 'strategies', 'comparisons', 'warnings'] as const;
  const { host, requested } = result;
  return [
    ...lists.filter((name) => !Array.isArray(result[name])),
    ...(host?.sysctls === undefined ? ['host'] : []),
    ...(Array.isArray(requested?.scenarios) && Array.isArray(requested.binders) ? [] : ['requested']),
  ];
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`result '${path}' is not JSON: ${(error as Error).message}`, { cause: error });
  }
}
