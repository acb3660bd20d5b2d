// A users file made ready to serve: read whole, its mistakes told, and the fixed time of refusals set by its slowest hash.

import { relative, resolve } from 'node:path';
import { formatDuration } from '../../units.ts';
import type { FilledServerOptions } from '../options.ts';
import { slowestCheck } from './user-table.ts';
import { type LoadedUsers, loadUsers } from './users-file.ts';
import { Verifier } from './verifier.ts';

export interface PreparedUsers extends LoadedUsers {
  /** How long a refusal takes: what is set, but longer than the slowest check. */
  readonly refusalMs: number;
}

/** A check on a machine that does other things too takes longer than the one that was timed. */
const MARGIN = 2;

/** @throws UsageError that names the file, the line and what is wrong; undefined where there is no users file */
export async function prepareUsers(
  { usersFile, loginDelayMs, root }: FilledServerOptions,
  verifier: Verifier,
): Promise<PreparedUsers | undefined> {
  if (usersFile === undefined) return undefined;
  const loaded = await loadUsers(usersFile);
  const served = servedBeside(usersFile, root, loaded);
  const users = served === undefined ? loaded : { ...loaded, warnings: [...loaded.warnings, served] };
  const slowest = await slowestCheck(users, verifier);
  const neededMs = Math.ceil((slowest?.checkMs ?? 0) * MARGIN);
  if (slowest === undefined || neededMs <= loginDelayMs) return { ...users, refusalMs: loginDelayMs };
  const warning =
    `${usersFile}: the password of '${slowest.name}' takes ${formatDuration(Math.ceil(slowest.checkMs))} to check here, ` +
    `so a refused login is answered after ${formatDuration(neededMs)}, whoever it is, not after ` +
    `${formatDuration(loginDelayMs)}${slowest.ours ? '' : `: a new one, by port20 user add '${slowest.name}' --change, is checked sooner`}`;
  return { ...users, refusalMs: neededMs, warnings: [...users.warnings, warning] };
}

/** The same where there is no server whose verifier it could take. @throws as `prepareUsers` */
export async function prepareUsersAlone(options: FilledServerOptions): Promise<PreparedUsers | undefined> {
  const verifier = new Verifier();
  try {
    return await prepareUsers(options, verifier);
  } finally {
    await verifier.close();
  }
}

/** A file in a folder that is served can be fetched, hashes and all. */
function servedBeside(usersFile: string, root: string, { entries }: LoadedUsers): string | undefined {
  const roots = [...entries.values()].map(({ user }) => resolve(root, user.root ?? ''));
  const outer = roots.find((one) => !/^\.\.(\/|$)/.test(relative(one, resolve(usersFile))));
  if (outer === undefined) return undefined;
  return `${usersFile} lies in '${outer}', which is served, so that users can fetch it: keep it elsewhere`;
}
