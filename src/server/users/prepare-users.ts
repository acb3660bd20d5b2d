// A users file made ready to serve: read whole, its mistakes told, and the fixed time of refusals set by its slowest hash.
import { formatDuration } from '../../units.ts';
import type { FilledServerOptions } from '../options.ts';
import { servedBeside } from './served-beside.ts';
import { slowestCheck } from './user-table.ts';
import { type LoadedUsers, loadUsers, type Users } from './users-file.ts';
import type { Verifier } from './verifier.ts';

export interface PreparedUsers extends LoadedUsers {
  /** How long a refusal takes: what is set, but longer than the slowest check. */
  readonly refusalMs: number;
}

export interface Prepared {
  /** Undefined where there is no users file. */
  readonly users: PreparedUsers | undefined;
  /** What the operator is to hear before anybody is served, a line each. */
  readonly warnings: readonly string[];
}

/** A check on a machine that does other things too takes longer than the one that was timed. */
const MARGIN = 2;

/** @throws UsageError that names the file, the line and what is wrong */
export async function prepareUsers(options: FilledServerOptions, verifier: Verifier): Promise<Prepared> {
  const { usersFile, tlsKeyFile, privateFiles } = options;
  const loaded = usersFile === undefined ? undefined : await loadUsers(usersFile);
  const own = [usersFile, tlsKeyFile, ...privateFiles].filter((file) => file !== undefined);
  const served = await servedBeside(own, options, loaded);
  if (loaded === undefined) return { users: undefined, warnings: served };
  const { refusalMs, warning } = await refusalTime(loaded, options, verifier);
  return {
    users: { ...loaded, refusalMs },
    warnings: [...loaded.warnings, ...served, ...(warning === undefined ? [] : [warning])],
  };
}

interface RefusalTime {
  readonly refusalMs: number;
  readonly warning?: string;
}

async function refusalTime(
  users: Users,
  { usersFile, loginDelayMs }: FilledServerOptions,
  verifier: Verifier,
): Promise<RefusalTime> {
  const slowest = await slowestCheck(users, verifier);
  const neededMs = Math.ceil((slowest?.checkMs ?? 0) * MARGIN);
  if (slowest === undefined || neededMs <= loginDelayMs) return { refusalMs: loginDelayMs };
  const warning =
    `${usersFile}: the password of '${slowest.name}' takes ${formatDuration(Math.ceil(slowest.checkMs))} to check here, ` +
    `so a refused login is answered after ${formatDuration(neededMs)}, whoever it is, not after ` +
    `${formatDuration(loginDelayMs)}${slowest.ours ? '' : `: a new one, by port20 user add '${slowest.name}' --change, is checked sooner`}`;
  return { refusalMs: neededMs, warning };
}
