// Which process made something that outlives it on disk: told by a name, and whether it still runs.
import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { errorCodeOf } from './errors.ts';

/** A process id comes back after a while: with its start time it does not. */
export interface Owner {
  readonly pid: number;
  /** In clock ticks since boot; 0 where /proc does not tell. */
  readonly startedTicks: number;
}

export function thisProcess(): Owner {
  return { pid: process.pid, startedTicks: processOf(process.pid).startedTicks };
}

export function isAlive({ pid, startedTicks }: Owner): boolean {
  if (!hasProcess(pid)) return false;
  const now = processOf(pid);
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
function processOf(pid: number): { state: string | undefined; startedTicks: number } {
  let stat = '';
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    // gone, or a system without /proc
  }
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0], startedTicks: Number(fields[19] ?? 0) };
}

/**
 * A name that tells its owner: `port20-run-` → `port20-run-1234.56789.0a1b2c3d-`. There is no moment in which half of it
 * could be read. The last part stands for the host and its set of process ids: what another container has made in a
 * folder that both see is not judged by the ids of this one.
 */
export function ownedName(prefix: string): string {
  const { pid, startedTicks } = thisProcess();
  return `${prefix}${pid}.${startedTicks}.${realm()}-`;
}

const OWNED = /^(.*?)(\d+)\.(\d+)\.([0-9a-f]{8})-/;

/** Whether that name begins with this prefix and is of a process of this host that is no more. */
export function isLeftOver(name: string, prefix: string): boolean {
  if (!name.startsWith(prefix)) return false;
  const [, before, pid, startedTicks, where] = OWNED.exec(name.slice(prefix.length)) ?? [];
  if (before !== '' || where !== realm()) return false;
  return !isAlive({ pid: Number(pid), startedTicks: Number(startedTicks) });
}

function realm(): string {
  let processIds = '';
  try {
    processIds = readlinkSync('/proc/self/ns/pid');
  } catch {
    // one set of process ids a host
  }
  return createHash('sha256').update(`${hostname()} ${processIds}`).digest('hex').slice(0, 8);
}
