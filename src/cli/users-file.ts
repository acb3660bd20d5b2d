// A users file changed on the disk: whole or not at all, by one at a time, and nobody can read it who could not before.
import { chmod, chown, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder } from '../durable-file.ts';
import { errorCodeOf, PreflightError } from '../errors.ts';
import { USERS_FILE } from '../server/users/users-file.ts';
import { readBytesFile } from '../text-file.ts';

const NEW_MODE = 0o600;

/**
 * @param edit makes the new text of the old one (byte strings), which is '' where there is no file; what it throws leaves
 *   the file as it was. @throws UsageError for a file that cannot be read, PreflightError for one that cannot be written
 */
export async function editUsersFile(path: string, edit: (text: string) => string): Promise<void> {
  const target = await realpath(path).catch(() => path);
  // Its name is the lock as well: two that change the file at once would undo each other's work.
  const beside = `${target}.port20-new`;
  const file = await open(beside, 'wx', NEW_MODE).catch((error: unknown) => {
    if (errorCodeOf(error) !== 'EEXIST') throw cannotWrite(path, error);
    throw new PreflightError(
      `'${beside}' is there: another port20 user changes the file, or was broken off; in that case remove it`,
      { cause: error },
    );
  });
  try {
    const text = edit(await readUsersText(target));
    await file.writeFile(text, 'latin1').catch((error: unknown) => {
      throw cannotWrite(path, error);
    });
    await likeThatOf(target, beside);
    await file.sync();
    await rename(beside, target).catch((error: unknown) => {
      throw cannotWrite(path, error);
    });
    await syncFolder(dirname(target));
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

function cannotWrite(path: string, error: unknown): PreflightError {
  return new PreflightError(`cannot write '${path}': ${errorCodeOf(error)}`, { cause: error });
}

/** A byte string, '' where there is no file. @throws UsageError */
export async function readUsersText(path: string): Promise<string> {
  try {
    return (await readBytesFile(path, USERS_FILE)).toString('latin1');
  } catch (error) {
    if (errorCodeOf((error as Error).cause) === 'ENOENT') return '';
    throw error;
  }
}

/** The new one belongs to whom the old one did, so that the server that reads it still can. */
async function likeThatOf(old: string, beside: string): Promise<void> {
  const facts = await stat(old).catch(() => undefined);
  if (facts === undefined) return;
  await chown(beside, facts.uid, facts.gid).catch(() => {}); // root alone may give files away
  await chmod(beside, facts.mode & 0o777);
}
