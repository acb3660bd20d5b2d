// CPU time of a server and all that it ever forked: by a cgroup of its own, or by /proc, which forgets who ended unheard.
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';

const TICK_MS = 10; // USER_HZ

/** Version 2, or the controller that counts in version 1. */
const KINDS = [
  {
    folder: '/sys/fs/cgroup',
    mark: 'cgroup.controllers',
    readMs: (path) => Number(/^usage_usec (\d+)/m.exec(readFileSync(`${path}/cpu.stat`, 'latin1'))[1]) / 1000,
  },
  {
    folder: '/sys/fs/cgroup/cpuacct',
    mark: 'cpuacct.usage',
    readMs: (path) => Number(readFileSync(`${path}/cpuacct.usage`, 'latin1')) / 1e6,
  },
];

/**
 * Runs `start` in a group of its own, so that what it forks belongs there.
 * @returns { started, readMs(), remove() }; `readMs` takes the pids that live, for where there is no cgroup to be had
 */
export async function accounted(start) {
  const kind = KINDS.find(({ folder, mark }) => existsSync(`${folder}/${mark}`));
  const path = `${kind?.folder}/port20-bench-${process.pid}`;
  try {
    mkdirSync(path);
    writeFileSync(`${path}/cgroup.procs`, String(process.pid));
  } catch {
    return { started: await start(), readMs: byProc, remove() {} };
  }
  const started = await start();
  writeFileSync(`${kind.folder}/cgroup.procs`, String(process.pid));
  return { started, readMs: () => kind.readMs(path), remove: () => removed(path) };
}

function removed(path) {
  try {
    rmdirSync(path);
  } catch {
    // somebody of the server's is still ending: an empty group is no harm
  }
}

/** Of processes and of their children that were waited for (proc_pid_stat(5): utime, stime, cutime, cstime). */
function byProc(pids) {
  let ticks = 0;
  for (const pid of pids) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      for (const at of [11, 12, 13, 14]) ticks += Number(fields[at]);
    } catch {
      // gone meanwhile
    }
  }
  return ticks * TICK_MS;
}
