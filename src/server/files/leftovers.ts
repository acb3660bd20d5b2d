// What uploads of processes that are no more have left behind in a tree: looked for once, when a server starts.
import { openTree } from '../../net/tree/open-tree.ts';
import type { FolderScan, Links, TreePath } from '../../net/tree/types.ts';
import { inTurn, SLICE_MS } from '../turns.ts';
import { isPartName } from './part-name.ts';
import { type UploadSettings, Uploads } from './uploads.ts';

export interface ServedTree extends UploadSettings {
  readonly root: string;
  readonly links: Links;
  readonly write: boolean;
}

/**
 * Removes every part that nobody writes and that is older than this call, in slices between the sessions' work; ends early
 * with the signal. Folders that may not be read are passed over.
 */
export async function removeLeftovers(served: ServedTree, signal: AbortSignal): Promise<void> {
  if (!served.write) return; // a folder that is only read has none of ours
  const startedAtMs = Date.now();
  const tree = openTree(served.root, served.links);
  const uploads = new Uploads(tree, () => served);
  const folders: TreePath[] = [[]];
  const parts: TreePath[] = [];
  let at: { readonly path: TreePath; readonly scan: FolderScan } | undefined;

  function slice(): boolean {
    const endMs = performance.now() + SLICE_MS;
    while (performance.now() < endMs) {
      at ??= nextFolder();
      if (at === undefined) return false;
      const names = namesOf(at.scan);
      for (const name of names ?? []) visit([...at.path, name]);
      if (names === undefined) {
        at.scan.close();
        at = undefined;
      }
    }
    return true;
  }

  function nextFolder() {
    for (let path = folders.pop(); path !== undefined; path = folders.pop()) {
      try {
        return { path, scan: tree.scan(path) };
      } catch {}
    }
    return undefined;
  }

  function visit(path: TreePath): void {
    if (isPartName(path.at(-1) ?? '')) parts.push(path);
    else if (isFolder(path)) folders.push(path);
  }

  /** Of a link not what it leads to: that is visited where it is, or is not in the tree. */
  function isFolder(path: TreePath): boolean {
    try {
      return tree.ownFacts(path).type === 'directory';
    } catch {
      return false;
    }
  }

  for (let more = true; more && !signal.aborted; ) {
    more = await inTurn(slice);
    for (const part of parts.splice(0)) await uploads.removeIfFree(part, Date.now() - startedAtMs);
  }
  at?.scan.close();
  tree.close();
}

function namesOf(scan: FolderScan): readonly string[] | undefined {
  try {
    return scan.next();
  } catch {
    return undefined;
  }
}
