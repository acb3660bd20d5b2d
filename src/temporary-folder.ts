// Temporary folders: gone when their work is over or their process ends, and after a kill -9 when the next one is made.
import { lstatSync, readdirSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorCodeOf, PreflightError } from './errors.ts';
import { isLeftOver, ownedName } from './owner.ts';

/** All that there are, so that any of them can be removed by whoever comes next. */
const PREFIXES = ['port20-run-', 'port20-peer-', 'port20-download-'] as const;
type Prefix = (typeof PREFIXES)[number];

export interface TemporaryFolder {
  readonly path: string;
  /** Safe to call again. */
  remove(): Promise<void>;
}

/**
 * @param whose what it is to hold, for a message: `the run's files`
 * @param parent instead of the system's folder for such
 * @throws PreflightError where it cannot be made
 */
export async function temporaryFolder(
  prefix: Prefix,
  whose: string,
  parent = tmpdir(),
): Promise<TemporaryFolder> {
  removeLeftOvers(parent);
  const path = await mkdtemp(join(parent, ownedName(prefix))).catch((cause) => {
    const reason = errorCodeOf(cause);
    throw new PreflightError(`the temporary folder ${parent} cannot hold ${whose}: ${reason}`, { cause });
  });
  // Also when the process is ended in the middle of its work.
  const removeNow = () => rmSync(path, { recursive: true, force: true });
  process.once('exit', removeNow);
  const remove = async () => {
    await rm(path, { recursive: true, force: true });
    process.off('exit', removeNow);
  };
  return { path, remove };
}

/** Of processes that were killed: what is of one that runs, of another user or of another host is let be. */
export function removeLeftOvers(parent = tmpdir()): void {
  const leftOver = namesIn(parent).filter((name) => PREFIXES.some((prefix) => isLeftOver(name, prefix)));
  for (const name of leftOver) {
    try {
      const path = join(parent, name);
      if (lstatSync(path).uid === process.geteuid?.()) rmSync(path, { recursive: true, force: true });
    } catch {
      // somebody else was first
    }
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // whoever wants to use it will be told
  }
}
