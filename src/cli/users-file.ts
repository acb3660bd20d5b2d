// A users file changed on the disk: whole or not at all, by one at a time, and nobody can read it who could not before.
import { rmSync } from 'node:fs';
import { chmod, chown, open, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncFolder } from '../durable-file.ts';
import { errorCodeOf, PreflightError } from '../errors.ts';
import { isLeftOver, ownedName } from '../owner.ts';
import { USERS_FILE } from '../server/users/users-file.ts';
import { readBytesFile } from '../text-file.ts';
import { unfinishedPrefix } from './files.ts';
import { obeySignals } from './interrupt.ts';

const NEW_MODE = 0o600;

/**
 * @param edit makes the new text of the old one (byte strings), which is '' where there is no file; what it throws leaves
 *   the file as it was. @throws UsageError for a file that cannot be read, PreflightError for one that cannot be written
 */
export async function editUsersFile(path: string, edit: (text: string) => string): Promise<void> {
  const target = await realpath(path).catch(() => path);
  const folder = dirname(target);
  const prefix = unfinishedPrefix(target);
  // First it is there, and then it looks who else is: two that change the file at once would undo each other's work, and
  // of two neither can miss the other.
  const beside = join(folder, ownedName(prefix));
  obeySignals();
  const file = await open(beside, 'wx', NEW_MODE).catch((error: unknown) => {
    throw cannotWrite(path, error);
  });
  const removeNow = () => rmSync(beside, { force: true });
  process.once('exit', removeNow);
  try {
    await requireAlone(folder, prefix, beside, path);
    const text = edit(await readUsersText(target));
    await file.writeFile(text, 'latin1');
    await likeThatOf(target, beside);
    await file.sync();
    await rename(beside, target);
    await syncFolder(folder);
  } catch (error) {
    removeNow();
    throw (error as NodeJS.ErrnoException).syscall === undefined ? error : cannotWrite(path, error);
  } finally {
    process.off('exit', removeNow);
    await file.close();
  }
}

/** What one has left that was killed is removed. @throws PreflightError while another is at work */
async function requireAlone(folder: string, prefix: string, own: string, path: string): Promise<void> {
  const others = (await readdir(folder)).filter(
    (name) => name.startsWith(prefix) && join(folder, name) !== own,
  );
  for (const name of others.filter((one) => isLeftOver(one, prefix)))
    await rm(join(folder, name), { force: true });
  const other = others.find((name) => !isLeftOver(name, prefix));
  if (other === undefined) return;
  throw new PreflightError(
    `another port20 user changes '${path}': try again when it has ended; if it runs no more, remove '${join(folder, other)}'`,
  );
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
