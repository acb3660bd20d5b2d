// Every transfer of a run as a line of JSON: block by block, each whole or not at all, and never at the run's own cost.
import { createReadStream } from 'node:fs';
import { type FileHandle, open, stat, writeFile } from 'node:fs/promises';
import { errorCodeOf, PreflightError } from '../../errors.ts';
import { formatAttempt } from '../../report/export/ndjson.ts';
import type { BlockResult } from '../../result/types.ts';
import type { TransferViews } from '../run.ts';

type Lines = Iterable<string | Buffer> | AsyncIterable<string | Buffer>;

export interface AttemptsFile {
  readonly path: string;
  /** The lines of one block. Never rejects: after a failure the file keeps the blocks before it, and takes no more. */
  append(lines: Lines): Promise<void>;
  /** On disk when it resolves. Resolves with what went wrong, if anything did. */
  close(): Promise<PreflightError | undefined>;
}

/** A file that is there is written anew; a pipe or a device gets the lines as they come. @throws PreflightError */
export async function openAttemptsFile(path: string): Promise<AttemptsFile> {
  const notWritten = (cause: unknown) =>
    new PreflightError(`'${path}' cannot be written: ${errorCodeOf(cause)}`, { cause });
  const file = await open(path, 'w').catch((cause: unknown) => {
    throw notWritten(cause);
  });
  let blocks = 0;
  let wholeBytes = 0;
  let failure: PreflightError | undefined;

  async function append(lines: Lines): Promise<void> {
    if (failure !== undefined) return;
    try {
      await writeFile(file, lines); // from where the file is, and all of it: a full disk takes a part of a write
      blocks++;
      wholeBytes = (await file.stat()).size;
    } catch (cause) {
      await file.truncate(wholeBytes).catch(() => {}); // a pipe has no end to cut off
      const message = cause instanceof PreflightError ? cause.message : notWritten(cause).message;
      const kept = `it has the transfers of the first ${blocks === 1 ? 'block' : `${blocks} blocks`}`;
      failure = new PreflightError(`${message}; ${blocks === 0 ? 'it is empty' : kept}`, { cause });
    }
  }

  async function close(): Promise<PreflightError | undefined> {
    try {
      await settle(file, path);
    } catch (cause) {
      failure ??= cause instanceof PreflightError ? cause : notWritten(cause);
    } finally {
      await file.close();
    }
    return failure;
  }

  return { path, append, close };
}

/** Some file systems tell only now that they have no room. */
async function settle(file: FileHandle, path: string): Promise<void> {
  const written = await file.stat();
  if (!written.isFile()) return; // pipes and terminals cannot be synced
  await file.sync();
  const found = await stat(path).catch(() => undefined);
  if (found?.ino === written.ino && found.dev === written.dev) return;
  throw new PreflightError(
    `'${path}' was moved or removed while the run wrote it: its transfers are not there`,
  );
}

/** Lines in one write. */
const BATCH = 1000;

/** Of one block, some at a time. */
export function* attemptLines(
  {
    scenario,
    contestant,
    binder,
    index: block,
  }: Pick<BlockResult, 'scenario' | 'contestant' | 'binder' | 'index'>,
  transfers: readonly TransferViews[],
): Generator<string> {
  for (let at = 0; at < transfers.length; at += BATCH) {
    const some = transfers.slice(at, at + BATCH);
    yield some
      .map((transfer) => formatAttempt({ scenario, contestant, binder, block, ...transfer }))
      .join('');
  }
}

/** What was written before, some at a time. @throws PreflightError that names the file */
export async function* linesIn(path: string): AsyncGenerator<Buffer> {
  try {
    yield* createReadStream(path);
  } catch (cause) {
    throw new PreflightError(`'${path}' cannot be read: ${errorCodeOf(cause)}`, { cause });
  }
}

/** Of a file that may be larger than memory. @throws PreflightError that names the file */
export async function countLines(path: string): Promise<number> {
  let lines = 0;
  for await (const bytes of linesIn(path)) {
    for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) lines++;
  }
  return lines;
}

const NEWLINE = 0x0a;
