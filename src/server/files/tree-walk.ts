// Everything in a tree, visited in slices between the sessions' work.
import type { FileTree, FolderScan, TreePath } from '../../net/tree/types.ts';
import { SLICE_MS } from '../turns.ts';

export interface Visited {
  readonly name: string;
  /** Where it is. */
  readonly folder: TreePath;
  readonly scan: FolderScan;
}

/** Folders that may not be read are passed over, and links are not followed: what they lead to is visited where it is. */
export class TreeWalk {
  readonly #tree: FileTree;
  readonly #visit: (visited: Visited) => boolean;
  readonly #folders: TreePath[] = [[]];
  #at: { readonly folder: TreePath; readonly scan: FolderScan } | undefined;

  /** @param visit is asked whether this is a folder to be entered */
  constructor(tree: FileTree, visit: (visited: Visited) => boolean) {
    this.#tree = tree;
    this.#visit = visit;
  }

  /** Goes on for a slice of time; false when everything was visited. */
  slice(): boolean {
    const endMs = performance.now() + SLICE_MS;
    while (performance.now() < endMs) {
      this.#at ??= this.#nextFolder();
      if (this.#at === undefined) return false;
      const { folder, scan } = this.#at;
      const names = namesOf(scan);
      for (const name of names ?? []) {
        if (this.#visit({ name, folder, scan })) this.#folders.push([...folder, name]);
      }
      if (names === undefined) this.close();
    }
    return true;
  }

  /** Gives back what an unfinished walk holds. */
  close(): void {
    this.#at?.scan.close();
    this.#at = undefined;
  }

  #nextFolder() {
    for (let folder = this.#folders.pop(); folder !== undefined; folder = this.#folders.pop()) {
      try {
        return { folder, scan: this.#tree.scan(folder) };
      } catch {}
    }
    return undefined;
  }
}

function namesOf(scan: FolderScan): readonly string[] | undefined {
  try {
    return scan.next();
  } catch {
    return undefined;
  }
}
