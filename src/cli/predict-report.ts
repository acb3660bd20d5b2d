// What a saved result can be explained with, and for which of its contestants: all of them unless some are asked for.
import { UsageError } from '../errors.ts';
import { contestantsOf } from '../plan/contestants.ts';
import { explainResult, type PredictionReport } from '../predict/outlook.ts';
import type { RunResult } from '../result/types.ts';

export interface ResultSelection {
  /** Where the result is from, for messages. */
  readonly file: string;
  /** Contestants to tell of; all when undefined. */
  readonly contestants: readonly string[] | undefined;
}

/** @throws UsageError for a result without contention times, or without these contestants */
export function predictResult(result: RunResult, { file, contestants }: ResultSelection): PredictionReport {
  if (!result.blocks.some(({ contention }) => contention)) {
    throw new UsageError(
      `'${file}' has no hold times: no block of it has the server's view, or it is of an earlier port20`,
    );
  }
  const known = contestantsOf(result.requested).map(({ name }) => name);
  const unknown = contestants?.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new UsageError(`'${file}' has no '${unknown}': it has ${known.join(', ')}`);
  const report = explainResult(result);
  return {
    ...report,
    rows: report.rows.filter(({ contestant }) => contestants?.includes(contestant) ?? true),
  };
}
