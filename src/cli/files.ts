// The files that a command writes: whole or not at all, and known to be possible before there is anything to lose.
import { createHash } from 'node:crypto';
import { type BigIntStats, fstatSync, rmSync, writeFileSync } from 'node:fs';
import { open, readdir, readlink, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { writeToDisk } from '../durable-file.ts';
import { errorCodeOf, PreflightError, UsageError } from '../errors.ts';
import { isLeftOver, ownedName } from '../owner.ts';
import { quoted } from '../quoted.ts';
import { obeySignals } from './interrupt.ts';

/** A file that a flag, or an argument, names. */
export interface NamedFile {
  /** `--out`, or what it is: `the plan`. */
  readonly by: string;
  readonly path: string;
}

export interface Files {
  readonly written: readonly NamedFile[];
  /** What is read must not be overwritten with what is made of it. */
  readonly read: readonly NamedFile[];
  /** A run's folder, which has files of its own. */
  readonly folder?: NamedFile | undefined;
}

/**
 * Before any work, and without touching what is there.
 * @throws UsageError for two names of one file, PreflightError for one that cannot be written
 */
export async function checkFiles({ written, read, folder }: Files): Promise<void> {
  const seen = new Map<string, string>();
  for (const { by, path } of [...standardStreams(), ...read, ...written]) {
    const identity = await identityOf(path);
    if (identity === undefined) continue;
    const other = seen.get(identity);
    if (other !== undefined) {
      if (!written.some((one) => one.by === by)) continue;
      throw new UsageError(`${by} ${quoted(path)} is the same file as ${other}: name another`);
    }
    seen.set(identity, by);
  }
  for (const file of written) {
    if (folder !== undefined) await requireApart(file, folder);
    await checkWritable(file.path);
  }
}

/** Where the result is printed: one that is saved into the same file would take its place. */
function standardStreams(): NamedFile[] {
  return [1, 2]
    .filter((descriptor) => {
      try {
        return fstatSync(descriptor).isFile();
      } catch {
        return false;
      }
    })
    .map((descriptor) => ({
      by: descriptor === 1 ? 'standard output' : 'standard error',
      path: `/proc/self/fd/${descriptor}`,
    }));
}

/** Two names have the same one if they lead to one file, there or not yet. Undefined for what may be named twice. */
async function identityOf(path: string): Promise<string | undefined> {
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  if (found !== undefined) return isShared(found) ? undefined : `${found.dev}:${found.ino}`;
  const target = await targetOfLinks(path);
  const folder = await realpath(dirname(target)).catch(() => resolve(dirname(target)));
  return join(folder, basename(target));
}

/** /dev/null, a terminal. */
function isShared(found: BigIntStats): boolean {
  return found.isCharacterDevice();
}

const MOST_LINKS = 40;

/** Also where the last of them leads to nothing yet. */
export async function targetOfLinks(path: string): Promise<string> {
  let target = resolve(path);
  for (let links = 0; links < MOST_LINKS; links++) {
    const next = await readlink(target).catch(() => undefined);
    if (next === undefined) return target;
    target = resolve(dirname(target), next);
  }
  return target;
}

const OF_A_RUN = /^(?:plan\.yaml|run\.json|result\.json|lock\..*|blocks(?:\/.*)?)$/;

async function requireApart(file: NamedFile, folder: NamedFile): Promise<void> {
  const root = await realpath(folder.path).catch(() => resolve(folder.path));
  const target = await targetOfLinks(file.path);
  const within = relative(
    root,
    join(await realpath(dirname(target)).catch(() => dirname(target)), basename(target)),
  );
  if (within === '' || OF_A_RUN.test(within)) {
    throw new UsageError(
      `${file.by} ${quoted(file.path)} is a file of the run's own in ${folder.by}: name another`,
    );
  }
}

/** @throws PreflightError */
async function checkWritable(path: string): Promise<void> {
  await orPreflightError(path, async () => {
    const target = await targetOf(path);
    if (target.kind === 'folder') throw Object.assign(new Error(), { code: 'EISDIR' });
    if (target.kind === 'special') return;
    await removeUnfinished(target.path);
    const beside = besideOf(target.path);
    // At once: a signal that ends the process comes before it or behind it.
    writeFileSync(beside, '');
    rmSync(beside);
    if (target.exists) await (await open(target.path, 'r+')).close();
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
    obeySignals();
    const removeNow = () => rmSync(beside, { force: true });
    process.once('exit', removeNow);
    try {
      await writeToDisk(beside, content);
      await rename(beside, target.path);
    } catch (error) {
      removeNow();
      throw error;
    } finally {
      process.off('exit', removeNow);
    }
  });
}

/** Resolves with why it cannot be written: each by itself, for that is no reason to lose the others. */
export async function failureOf(write: () => Promise<void>): Promise<PreflightError | undefined> {
  try {
    await write();
    return undefined;
  } catch (error) {
    if (error instanceof PreflightError) return error;
    throw error;
  }
}

interface Target {
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'special';
  readonly exists: boolean;
}

async function targetOf(path: string): Promise<Target> {
  const found = await stat(path).catch((error) => {
    if (errorCodeOf(error) !== 'ENOENT') throw error;
    return undefined;
  });
  // What ends in a slash is a folder, even if it is not there.
  if (found === undefined) {
    return { path: path.endsWith('/') ? path : await targetOfLinks(path), kind: 'file', exists: false };
  }
  if (found.isDirectory()) return { path, kind: 'folder', exists: true };
  // /dev/stdout may lead to a pipe, which has no other name.
  if (!found.isFile()) return { path, kind: 'special', exists: true };
  return { path: await realpath(path), kind: 'file', exists: true };
}

/** Not longer than the file's own name may be. */
export function unfinishedPrefix(path: string): string {
  return `.port20-${createHash('sha256').update(basename(path)).digest('hex').slice(0, 8)}-`;
}

function besideOf(path: string): string {
  return join(dirname(path), ownedName(unfinishedPrefix(path)));
}

/** What a save of this file left that was killed. */
async function removeUnfinished(path: string): Promise<void> {
  const folder = dirname(path);
  for (const name of await readdir(folder).catch(() => [])) {
    if (isLeftOver(name, unfinishedPrefix(path))) await rm(join(folder, name), { force: true });
  }
}

async function orPreflightError(path: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw new PreflightError(`cannot write ${quoted(path)}: ${inWords(errorCodeOf(error), path)}`, {
      cause: error,
    });
  }
}

function inWords(errorCode: string, path: string): string {
  if (errorCode === 'EISDIR') return `${errorCode}: it is a folder`;
  if (errorCode === 'ENOENT') return `${errorCode}: there is no folder ${quoted(dirname(path))}`;
  return errorCode;
}
