// Where a result is kept when a file of it could not be written, and the command that writes the file again.
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { PreflightError } from '../errors.ts';
import { quoted } from '../quoted.ts';
import type { RunResult } from '../result/types.ts';
import { savedText } from '../run/store/kept-run.ts';
import { saveFile } from './files.ts';
import type { UnsavedFile } from './result-outputs.ts';
import { shellWord } from './shell.ts';

/** A file of the result, or a run's folder that makes it anew. */
export type Kept =
  | { readonly file: string }
  /** `saidAgain`: as the folder has it. */
  | { readonly folder: string; readonly saidAgain: string };

/** In the current folder, or where there is room: it was not asked for, and the measurement would be gone otherwise. */
export async function rescued(result: RunResult): Promise<Kept | undefined> {
  const name = `port20-result-${result.startedAt.replace(/[^0-9TZ]/g, '')}.json`;
  for (const folder of ['.', homedir(), tmpdir()]) {
    const file = join(folder, name);
    try {
      await saveFile(file, savedText(result));
      return { file };
    } catch (error) {
      if (!(error instanceof PreflightError)) throw error;
    }
  }
  return undefined;
}

/** `kept`: undefined where there was no room for the result anywhere. */
export function withWayOut({ flag, path, failure }: UnsavedFile, kept: Kept | undefined): PreflightError {
  if (kept === undefined) return failure;
  const where = 'file' in kept ? kept.file : kept.folder;
  return new PreflightError(
    `${failure.message}; the result is kept in ${quoted(where)}: write it again with: ${again(flag, path, kept)}`,
    { cause: failure },
  );
}

function again(flag: string, path: string, kept: Kept): string {
  if ('folder' in kept) return `port20 ${resumption(kept)} ${flag} ${shellWord(path)}`;
  if (flag === '--out') return `cp ${shellWord(kept.file)} ${shellWord(path)}`;
  return `port20 report ${shellWord(kept.file)} ${flag} ${shellWord(path)}`;
}

/** As it is typed. */
export function resumption({ folder, saidAgain }: Extract<Kept, { folder: string }>): string {
  return `stress --resume ${shellWord(folder)}${saidAgain}`;
}

/** One that could not be printed. */
export function unprinted(failure: PreflightError, kept: Kept | undefined): PreflightError {
  if (kept === undefined) return failure;
  const command = 'folder' in kept ? resumption(kept) : `report ${shellWord(kept.file)}`;
  const where = 'file' in kept ? kept.file : kept.folder;
  return new PreflightError(
    `${failure.message}; the result is kept in ${quoted(where)}: print it with: port20 ${command}`,
    { cause: failure },
  );
}
