// The users file: a line for each user, in our form, in that of passwd(5) as ftpasswd writes it, or in pure-pw's.
import { stat } from 'node:fs/promises';
import { errorCodeOf, UsageError } from '../../errors.ts';
import { didYouMean } from '../../near-miss.ts';
import { readBytesFile, type TextFile } from '../../text-file.ts';
import { parseBytes, readCount } from '../../units.ts';
import { type Access, readHours, readNetworks } from './access.ts';
import { HashError, type PasswordHash, readHash } from './hash.ts';
import { isAnonymous } from './login.ts';
import { EVERYTHING, everythingBut, RIGHTS, type Right, type User } from './user.ts';

/** One user of a users file. */
export interface UserEntry {
  /** `root` is as the file has it: absolute, or relative to the server's root. */
  readonly user: User;
  readonly hash: PasswordHash;
  /** A `!` before the hash (usermod -L, ftpasswd --lock): no password logs in. */
  readonly locked: boolean;
  readonly access?: Access;
}

/** What a users file says; never changed. */
export interface Users {
  /** By name as USER sends it: a byte string. */
  readonly entries: ReadonlyMap<string, UserEntry>;
  /** What of the file has no effect, a line each. */
  readonly warnings: readonly string[];
}

export interface LoadedUsers extends Users {
  /** The file itself, a byte string; `parseUsers` makes the same of it. */
  readonly text: string;
}

/** Settings behind the seventh colon of a line of ours. */
export interface Settings {
  readonly denied?: readonly Right[];
  readonly maxSessions?: number;
  readonly maxBytesPerSecond?: number;
  readonly quotaBytes?: number;
}

export const PASSWD_COLUMNS = 7;
export const OUR_COLUMNS = 8;
const PURE_PW_COLUMNS = 18;
const MOST_NAME_BYTES = 255;

/** Some hundred thousand users. */
export const USERS_FILE: TextFile = { what: 'users file', mostBytes: 64 * 1024 * 1024 };

/** @throws UsageError that names the file, the line and what is wrong with it */
export async function loadUsers(path: string): Promise<LoadedUsers> {
  const cannot = (error: unknown): never => {
    throw new UsageError(`users file '${path}' cannot be read: ${errorCodeOf(error)}`, { cause: error });
  };
  const text = (await readBytesFile(path, USERS_FILE)).toString('latin1');
  const { mode } = await stat(path).catch(cannot);
  const users = parseUsers(text, path);
  if ((mode & 0o004) === 0) return { ...users, text };
  const open = `${path} can be read by everybody on this host, who can then guess passwords: chmod o-r ${path}`;
  return { ...users, text, warnings: [open, ...users.warnings] };
}

/** @param path for errors and warnings alone. @throws UsageError that names it, the line and what is wrong */
export function parseUsers(text: string, path: string): Users {
  const entries = new Map<string, UserEntry>();
  const lineOf = new Map<string, number>();
  const unused = new Unused(path);
  for (const [index, line] of text.split('\n').entries()) {
    if (isComment(line)) continue;
    const at = index + 1;
    try {
      const { name, entry } = parseLine(line.replace(/\r$/, ''), (what) => unused.add(what, at));
      const before = lineOf.get(name);
      if (before !== undefined) throw new Error(`'${entry.user.name}' is in line ${before} already`);
      lineOf.set(name, at);
      entries.set(name, entry);
    } catch (error) {
      throw new UsageError(`${path}, line ${at}: ${(error as Error).message}`, { cause: error });
    }
  }
  return { entries, warnings: unused.warnings() };
}

export function isComment(line: string): boolean {
  return line.trim() === '' || line.startsWith('#');
}

/** What lines say that has no effect here: each kind is told once, with the first line that has it. */
class Unused {
  readonly #path: string;
  readonly #lines = new Map<string, number[]>();

  constructor(path: string) {
    this.#path = path;
  }

  add(what: string, line: number): void {
    const lines = this.#lines.get(what);
    if (lines === undefined) this.#lines.set(what, [line]);
    else lines.push(line);
  }

  warnings(): string[] {
    return [...this.#lines].map(([what, [first = 0, ...others]]) => {
      const more = others.length === 0 ? '' : ` and ${others.length} more`;
      return `${this.#path}, line ${first}${more}: ${what}`;
    });
  }
}

interface Line {
  readonly name: string;
  readonly entry: UserEntry;
}

