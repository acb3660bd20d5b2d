// Who works on a run's folder: one run at a time, and one that has died leaves nothing that keeps others out.
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { errorCodeOf, PreflightError } from '../../errors.ts';

/** A process id comes back after a while: with its start time it does not. */
interface Owner {
  readonly pid: number;
  /** In clock ticks since boot; 0 where /proc does not tell. */
  readonly startedTicks: number;
  readonly host: string;
}

/**
 * One run at a time, in this process too. First says that this process is here, and then looks who else is: of two that come at once neither can miss the other.
 * Resolves with the function that lets others in; safe to call again.
 * @throws PreflightError while a run goes on in the folder, or where it cannot be written
 */
export async function lockFolder(path: string): Promise<() => Promise<void>> {
  const { startedTicks } = await processOf(process.pid);
  const own = lockFile({ pid: process.pid, startedTicks, host: hostname() });
  const release = () => rm(join(path, own), { force: true });
  try {
    await writeFile(join(path, own), '', { flag: 'wx' });
  } catch (cause) {
    if (errorCodeOf(cause) === 'EEXIST') throw inUse(process.pid, path, { cause });
    throw new PreflightError(`folder '${path}' cannot be written: ${errorCodeOf(cause)}`, { cause });
  }
  try {
    const others = (await readdir(path)).filter((name) => LOCK_FILE.test(name) && name !== own);
    for (const name of others) await requireDead(name, path);
    for (const name of others) await rm(join(path, name), { force: true });
    return release;
  } catch (error) {
    await release();
    throw error;
  }
}

const LOCK_FILE = /^lock\.(\d+)\.(\d+)\.(.*)$/;

/** The name says it all: there is no moment in which half of it could be read. */
function lockFile({ pid, startedTicks, host }: Owner): string {
  return `lock.${pid}.${startedTicks}.${encodeURIComponent(host)}`;
}

async function requireDead(name: string, path: string): Promise<void> {
  const [, pid, startedTicks, host = ''] = LOCK_FILE.exec(name) ?? [];
  if (host !== encodeURIComponent(hostname())) {
    throw new PreflightError(
      `process ${pid} of host ${host} is running in '${path}': name another folder, or remove '${join(path, name)}' if it is gone`,
    );
  }
  if (!(await isAlive(Number(pid), Number(startedTicks)))) return;
  throw inUse(Number(pid), path);
}

function inUse(pid: number, path: string, options?: ErrorOptions): PreflightError {
  return new PreflightError(
    `process ${pid} is running in '${path}': wait for it to end, or name another folder`,
    options,
  );
}

async function isAlive(pid: number, startedTicks: number): Promise<boolean> {
  if (!hasProcess(pid)) return false;
  const now = await processOf(pid);
  // Killed, but its parent has not asked yet.
  if (now.state === 'Z') return false;
  return startedTicks === 0 || now.startedTicks === 0 || now.startedTicks === startedTicks;
}

function hasProcess(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCodeOf(error) === 'EPERM'; // somebody else's, but there
  }
}

/** `pid (name) state ppid …`, the start time 22nd (proc_pid_stat(5)). */
async function processOf(pid: number): Promise<{ state: string | undefined; startedTicks: number }> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0], startedTicks: Number(fields[19] ?? 0) };
}
