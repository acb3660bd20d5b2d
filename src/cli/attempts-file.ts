// Every transfer of a run as a line of JSON, written block by block: between blocks, where it disturbs nothing.
import { type FileHandle, open } from 'node:fs/promises';
import { errorCodeOf, PreflightError } from '../errors.ts';
import { formatAttempt } from '../report/ndjson.ts';
import type { Transfer } from '../stress/run.ts';
import type { BlockSpec } from '../stress/schedule.ts';

export interface AttemptsFile {
  write(block: BlockSpec, transfers: readonly Transfer[]): Promise<void>;
  close(): Promise<void>;
}

/** Lines in one write. */
const BATCH = 1000;

/** `append`: a run that is taken up again goes on with its file. @throws PreflightError that names the file */
export async function openAttemptsFile(path: string, append: boolean): Promise<AttemptsFile> {
  const orPreflightError = async <T>(work: () => Promise<T>): Promise<T> =>
    work().catch((cause) => {
      throw new PreflightError(`'${path}' cannot be written: ${errorCodeOf(cause)}`, { cause });
    });
  const file: FileHandle = await orPreflightError(() => open(path, append ? 'a' : 'w'));
  return {
    write({ scenario, strategy, index: block }, transfers) {
      const place = { scenario: scenario.name, binder: strategy.name, block };
      return orPreflightError(async () => {
        for (let at = 0; at < transfers.length; at += BATCH) {
          const lines = transfers
            .slice(at, at + BATCH)
            .map((transfer) => formatAttempt({ ...place, ...transfer }));
          await file.write(lines.join(''));
        }
      });
    },
    close: () => file.close(),
  };
}
