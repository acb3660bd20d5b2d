// `port20 user add|remove|list`: the users file, line by line.
import { stat } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import type { Command } from 'commander';
import { UsageError } from '../errors.ts';
import { oneOf } from '../near-miss.ts';
import {
  addUser,
  changeUser,
  describeRights,
  removeUser,
  type UserChange,
} from '../server/users/edit-users.ts';
import { hashPassword } from '../server/users/hash.ts';
import { RIGHTS } from '../server/users/user.ts';
import { loadUsers, parseUsers, type UserEntry } from '../server/users/users-file.ts';
import { formatBytes } from '../units.ts';
import { EXIT } from './exit.ts';
import { readNewPassword } from './new-password.ts';
import { print, say } from './output.ts';
import { firstSaid } from './said.ts';
import type { Limit, UserFlags } from './user-flags.ts';
import { editUsersFile, readUsersText } from './users-file.ts';

const readAction = oneOf('action', ['add', 'remove', 'list'] as const);

/** @returns the exit status */
export async function user(command: Command): Promise<number> {
  const [action = '', name] = command.args;
  const flags: UserFlags = command.optsWithGlobals();
  const { users: path } = flags;
  switch (readAction(action)) {
    case 'add':
      refuseFlags(command, 'add', (flag) => flag !== 'json');
      return add(required(name, 'add'), requiredFile(path), flags);
    case 'remove':
      refuseFlags(command, 'remove', (flag) => flag === 'users');
      return remove(required(name, 'remove'), requiredFile(path), flags);
    case 'list':
      refuseFlags(command, 'list', (flag) => flag === 'users' || flag === 'json');
      if (name !== undefined) throw new UsageError(`list tells of all users: leave out '${name}'`);
      return list(requiredFile(path), flags);
  }
}

function required(name: string | undefined, action: string): string {
  if (name === undefined) throw new UsageError(`name the user: port20 user ${action} NAME`);
  return name;
}

function requiredFile(path: string | undefined): string {
  if (path === undefined) throw new UsageError('name the users file: --users FILE');
  return path;
}

/** What is said and has no effect is a mistake. */
function refuseFlags(command: Command, action: string, isKnown: (flag: string) => boolean): void {
  const other = firstSaid(command, (name) => !isKnown(name));
  if (other !== undefined) throw new UsageError(`${other} is not for user ${action}`);
}

async function add(name: string, path: string, flags: UserFlags): Promise<number> {
  const change = changeOf(flags);
  const onlySettings = flags.change && flags.passwordFile === undefined && Object.keys(change).length > 0;
  const edit = flags.change ? changeUser : addUser;
  edit(await readUsersText(path), bytesOf(name), change); // a mistake is told before a password is asked for
  let hash: string | undefined;
  if (!onlySettings) {
    const password = await readNewPassword(name, flags.passwordFile);
    if (password === undefined) return EXIT.interrupted;
    hash = await hashPassword(password);
  }
  const whole = { ...change, ...(hash !== undefined && { hash }) };
  let written = '';
  await editUsersFile(path, (text) => {
    written = edit(text, bytesOf(name), whole);
    return written;
  });
  if (flags.quiet !== true) say(`user '${name}' ${flags.change ? 'changed' : 'added'} in ${path}`);
  await warn(written, path, flags);
  return EXIT.ok;
}

/** Other lines may be wrong, too: this one is written, but no server will start with the file. */
async function warn(text: string, path: string, { root }: UserFlags): Promise<void> {
  try {
    parseUsers(text, path);
  } catch (error) {
    say(`port20: a server will not take the file as it is: ${(error as Error).message}`);
  }
  if (root === undefined || !isAbsolute(root) || (await stat(root).catch(() => undefined))?.isDirectory())
    return;
  say(`port20: there is no folder '${root}' here: logins of the user are refused until there is`);
}

function changeOf(flags: UserFlags): UserChange {
  const { root, readOnly, deny, maxSessions, rate, quota } = flags;
  if (readOnly && deny !== undefined) throw new UsageError('--read-only and --deny: say one of them');
  if (root !== undefined && /[:\r\n\0]/.test(root)) {
    throw new UsageError(
      `--root '${root}' has a colon or a line break in it, which a users file cannot hold`,
    );
  }
  const denied = readOnly ? RIGHTS : deny;
  return {
    ...(root !== undefined && { root: bytesOf(root) }),
    ...(denied !== undefined && { denied }),
    ...(maxSessions !== undefined && { maxSessions: limitOf(maxSessions) }),
    ...(rate !== undefined && { maxBytesPerSecond: limitOf(rate) }),
    ...(quota !== undefined && { quotaBytes: limitOf(quota) }),
  };
}

function limitOf(limit: Limit): number | null {
  return limit === 'none' ? null : limit;
}

async function remove(name: string, path: string, { quiet }: UserFlags): Promise<number> {
  await loadable(path);
  await editUsersFile(path, (text) => removeUser(text, bytesOf(name)));
  if (quiet !== true) say(`user '${name}' removed from ${path}`);
  return EXIT.ok;
}

/** A file that is not there has nobody to remove. */
async function loadable(path: string): Promise<void> {
  await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`users file '${path}' cannot be read: ${error.code}`, { cause: error });
  });
}

async function list(path: string, { json }: UserFlags): Promise<number> {
  const { entries, warnings } = await loadUsers(path);
  for (const warning of warnings) say(`port20: ${warning}`);
  const rows = [...entries.values()];
  await print(json ? JSON.stringify(rows.map(asJson)) : formatTable([HEADINGS, ...rows.map(asRow)]));
  return EXIT.ok;
}

const HEADINGS = ['name', 'root', 'rights', 'sessions', 'rate', 'quota', 'password'];

function asRow({
  user: { name, root, may, maxSessions, maxBytesPerSecond, quotaBytes },
  hash,
  locked,
}: UserEntry) {
  return [
    name,
    root ?? '.',
    describeRights(may),
    String(maxSessions ?? '-'),
    maxBytesPerSecond === undefined ? '-' : `${formatBytes(maxBytesPerSecond)}/s`,
    quotaBytes === undefined ? '-' : formatBytes(quotaBytes),
    locked ? 'locked' : hash.scheme,
  ];
}

/** Never the hash. */
function asJson({ user, hash, locked, access }: UserEntry) {
  const { name, root = '.', startFolder = '/', may } = user;
  const { maxSessions = null, maxBytesPerSecond = null, quotaBytes = null } = user;
  const limits = { maxSessions, maxBytesPerSecond, quotaBytes };
  return {
    name,
    root,
    startFolder,
    may,
    ...limits,
    hash: hash.scheme,
    locked,
    restricted: access !== undefined,
  };
}

function formatTable(rows: readonly (readonly string[])[]): string {
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function bytesOf(text: string): string {
  return Buffer.from(text).toString('latin1');
}
