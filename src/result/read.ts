// Reads a saved result of any published version, from whatever JSON was found: checked whole before it is believed.
import type { z } from 'zod';
import { UsageError } from '../errors.ts';
import { issueInWords } from '../plan/issue.ts';
import { upgrade1 } from './format-1.ts';
import { upgrade2 } from './format-2.ts';
import { resultSchema1 } from './schema/format-1.ts';
import { resultSchema2 } from './schema/format-2.ts';
import { resultSchema } from './schema/index.ts';
import { withSpeed } from './speed.ts';
import type { RunResult } from './types.ts';

type Reader = (document: unknown, source: string) => RunResult;

const READERS: Readonly<Record<number, Reader>> = {
  1: (document, source) =>
    intact(() => withSpeed(upgrade2(upgrade1(checked(resultSchema1, document, source)))), source),
  2: (document, source) =>
    intact(() => withSpeed(upgrade2(checked(resultSchema2, document, source))), source),
  3: (document, source) => {
    const result = checked(resultSchema, document, source);
    return tellsSpeed(document) ? result : intact(() => withSpeed(result), source);
  },
};

/**
 * The result in the form of today. What version 1 did not measure is null, what it and version 2 said in words stays as it is; keys that this port20 does not know are
 * left out.
 * @param source names the document in an error, such as `'run.json'` with its quotes
 * @throws UsageError with one line that says where the document is not what it should be
 */
export function readRunResult(document: unknown, source = 'the document'): RunResult {
  const { tool, formatVersion } = asRecord(document);
  if (asRecord(tool).name !== 'port20')
    throw new UsageError(`${source} is not a result of port20 stress --out`);
  const read = typeof formatVersion === 'number' ? READERS[formatVersion] : undefined;
  if (read !== undefined) return read(document, source);
  const known = Object.keys(READERS)
    .join(', ')
    .replace(/, (?=\d+$)/, ' and ');
  throw new UsageError(`${source} has format version ${String(formatVersion)}; this port20 reads ${known}`);
}

/** @throws UsageError that names the first place where `document` breaks the schema */
function checked<Schema extends z.ZodType>(
  schema: Schema,
  document: unknown,
  source: string,
): z.output<Schema> {
  const { data, error } = schema.safeParse(document);
  if (error === undefined) return data;
  throw new UsageError(`${source} is damaged: ${issueInWords(error, document, [])}`, { cause: error });
}

/** Some sums are made from the histograms of blocks, whose bytes no schema can check. */
function intact(read: () => RunResult, source: string): RunResult {
  try {
    return read();
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${source} is damaged: a histogram cannot be read`, { cause: error });
  }
}

/** Format version 3 was written without it at first. */
function tellsSpeed(document: unknown): boolean {
  const { strategies } = asRecord(document);
  return Array.isArray(strategies) && strategies.every((one) => 'transferIntervals' in asRecord(one));
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