/** @param unused told of what has no effect. @throws Error that says what is wrong */
function parseLine(line: string, unused: (what: string) => void): Line {
  const columns = line.split(':');
  const [name = '', secret = '', uid = '', gid = '', , home = '', seventh = ''] = columns;
  const readable = readName(name);
  const locked = secret.startsWith('!') || secret.startsWith('*');
  const who = { name: readable };
  switch (columns.length) {
    case PASSWD_COLUMNS:
    case OUR_COLUMNS: {
      if ((uid !== '' && uid !== '0') || gid !== '') unused(UNUSED.owner);
      if (seventh !== '') unused(UNUSED.shell);
      const user = { ...who, ...folderOf(home), ...limitsOf(readSettings(columns[OUR_COLUMNS - 1] ?? '')) };
      return { name, entry: { user, hash: hashOf(secret, readable), locked } };
    }
    case PURE_PW_COLUMNS: {
      const { limits, access } = readPurePw(columns, unused);
      const user = { ...who, ...folderOf(home), ...limits };
      return { name, entry: { user, hash: hashOf(secret, readable), locked, ...(access && { access }) } };
    }
    default:
      throw new Error(
        `has ${columns.length} columns, where name:hash:uid:gid:text:folder:shell are ${PASSWD_COLUMNS}, ` +
          `with settings ${OUR_COLUMNS}, and pure-pw's ${PURE_PW_COLUMNS}`,
      );
  }
}

const UNUSED = {
  owner: 'uid and gid are not used: all files are those of the user that the server runs as',
  shell: 'the shell is not used: who has a line may log in',
  ratio: 'ratios of upload and download are not used',
  files: 'the quota of files is not used: that of bytes is',
  rate: 'of the two rates the lower holds for both ways',
} as const;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** For people. @param name byte string. @throws Error for what cannot be a name */
export function readName(name: string): string {
  if (name === '') throw new Error('has no name before the first colon');
  if (name.length > MOST_NAME_BYTES) throw new Error(`has a name of more than ${MOST_NAME_BYTES} bytes`);
  const readable = decoded(name);
  if (readable === undefined) throw new Error('has a name that is not UTF-8');
  // What is told in logs must be what it is: no line breaks, nothing that turns or hides what stands beside it.
  if (/[\p{C}\p{Zl}\p{Zp}:]/u.test(readable))
    throw new Error('has a name with a colon or a control character in it');
  if (readable.trim() !== readable) throw new Error(`has a name with a space at an end, '${readable}'`);
  if (readable.startsWith('#')) throw new Error('has a name that begins like a comment');
  if (isAnonymous(readable))
    throw new Error('has a name that stands for anonymous users, who have no password');
  return readable;
}

function decoded(bytes: string): string | undefined {
  try {
    return utf8.decode(Buffer.from(bytes, 'latin1'));
  } catch {
    return undefined;
  }
}

/** A locked one is checked like any other, so that its refusal looks like any other's. */
function hashOf(secret: string, name: string): PasswordHash {
  const text = secret.replace(/^[!*]+/, '');
  try {
    return text === '' && secret !== '' ? NEVER : readHash(text);
  } catch (error) {
    if (!(error instanceof HashError)) throw error;
    throw new Error(`'${name}' ${error.message}: give a new one with port20 user add '${name}' --change`);
  }
}

/** Of nobody's password. */
const NEVER = readHash(`$6$${'.'.repeat(16)}$${'.'.repeat(86)}`);

/** pure-pw: what stands before `/./` is the root, what stands behind it is where the user begins. */
function folderOf(home: string): Pick<User, 'root' | 'startFolder'> {
  if (home.includes('\0')) throw new Error('has a NUL in its folder');
  const text = decoded(home);
  if (text === undefined) throw new Error('has a folder that is not UTF-8');
  const marker = text.indexOf('/./');
  if (marker === -1) return text === '' ? {} : { root: text };
  const startFolder = `/${home.slice(home.indexOf('/./') + 3)}`.replace(/\/+\.?\/?$/, '');
  return { root: text.slice(0, marker) || '/', ...(startFolder !== '' && { startFolder }) };
}

function limitsOf({ denied = [], ...limits }: Settings): Omit<User, 'name'> {
  return { may: everythingBut(denied), ...limits };
}

const KEYS = ['read-only', 'deny', 'max-sessions', 'rate', 'quota'] as const;

