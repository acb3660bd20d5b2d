// What the argument of LIST, NLST and STAT means: a path, options before a path, or a pattern of names.
import { listingPath } from '../../ftp/listing.ts';
import { isPattern, namePattern } from '../../ftp/name-pattern.ts';
import type { SessionFileSystem } from '../files/file-system.ts';
import type { Listing } from '../files/listing.ts';
import { Refusal } from '../refusal.ts';

/** Folders that stars before the last slash may find, which are held until all is sent, and names looked at for them. */
const MOST_FOLDERS = 1000;
const MOST_NAMES = 100_000;

export type Listed =
  | { readonly kind: 'path'; readonly path: string }
  /** Found by the pattern `path`, perhaps none: paths as a client would write them. Whoever gets it closes it. */
  | { readonly kind: 'found'; readonly path: string; readonly listing: Listing };

/**
 * A name that is there comes before what else its letters could mean, so that `-l` and `a*` can be listed; then come
 * options of ls(1), which every server drops; then patterns, as Unix servers answer them: of folders that match, the
 * names and not what is in them. @throws Refusal 550
 */
export async function listed(files: SessionFileSystem, argument: string): Promise<Listed> {
  if (isPlain(argument) || (await isThere(files, argument))) return { kind: 'path', path: argument };
  const path = listingPath(argument);
  if (!isPattern(path) || (path !== argument && (await isThere(files, path)))) return { kind: 'path', path };
  const parts = path.split('/').filter((part) => part !== '');
  const folders = await new FolderSearch(files).find(path.startsWith('/') ? '/' : '', parts.slice(0, -1));
  return { kind: 'found', path, listing: files.matching(folders, matcherOf(parts.at(-1) ?? '')) };
}

/** What a client is told when a pattern finds nothing. */
export function nothingFound(): Refusal {
  return new Refusal(550, 'No such file or directory.');
}

function isPlain(argument: string): boolean {
  return !argument.startsWith('-') && !isPattern(argument);
}

async function isThere(files: SessionFileSystem, path: string): Promise<boolean> {
  return files.entry(path).then(
    () => true,
    () => false,
  );
}

/** A name as it is, or a test for names. */
function matcherOf(part: string): string | ((name: string) => boolean) {
  if (!isPattern(part)) return part;
  const matches = namePattern(textOf(part));
  return (name) => matches(textOf(name));
}

class FolderSearch {
  readonly #files: SessionFileSystem;
  readonly #found: string[] = [];
  #namesLeft = MOST_NAMES;

  constructor(files: SessionFileSystem) {
    this.#files = files;
  }

  /** @returns each with a slash at its end; one that is named without a pattern may not be there. @throws Refusal 550 */
  async find(folder: string, [part, ...rest]: readonly string[]): Promise<readonly string[]> {
    if (part === undefined) {
      if (this.#found.push(folder) > MOST_FOLDERS) throw tooMany();
      return this.#found;
    }
    const matches = matcherOf(part);
    const names = typeof matches === 'string' ? [matches] : await this.#foldersIn(folder, matches);
    for (const name of names) await this.find(`${folder}${name}/`, rest);
    return this.#found;
  }

  async #foldersIn(folder: string, matches: (name: string) => boolean): Promise<readonly string[]> {
    const listing = this.#files.matching([folder], matches);
    const folders: string[] = [];
    try {
      const take = (name: string) => {
        if (--this.#namesLeft < 0) throw tooMany();
        if (listing.facts(name)?.type === 'directory') folders.push(name.slice(folder.length));
      };
      while (folders.length <= MOST_FOLDERS && (await this.#files.inTurn(() => listing.slice(take))));
      return folders;
    } finally {
      listing.close();
    }
  }
}

/** Names are bytes: a `?` is for a character, and most are UTF-8. */
function textOf(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

function tooMany(): Refusal {
  return new Refusal(550, 'Too many names for a pattern: list the folder.');
}
