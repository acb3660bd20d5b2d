// The processes that descend from one, as /proc tells.
import { readdirSync, readFileSync } from 'node:fs';

/** Living descendants of `ancestor`, itself not among them; zombies do not count. Oldest generation first. */
export function descendantsOf(ancestor: number): readonly number[] {
  const children = livingByParent();
  const found = [...(children.get(ancestor) ?? [])];
  // Grows while it is walked.
  for (const pid of found) found.push(...(children.get(pid) ?? []));
  return found;
}

function livingByParent(): ReadonlyMap<number, readonly number[]> {
  const children = new Map<number, number[]>();
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const parent = livingParentOf(pid);
    if (parent === undefined) continue;
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [Number(pid)]);
    else siblings.push(Number(pid));
  }
  return children;
}

/** `pid (name) state ppid …`, where the name may hold anything, parentheses too (proc_pid_stat(5)). */
function livingParentOf(pid: string): number | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return undefined; // gone meanwhile
  }
  const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return state === 'Z' || state === 'X' ? undefined : Number(parent);
}
