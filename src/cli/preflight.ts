// What is checked before anything starts, so that a run does not fail half-way for a reason known from the beginning.
import { readFile } from 'node:fs/promises';
import { STRATEGIES } from '../binder/binders.ts';
import type { BinderName } from '../binder/types.ts';
import { PreflightError } from '../errors.ts';
import { ffiAvailable, libc } from '../net/libc.ts';
import type { Plan } from '../stress/types.ts';

/** Descriptors of a session at one process: its control connection, a listener or file, a data connection. */
const DESCRIPTORS_PER_SESSION = 3;
/** What a Node process and its cluster have open besides. */
const DESCRIPTORS_BESIDES = 64;

/** @throws PreflightError when this platform cannot bind as `binder` does, or not with a hold before connect */
export function requireBinder(binder: BinderName, bindToConnectMs: number): void {
  if (ffiAvailable()) return;
  const reason = ffiReason();
  if (!STRATEGIES[binder].worksWithoutFfi) {
    throw new PreflightError(
      `binder '${binder}' cannot work here: ${reason}; use --binder reuse-addr or ephemeral`,
    );
  }
  if (bindToConnectMs > 0) {
    throw new PreflightError(
      `--bind-to-connect cannot work here, where bind and connect are one call: ${reason}`,
    );
  }
}

function ffiReason(): string {
  try {
    libc();
    return 'the FFI works';
  } catch (error) {
    return (error as Error).message;
  }
}

/** @throws PreflightError when a process of the run would need more descriptors than it may open */
export async function requireDescriptors(plan: Plan): Promise<void> {
  const limit = await descriptorLimit();
  for (const { name, sessions } of plan.scenarios) {
    const busiest = Math.max(Math.ceil(sessions / plan.generators), Math.ceil(sessions / plan.workers));
    const needed = busiest * DESCRIPTORS_PER_SESSION + DESCRIPTORS_BESIDES;
    if (needed <= limit) continue;
    throw new PreflightError(
      `scenario '${name}': ${sessions} sessions need up to ${needed} descriptors in one process, the limit is ${limit}: raise it (ulimit -n ${needed}) or use fewer sessions`,
    );
  }
}

/** RLIMIT_NOFILE, which Node raises to the hard limit when it starts; Infinity where it cannot be read. */
async function descriptorLimit(): Promise<number> {
  const limits = await readFile('/proc/self/limits', 'utf8').catch(() => '');
  const soft = /^Max open files\s+(\d+)/m.exec(limits)?.[1];
  return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
}
