// Where text goes: results to stdout, progress and errors to stderr, files whole or not at all.
import { rename, rm, writeFile } from 'node:fs/promises';
import { PreflightError } from '../errors.ts';

export interface OutputFlags {
  readonly color?: boolean;
  readonly quiet?: boolean;
}

/** NO_COLOR (no-color.org) and --no-color win; otherwise colour is for terminals. */
export function wantsColor({ color }: OutputFlags, stream: NodeJS.WriteStream = process.stdout): boolean {
  return color !== false && !process.env.NO_COLOR && stream.isTTY === true;
}

/** Resolves once the text is handed to the system: a pipe that is read slowly loses nothing when we exit. */
export function print(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text.endsWith('\n') ? text : `${text}\n`, (error) => {
      // The reader had enough (`| head`): no error of ours.
      if (error && (error as NodeJS.ErrnoException).code !== 'EPIPE') reject(error);
      else resolve();
    });
  });
}

export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Writes beside the target first: a full disk or a crash leaves an earlier file as it was. @throws PreflightError */
export async function saveFile(path: string, content: string): Promise<void> {
  const beside = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(beside, content);
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true }).catch(() => {});
    throw new PreflightError(`cannot write '${path}': ${(error as NodeJS.ErrnoException).code}`, {
      cause: error,
    });
  }
}