/** `deny=delete,rename max-sessions=5 rate=1MiB quota=10GiB`, in any order. @throws Error that says what is wrong */
export function readSettings(text: string): Settings {
  const found = new Map<string, string>();
  for (const word of text.split(' ').filter((one) => one !== '')) {
    const [key = '', ...rest] = word.split('=');
    if (found.has(key)) throw new Error(`says '${key}' twice`);
    found.set(key, rest.join('='));
    if (!(KEYS as readonly string[]).includes(key)) {
      throw new Error(`has no setting '${key}'${didYouMean(key, KEYS)}: it can be ${KEYS.join(', ')}`);
    }
    if ((key === 'read-only') !== (rest.length === 0))
      throw new Error(`'${word}' is not ${FORMS[key as Key]}`);
  }
  if (found.has('read-only') && found.has('deny')) throw new Error("says both 'read-only' and 'deny'");
  const read = <T>(key: Key, reader: (value: string) => T): T | undefined => {
    const value = found.get(key);
    if (value === undefined) return undefined;
    try {
      return reader(value);
    } catch (error) {
      throw new Error(`${key}: ${(error as Error).message}`);
    }
  };
  const denied = found.has('read-only') ? RIGHTS : read('deny', readRights);
  return withoutUndefined({
    denied,
    maxSessions: read('max-sessions', readCount(1)),
    maxBytesPerSecond: read('rate', readRate),
    quotaBytes: read('quota', parseBytes),
  });
}

type Key = (typeof KEYS)[number];
const FORMS: Readonly<Record<Key, string>> = {
  'read-only': 'read-only',
  deny: `deny= and some of ${RIGHTS.join(',')}`,
  'max-sessions': 'max-sessions= and a number',
  rate: 'rate= and a size, such as 1MiB',
  quota: 'quota= and a size, such as 10GiB',
};

/** `upload,delete`. @throws Error */
export function readRights(text: string): readonly Right[] {
  const words = text.split(',');
  for (const word of words) {
    if ((RIGHTS as readonly string[]).includes(word)) continue;
    throw new Error(`unknown right '${word}'${didYouMean(word, RIGHTS)}: use ${RIGHTS.join(', ')}`);
  }
  return RIGHTS.filter((right) => words.includes(right));
}

/** Bytes a second. @throws Error */
export function readRate(text: string): number {
  const bytes = parseBytes(text);
  if (bytes > 0) return bytes;
  throw new Error(`'${text}' would let nothing through`);
}

function readPurePw(
  columns: readonly string[],
  unused: (what: string) => void,
): { readonly limits: Omit<User, 'name'>; readonly access: Access | undefined } {
  const [uploadRate, downloadRate, uploadRatio, downloadRatio, sessions, files, size, ...rest] =
    columns.slice(6);
  const [allowedLocal = '', refusedLocal = '', allowedClient = '', refusedClient = '', hours = ''] = rest;
  unused(UNUSED.owner);
  if (positive(uploadRatio) ?? positive(downloadRatio)) unused(UNUSED.ratio);
  if (files !== '') unused(UNUSED.files);
  const rates = [positive(uploadRate), positive(downloadRate)].flatMap((rate) => rate ?? []);
  if (rates.length === 1 || rates[0] !== rates[1]) unused(UNUSED.rate);
  const limits = {
    may: EVERYTHING,
    ...withoutUndefined({
      maxSessions: positive(sessions),
      maxBytesPerSecond: rates.length === 0 ? undefined : Math.min(...rates),
      quotaBytes: size === '' ? undefined : number(size),
    }),
  };
  const times = readHours(hours);
  const access = {
    client: { allowed: readNetworks(allowedClient), refused: readNetworks(refusedClient) },
    local: { allowed: readNetworks(allowedLocal), refused: readNetworks(refusedLocal) },
    ...(times !== undefined && { hours: times }),
  };
  const restricted = [allowedLocal, refusedLocal, allowedClient, refusedClient, hours].some(
    (one) => one !== '',
  );
  return { limits, access: restricted ? access : undefined };
}

/** Undefined for '' and 0, which to Pure-FTPd are no limit. @throws Error */
function positive(text: string | undefined): number | undefined {
  return number(text) || undefined;
}

function number(text = ''): number {
  if (text === '') return 0;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new Error(`'${text}' is not a number, where pure-pw writes one`);
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function withoutUndefined<T extends object>(values: T): Defined<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>;
}
