// One line of a users file added, changed or taken out; every other line stays as it is, byte for byte.
import { UsageError } from '../../errors.ts';
import { didYouMean } from '../../near-miss.ts';
import { formatBytes } from '../../units.ts';
import { deniedOf, type Permissions, RIGHTS, type Right } from './user.ts';
import {
  isComment,
  OUR_COLUMNS,
  PASSWD_COLUMNS,
  readName,
  readSettings,
  type Settings,
} from './users-file.ts';

/** What a line is to say; null takes a limit away, and what is left out stays as it is. Strings are byte strings. */
export interface UserChange {
  readonly hash?: string;
  readonly root?: string;
  readonly denied?: readonly Right[];
  readonly maxSessions?: number | null;
  readonly maxBytesPerSecond?: number | null;
  readonly quotaBytes?: number | null;
}

/** @throws UsageError for a name that is there, or cannot be */
export function addUser(text: string, name: string, change: UserChange): string {
  const readable = checkedName(name);
  if (namesIn(text).includes(name)) {
    throw new UsageError(`user '${readable}' exists: say --change to change it`);
  }
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const end = text === '' || text.endsWith('\n') ? '' : eol;
  return `${text}${end}${changedLine(`${name}:::::::`, change)}${eol}`;
}

/** @throws UsageError for a name that is not there, and for what the form of its line cannot say */
export function changeUser(text: string, name: string, change: UserChange): string {
  requireUser(text, name);
  return mapLines(text, name, (line) => changedLine(line, change));
}

/** @throws UsageError for a name that is not there */
export function removeUser(text: string, name: string): string {
  requireUser(text, name);
  return mapLines(text, name, () => undefined);
}

/** @throws UsageError that says what a name cannot be */
function checkedName(name: string): string {
  try {
    return readName(name);
  } catch (error) {
    const shown = JSON.stringify(Buffer.from(name, 'latin1').toString());
    throw new UsageError(`${shown} cannot be a user: it ${(error as Error).message}`, { cause: error });
  }
}

function requireUser(text: string, name: string): void {
  const names = namesIn(text);
  if (names.includes(name)) return;
  const [readable = '', ...known] = [name, ...names].map((one) => Buffer.from(one, 'latin1').toString());
  throw new UsageError(`no user '${readable}'${didYouMean(readable, known)}`);
}

function namesIn(text: string): string[] {
  return linesOf(text).flatMap((line) => (isComment(line) ? [] : nameOf(line)));
}

function nameOf(line: string): string {
  return line.split(':')[0] ?? '';
}

/** Each with its line break. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function mapLines(text: string, name: string, map: (line: string) => string | undefined): string {
  return linesOf(text)
    .map((whole) => {
      if (isComment(whole) || nameOf(whole) !== name) return whole;
      const [line = '', eol = ''] = whole.split(/(\r?\n)$/);
      const mapped = map(line);
      return mapped === undefined ? '' : mapped + eol;
    })
    .join('');
}

/** @throws UsageError */
function changedLine(line: string, { hash, root, ...settings }: UserChange): string {
  const columns = line.split(':');
  const [name = ''] = columns;
  if (hash !== undefined) columns[1] = hash;
  if (root !== undefined) columns[5] = root;
  if (Object.values(settings).every((value) => value === undefined)) return columns.join(':');
  if (columns.length !== PASSWD_COLUMNS && columns.length !== OUR_COLUMNS) {
    throw new UsageError(
      `the line of '${name}' has ${columns.length} columns, in which these settings have no place: remove the user and add it again`,
    );
  }
  const before = settingsOf(name, columns[OUR_COLUMNS - 1] ?? '');
  columns[OUR_COLUMNS - 1] = formatSettings(merge(before, settings));
  return columns.join(':');
}

function settingsOf(name: string, text: string): Settings {
  try {
    return readSettings(text);
  } catch (error) {
    throw new UsageError(`the line of '${name}' ${(error as Error).message}`, { cause: error });
  }
}

function merge(before: Settings, change: UserChange): Settings {
  const all = { ...before, ...change };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined && value !== null));
}

function formatSettings({ denied = [], maxSessions, maxBytesPerSecond, quotaBytes }: Settings): string {
  const rights = denied.length === RIGHTS.length ? 'read-only' : `deny=${denied.join(',')}`;
  return [
    ...(denied.length === 0 ? [] : [rights]),
    ...(maxSessions === undefined ? [] : [`max-sessions=${maxSessions}`]),
    ...(maxBytesPerSecond === undefined ? [] : [`rate=${formatBytes(maxBytesPerSecond)}`]),
    ...(quotaBytes === undefined ? [] : [`quota=${formatBytes(quotaBytes)}`]),
  ].join(' ');
}

/** `all`, `read-only`, `no delete,rename`. */
export function describeRights(may: Permissions): string {
  const denied = deniedOf(may);
  if (denied.length === 0) return 'all';
  return denied.length === RIGHTS.length ? 'read-only' : `no ${denied.join(',')}`;
}
