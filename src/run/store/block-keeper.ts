// Where each block of a run goes as soon as it is over: into the run's folder, and its transfers into a file for the user.
import { PreflightError } from '../../errors.ts';
import type { FinishedBlock } from '../run.ts';
import { type AttemptsFile, attemptLines } from './attempts-file.ts';
import type { RunFolder } from './folder.ts';

export interface BlockKeeper {
  /** Aborts when the folder takes no more blocks: what would be run from then on would be lost. */
  readonly gaveUp: AbortSignal;
  /** A block is over. Rejects for what is no matter of disks. */
  finished(block: FinishedBlock): Promise<void>;
  /** A block that was kept before has its turn. */
  kept(place: number): Promise<void>;
  /** Resolves with what could not be written. */
  close(): Promise<readonly PreflightError[]>;
}

/** A file that fails costs no measurement: the run goes on without it, or ends in order with what it has. */
export function createKeeper(folder: RunFolder | undefined, attempts: AttemptsFile | undefined): BlockKeeper {
  const giveUp = new AbortController();
  const failures: PreflightError[] = [];

  async function save(finished: FinishedBlock): Promise<void> {
    if (giveUp.signal.aborted) return;
    try {
      await folder?.saveBlock(finished);
    } catch (error) {
      if (!(error instanceof PreflightError)) throw error;
      failures.push(error);
      giveUp.abort();
    }
  }

  function withWayOut(failure: PreflightError): PreflightError {
    if (folder === undefined || attempts === undefined) return failure;
    const again = `port20 stress --resume ${folder.path}${folder.saidAgain} --attempts ${attempts.path}`;
    return new PreflightError(
      `${failure.message}; they are kept in '${folder.path}': write them with: ${again}`,
      { cause: failure },
    );
  }

  return {
    gaveUp: giveUp.signal,
    async finished(finished) {
      await save(finished);
      // What the folder has is not made a second time. A block that it does not keep is part of this result all the same.
      await attempts?.append(
        folder?.attemptsOf(finished.place) ?? attemptLines(finished.block, finished.transfers()),
      );
    },
    async kept(place) {
      const lines = folder?.attemptsOf(place);
      if (lines !== undefined) await attempts?.append(lines);
    },
    async close() {
      const failure = await attempts?.close();
      return failure === undefined ? failures : [...failures, withWayOut(failure)];
    },
  };
}
