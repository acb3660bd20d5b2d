// A daemon's processes: none of them outlives the process that started it, however that ends.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from './daemon.ts';
import { descendantsOf } from './process-tree.ts';
import { isRoot, lastLine } from './requirements.ts';

export interface DaemonProcess {
  /** Resolves with the last line that it wrote once it has ended; rejects when it could not be started. */
  readonly ended: Promise<string>;
  pids(): readonly number[];
  stop(): Promise<void>;
}

/**
 * As root, in a process namespace: the daemons change their user, which makes the kernel forget a parent-death signal,
 * and sessions leave the daemon's process group. The namespace's first process, a shell, does neither. When it goes,
 * because unshare was killed with its parent, or because the daemon ended, the kernel kills all that is in there.
 */
const IN_NAMESPACE = ['unshare', '--pid', '--fork', '--kill-child=KILL', 'sh', '-c', '"$@"; exit $?', 'sh'];
const DIES_WITH_PARENT = ['--pdeathsig', 'KILL'];

/** @param folder where what it writes is kept */
export async function spawnDaemon(command: Command, folder: string): Promise<DaemonProcess> {
  const output = join(folder, 'output');
  const file = await open(output, 'w');
  const namespaced = isRoot();
  const guard = [...DIES_WITH_PARENT, ...(namespaced ? IN_NAMESPACE : [])];
  const child = spawn('setpriv', [...guard, command.file, ...command.args], {
    env: command.env,
    cwd: folder,
    detached: true, // Ctrl-C is for the coordinator, who stops it
    stdio: ['ignore', file.fd, file.fd],
  });
  child.unref();
  const ended = endOf(child).then(async () => lastLine(await readFile(output, 'utf8').catch(() => '')));
  ended.catch(() => {}); // nobody may be waiting when it happens
  await file.close();
  const { pid } = child;
  return {
    ended,
    // In the namespace, below unshare and the shell.
    pids: () => (pid === undefined || hasEnded(child) ? [] : daemonPids(pid, namespaced)),
    stop: () => stopped(child),
  };
}

function daemonPids(pid: number, namespaced: boolean): readonly number[] {
  return namespaced ? descendantsOf(pid).slice(1) : [pid, ...descendantsOf(pid)];
}

async function endOf(child: ChildProcess): Promise<void> {
  await once(child, 'exit'); // rejects on 'error'
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

/** The first child is the namespace's first process: it ends when no other process of the namespace is left. */
async function stopped(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || hasEnded(child)) return;
  const exit = once(child, 'exit');
  child.ref();
  const [first = child.pid] = descendantsOf(child.pid);
  kill(first);
  await exit;
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // gone meanwhile
  }
}
