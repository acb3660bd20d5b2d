// The folder where downloaded daemons stay from one run to the next.
import { lstat, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorCodeOf, PreflightError } from '../errors.ts';

const OTHERS_MAY_WRITE = 0o022;

/** Root's own, or one for each other user; it need not be there. */
export function cachePath(): string {
  const uid = process.geteuid?.() ?? 0;
  return join(tmpdir(), uid === 0 ? 'port20-peers' : `port20-peers-${uid}`);
}

/**
 * The same, made where it is missing.
 * @throws PreflightError when somebody else could have put files there, which would be executed
 */
export async function cacheFolder(): Promise<string> {
  const uid = process.geteuid?.() ?? 0;
  const folder = cachePath();
  try {
    await mkdir(folder, { recursive: true, mode: 0o755 });
  } catch (cause) {
    throw new PreflightError(`the folder of peers, ${folder}, cannot be made: ${errorCodeOf(cause)}`, {
      cause,
    });
  }
  const found = await lstat(folder);
  if (!found.isDirectory() || found.uid !== uid || (found.mode & OTHERS_MAY_WRITE) !== 0) {
    throw new PreflightError(`the folder of peers, ${folder}, is open to other users: remove it`);
  }
  return folder;
}
