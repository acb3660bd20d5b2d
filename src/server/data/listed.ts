// What the argument of LIST, NLST and STAT means: a path, options before a path, or a pattern of names.
import { type ListEntry, listingPath } from '../../ftp/listing.ts';
import { isPattern, namePattern } from '../../ftp/name-pattern.ts';
import type { SessionFileSystem } from '../files/file-system.ts';
import { Refusal } from '../refusal.ts';

/** Names looked at, folders read and names found, of one pattern: enough for `*` in any folder that a person keeps. */
const MOST_NAMES = 100_000;
const MOST_FOLDERS = 1000;
/** Each is looked up. */
const MOST_ENTRIES = 10_000;
const LOOKUPS_AT_ONCE = 64;

export type Listed =
  | { readonly kind: 'path'; readonly path: string }
  /** Found by a pattern: paths as a client would write them, at least one. */
  | { readonly kind: 'names'; readonly names: readonly string[] };

/**
 * A name that is there comes before what else its letters could mean, so that `-l` and `a*` can be listed; then come
 * options of ls(1), which every server drops; then patterns, as Unix servers answer them: of folders that match, the
 * names and not what is in them. @throws Refusal 550
 */
export async function listed(files: SessionFileSystem, argument: string): Promise<Listed> {
  if (isPlain(argument) || (await isThere(files, argument))) return { kind: 'path', path: argument };
  const path = listingPath(argument);
  if (!isPattern(path) || (path !== argument && (await isThere(files, path)))) return { kind: 'path', path };
  const names = await new Search(files).find(path);
  if (names.length === 0) throw new Refusal(550, 'No such file or directory.');
  return { kind: 'names', names };
}

/** The entries of names that a pattern found, under those names. @throws Refusal 550 when they are too many */
export async function entriesOf(files: SessionFileSystem, names: readonly string[]): Promise<ListEntry[]> {
  if (names.length > MOST_ENTRIES) throw tooMany();
  const entries: ListEntry[] = [];
  for (let from = 0; from < names.length; from += LOOKUPS_AT_ONCE) {
    const some = names.slice(from, from + LOOKUPS_AT_ONCE);
    const found = await Promise.all(some.map((name) => unlessGone(() => files.entry(name))));
    found.forEach((entry, index) => {
      if (entry !== undefined) entries.push({ ...entry, name: some[index] ?? entry.name });
    });
  }
  return entries;
}

function isPlain(argument: string): boolean {
  return !argument.startsWith('-') && !isPattern(argument);
}

async function isThere(files: SessionFileSystem, path: string): Promise<boolean> {
  return (await unlessGone(() => files.entry(path))) !== undefined;
}

async function unlessGone<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch {
    return undefined;
  }
}

class Search {
  readonly #files: SessionFileSystem;
  readonly #found: string[] = [];
  #namesLeft = MOST_NAMES;
  #foldersLeft = MOST_FOLDERS;

  constructor(files: SessionFileSystem) {
    this.#files = files;
  }

  /** In the order of the folders' names. @throws Refusal 550 beyond the bounds */
  async find(pattern: string): Promise<readonly string[]> {
    const parts = pattern.split('/').filter((part) => part !== '');
    await this.#descend(pattern.startsWith('/') ? '/' : '', parts);
    return this.#found;
  }

  /** @param folder '', or with a slash at its end */
  async #descend(folder: string, [part = '', ...rest]: readonly string[]): Promise<void> {
    const names = isPattern(part) ? await this.#matching(folder, part) : [part];
    for (const name of names) {
      if (rest.length > 0) await this.#descend(`${folder}${name}/`, rest);
      else if (isPattern(part) || (await isThere(this.#files, folder + name)))
        this.#found.push(folder + name);
    }
  }

  async #matching(folder: string, pattern: string): Promise<readonly string[]> {
    if (--this.#foldersLeft < 0) throw tooMany();
    const most = this.#namesLeft + 1;
    const names = await unlessGone(() => this.#files.names(folder, most));
    if (names === undefined) return []; // no folder, or none that may be read
    this.#namesLeft -= names.length;
    if (this.#namesLeft < 0) throw tooMany();
    const matches = namePattern(textOf(pattern));
    return names.filter((name) => matches(textOf(name)));
  }
}

/** Names are bytes: a `?` is for a character, and most are UTF-8. */
function textOf(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

function tooMany(): Refusal {
  return new Refusal(550, 'Too many names for a pattern: list the folder.');
}
