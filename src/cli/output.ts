// Where text goes: results to stdout, progress and errors to stderr, files whole or not at all.
import { lstat, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { errorCodeOf, Port20Error, PreflightError } from '../errors.ts';

export interface OutputFlags {
  readonly color?: boolean;
  readonly quiet?: boolean;
}

/** NO_COLOR (no-color.org) and --no-color win; otherwise colour is for terminals. */
export function wantsColor({ color }: OutputFlags, stream: NodeJS.WriteStream = process.stdout): boolean {
  return color !== false && !process.env.NO_COLOR && stream.isTTY === true;
}

/** Streams report a failed write by an event too, which ends the process with a stack trace if nobody listens. */
export function surviveClosedStreams(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
}

/** Resolves once the text is handed to the system: a pipe that is read slowly loses nothing when we exit. */
export function print(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text.endsWith('\n') ? text : `${text}\n`, (error) => {
      // EPIPE: the reader had enough (`| head`), which is no error of ours.
      if (!error || errorCodeOf(error) === 'EPIPE') resolve();
      else reject(new Port20Error('ERR_OUTPUT', `cannot write to standard output: ${errorCodeOf(error)}`));
    });
  });
}

export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Finds out before minutes of load whether `path` can be written, without touching what is there. @throws PreflightError */
export async function checkWritable(path: string): Promise<void> {
  await orPreflightError(path, async () => {
    const target = await targetOf(path);
    if (target.kind === 'folder') throw Object.assign(new Error(), { code: 'EISDIR' });
    if (target.kind === 'special') return;
    const beside = besideOf(target.path);
    await writeFile(beside, '');
    await rm(beside);
  });
}

/**
 * Writes beside the target first, so that a full disk or a crash leaves an earlier file as it was. Links are followed;
 * a device or a pipe is written to, not replaced. @throws PreflightError
 */
export async function saveFile(path: string, content: string): Promise<void> {
  await orPreflightError(path, async () => {
    const target = await targetOf(path);
    if (target.kind !== 'file') return writeFile(target.path, content);
    const beside = besideOf(target.path);
    try {
      await writeFile(beside, content);
      await rename(beside, target.path);
    } catch (error) {
      await rm(beside, { force: true });
      throw error;
    }
  });
}

async function targetOf(path: string): Promise<{ path: string; kind: 'file' | 'folder' | 'special' }> {
  const target = await realpath(path).catch(() => path);
  const found = await lstat(target).catch(() => undefined);
  if (found?.isDirectory()) return { path: target, kind: 'folder' };
  return { path: target, kind: found === undefined || found.isFile() ? 'file' : 'special' };
}

function besideOf(path: string): string {
  return `${path}.${process.pid}.tmp`;
}

async function orPreflightError(path: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw new PreflightError(`cannot write '${path}': ${errorCodeOf(error)}`, { cause: error });
  }
}
