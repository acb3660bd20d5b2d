// The names of a folder in slices: sorted while there are few enough to be held, in the order of the disk above.
import { basename } from 'node:path/posix';
import type { FileFacts, FolderScan } from '../../net/tree/types.ts';
import { SLICE_MS } from '../turns.ts';

/** Names that one listing may hold; at 255 bytes each two and a half MiB. */
const MOST_SORTED = 10_000;

/** Sorted in one go, a fraction of a millisecond; the runs are merged name by name. */
const RUN_NAMES = 1000;

/** Looking at the clock costs a fraction of what is done for one name. */
const NAMES_A_LOOK = 16;

export interface Listing {
  readonly ofFolder: boolean;
  /** Gives the next names, byte strings, to `take` until a slice of time is used up; false when there are no more. */
  slice(take: (name: string) => void): boolean;
  /** What a name leads to; of a link that leads nowhere, the link's own. Undefined for what is gone since. */
  facts(name: string): FileFacts | undefined;
  /** To be called once. */
  close(): void;
}

/** The listing of a folder. */
export class FolderListing implements Listing {
  readonly ofFolder = true;
  readonly #scan: FolderScan;
  readonly #names: Iterator<string | undefined>;

  /** @param hidden names that are not listed */
  constructor(scan: FolderScan, hidden: (name: string) => boolean = () => false) {
    this.#scan = scan;
    this.#names = inOrder(() => scan.next()?.filter((name) => !hidden(name)));
  }

  slice(take: (name: string) => void): boolean {
    const endMs = performance.now() + SLICE_MS;
    for (let names = 1; ; names++) {
      const { value, done } = this.#names.next();
      if (done === true) return false;
      if (value !== undefined) take(value);
      if ((value === undefined || names % NAMES_A_LOOK === 0) && performance.now() >= endMs) return true;
    }
  }

  facts(name: string): FileFacts | undefined {
    return this.#scan.facts(name);
  }

  close(): void {
    this.#scan.close();
  }
}

/** The listing of what is no folder: itself. */
export class FileListing implements Listing {
  readonly ofFolder = false;
  readonly #path: string;
  readonly #facts: FileFacts;

  constructor(path: string, facts: FileFacts) {
    this.#path = path;
    this.#facts = facts;
  }

  slice(take: (name: string) => void): boolean {
    take(basename(this.#path));
    return false;
  }

  facts(): FileFacts {
    return this.#facts;
  }

  close(): void {}
}

type NextNames = FolderScan['next'];

/** Undefined between the names: something was done that took its time, and there is no name yet. */
function* inOrder(next: NextNames): Generator<string | undefined, void> {
  const held: string[] = [];
  for (let some = next(); some !== undefined; some = next()) {
    for (const name of some) held.push(name);
    if (held.length > MOST_SORTED) return yield* inOrderOfDisk(held, next);
    yield undefined;
  }
  yield* sorted(held);
}

function* inOrderOfDisk(first: string[], next: NextNames): Generator<string | undefined, void> {
  yield* first.splice(0);
  for (let some = next(); some !== undefined; some = next()) {
    yield undefined;
    yield* some;
  }
}

/** By bytes. */
function* sorted(names: readonly string[]): Generator<string | undefined, void> {
  const runs: string[][] = [];
  for (let at = 0; at < names.length; at += RUN_NAMES) {
    runs.push(
      names
        .slice(at, at + RUN_NAMES)
        .sort()
        .reverse(),
    );
    yield undefined;
  }
  for (let run = runWithLeast(runs); run !== undefined; run = runWithLeast(runs)) yield run.pop();
}

/** Of runs that end with their least name; undefined when all are empty. */
function runWithLeast(runs: readonly string[][]): string[] | undefined {
  let found: string[] | undefined;
  let least: string | undefined;
  for (const run of runs) {
    const name = run.at(-1);
    if (name !== undefined && (least === undefined || name < least)) {
      found = run;
      least = name;
    }
  }
  return found;
}
