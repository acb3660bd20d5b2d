// The folders that are served, by root: opened when one is first needed, shared by all sessions that have it.
import { openTree } from '../../net/tree/open-tree.ts';
import type { FileTree, Links } from '../../net/tree/types.ts';
import { type UploadSettings, Uploads } from '../files/uploads.ts';
import type { Ledger } from '../quota/ledger.ts';

export interface ServedRoot {
  readonly tree: FileTree;
  readonly uploads: Uploads;
}

export class ServedRoots {
  readonly #links: Links;
  readonly #settings: () => UploadSettings;
  readonly #ledger: Ledger;
  readonly #roots = new Map<string, ServedRoot>();

  /** @param settings asked anew for each upload */
  constructor(links: Links, settings: () => UploadSettings, ledger: Ledger) {
    this.#links = links;
    this.#settings = settings;
    this.#ledger = ledger;
  }

  /** @param root absolute path. @throws an error with `code` for a folder that cannot be opened */
  at(root: string): ServedRoot {
    const there = this.#roots.get(root);
    if (there !== undefined) return there;
    const tree = openTree(root, this.#links);
    const served = { tree, uploads: new Uploads(tree, this.#settings, () => this.#ledger.of(root)) };
    this.#roots.set(root, served);
    return served;
  }

  close(): void {
    for (const { tree, uploads } of this.#roots.values()) {
      uploads.close();
      tree.close();
    }
    this.#roots.clear();
  }
}
