// The names that a pattern finds, as a listing: looked for in folder after folder while it is read, and none of them held.
import type { FileFacts } from '../../net/tree/types.ts';
import type { Listing } from './listing.ts';

/** Names are paths as a client writes them, each behind the folder in which it was found. */
export class MatchListing implements Listing {
  readonly ofFolder = false;
  readonly #folders: Iterator<string>;
  readonly #open: (folder: string) => Listing | undefined;
  readonly #matches: (name: string) => boolean;
  #current: { readonly folder: string; readonly listing: Listing } | undefined;

  /**
   * @param folders each '', or with a slash at its end
   * @param open the names to be looked at in one of them; undefined where there is none, or it may not be read
   */
  constructor(
    folders: readonly string[],
    open: (folder: string) => Listing | undefined,
    matches: (name: string) => boolean,
  ) {
    this.#folders = folders[Symbol.iterator]();
    this.#open = open;
    this.#matches = matches;
  }

  slice(take: (name: string) => void): boolean {
    if (this.#current === undefined) return this.#enterNext();
    const { folder, listing } = this.#current;
    const more = listing.slice((name) => {
      if (this.#matches(name)) take(folder + name);
    });
    if (!more) this.close();
    return true;
  }

  /** Only of a name that is being taken. */
  facts(name: string): FileFacts | undefined {
    const { folder = '', listing } = this.#current ?? {};
    return listing?.facts(name.slice(folder.length));
  }

  close(): void {
    this.#current?.listing.close();
    this.#current = undefined;
  }

  #enterNext(): boolean {
    const { value: folder, done } = this.#folders.next();
    if (done === true) return false;
    const listing = this.#open(folder);
    if (listing !== undefined) this.#current = { folder, listing };
    return true;
  }
}
