// `serve --user`: another user in place of root, before anything is listened on, opened or read for clients.
import { accessSync, constants, existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { errorCodeOf, PreflightError, UsageError } from '../errors.ts';
import { type Account, becomeProgram, becomeUser, findGroup, findUser } from '../net/privileges.ts';
import { readSysctl } from '../net/proc.ts';
import { ffiProblem, mayBindPrivileged } from '../probe/doctor/gather.ts';

export interface WantedUser {
  /** Undefined to stay who we are. */
  readonly user?: string;
  /** The user's own unless set. */
  readonly group?: string;
  /** Those that are bound now or later. */
  readonly ports: readonly number[];
  /** Of the settings, where there is one; it is read again. */
  readonly configFile: string;
}

/**
 * Becomes that user by starting this program anew in this process: only so have all of its threads, and all processes
 * that it starts, the same rights. Returns when it is that user. @throws UsageError, PreflightError
 */
export function giveUpRoot({ user, group, ports, configFile }: WantedUser): void {
  if (user === undefined) {
    if (group !== undefined) throw new UsageError('--group goes with --user: name the user, too');
    return;
  }
  const account = known(user);
  if (account.uid === 0) throw new UsageError(`user '${user}' is root itself: choose one without its rights`);
  const gid = group === undefined ? account.gid : findGroup(group);
  if (gid === undefined) throw new UsageError(`there is no group '${group}': choose one of this machine`);
  if (process.geteuid?.() !== 0) requireToBe(user, account.uid);
  else becomeIt({ ...account, gid }, ports, configFile);
}

/** @throws UsageError, PreflightError */
function known(user: string): Account {
  const problem = ffiProblem();
  if (problem !== null) throw new PreflightError(`--user cannot work here: ${problem}`);
  const account = findUser(user);
  if (account === undefined) throw new UsageError(`there is no user '${user}': choose one of this machine`);
  return account;
}

/** @throws PreflightError; does not return otherwise */
function becomeIt(account: Account, ports: readonly number[], configFile: string): never {
  const files = [process.execPath, process.argv[1] ?? '', fileURLToPath(import.meta.url)];
  if (existsSync(configFile)) files.push(configFile);
  becomeUser(account, { mayBindAll: mayBindPrivileged() && ports.some(isPrivileged) });
  for (const file of files) requireReadable(file, account.name);
  becomeProgram(
    process.execPath,
    [process.execPath, ...process.execArgv, ...process.argv.slice(1)],
    process.env,
  );
}

/** What is to be served must be there for who serves it; what may be written is for its folders to say. @throws PreflightError */
export function requireAccess(root: string): void {
  try {
    accessSync(root, constants.R_OK | constants.X_OK);
  } catch (cause) {
    if (errorCodeOf(cause) !== 'EACCES') return; // what else there is, the server says itself
    throw new PreflightError(
      `the user of this process (uid ${process.getuid?.()}) may not read root '${root}': give it the right, or choose another folder or --user`,
      { cause },
    );
  }
}

function requireToBe(user: string, uid: number): void {
  if (process.geteuid?.() === uid) return;
  throw new PreflightError(`only root can become user '${user}': start as root, or without --user`);
}

/** Of this program, or of its settings: without them it could not start again, or would start otherwise. @throws PreflightError */
function requireReadable(path: string, user: string): void {
  try {
    accessSync(path, constants.R_OK);
  } catch (cause) {
    throw new PreflightError(
      `user '${user}' may not read '${path}' (${errorCodeOf(cause)}): give it the right, or put it where every user may read it`,
      { cause },
    );
  }
}

function isPrivileged(port: number): boolean {
  return port > 0 && port < Number(readSysctl('net.ipv4.ip_unprivileged_port_start') ?? 1024);
}
