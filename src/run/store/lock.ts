// Who works on a run's folder: one run at a time, and one that has died leaves nothing that keeps others out.
import { readdir, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { errorCodeOf, PreflightError } from '../../errors.ts';
import { isAlive, type Owner, thisProcess } from '../../owner.ts';

interface LockOwner extends Owner {
  readonly host: string;
}

/**
 * One run at a time, in this process too. First says that this process is here, and then looks who else is: of two that come at once neither can miss the other.
 * Resolves with the function that lets others in; safe to call again.
 * @throws PreflightError while a run goes on in the folder, or where it cannot be written
 */
export async function lockFolder(path: string): Promise<() => Promise<void>> {
  const own = lockFile({ ...thisProcess(), host: hostname() });
  const release = () => rm(join(path, own), { force: true });
  try {
    await writeFile(join(path, own), '', { flag: 'wx' });
  } catch (cause) {
    if (errorCodeOf(cause) === 'EEXIST') throw inUse(process.pid, path, { cause });
    throw new PreflightError(`folder '${path}' cannot be written: ${errorCodeOf(cause)}`, { cause });
  }
  try {
    const others = (await readdir(path)).filter((name) => LOCK_FILE.test(name) && name !== own);
    for (const name of others) requireDead(name, path);
    for (const name of others) await rm(join(path, name), { force: true });
    return release;
  } catch (error) {
    await release();
    throw error;
  }
}

const LOCK_FILE = /^lock\.(\d+)\.(\d+)\.(.*)$/;

/** The name says it all: there is no moment in which half of it could be read. */
function lockFile({ pid, startedTicks, host }: LockOwner): string {
  return `lock.${pid}.${startedTicks}.${encodeURIComponent(host)}`;
}

function requireDead(name: string, path: string): void {
  const [, pid, startedTicks, host = ''] = LOCK_FILE.exec(name) ?? [];
  if (host !== encodeURIComponent(hostname())) {
    throw new PreflightError(
      `process ${pid} of host ${host} is running in '${path}': name another folder, or remove '${join(path, name)}' if it is gone`,
    );
  }
  if (!isAlive({ pid: Number(pid), startedTicks: Number(startedTicks) })) return;
  throw inUse(Number(pid), path);
}

function inUse(pid: number, path: string, options?: ErrorOptions): PreflightError {
  return new PreflightError(
    `process ${pid} is running in '${path}': wait for it to end, or name another folder`,
    options,
  );
}
