// What uploads of processes that are no more have left behind in a tree: looked for once, when a server starts.
import { openTree } from '../../net/tree/open-tree.ts';
import type { Links, TreePath } from '../../net/tree/types.ts';
import { inTurn } from '../turns.ts';
import { isPartName } from './part-name.ts';
import { TreeWalk } from './tree-walk.ts';
import { type UploadSettings, Uploads } from './uploads.ts';

export interface ServedTree extends UploadSettings {
  readonly root: string;
  readonly links: Links;
  readonly write: boolean;
}

/**
 * Removes every part that nobody writes and that is older than this call, in slices between the sessions' work; ends early
 * with the signal.
 */
export async function removeLeftovers(served: ServedTree, signal: AbortSignal): Promise<void> {
  if (!served.write) return; // a folder that is only read has none of ours
  const startedAtMs = Date.now();
  const tree = openTree(served.root, served.links);
  const uploads = new Uploads(tree, () => served);
  const parts: TreePath[] = [];
  const walk = new TreeWalk(tree, ({ name, folder, scan }) => {
    if (!isPartName(name)) return scan.ownFacts(name)?.type === 'directory';
    parts.push([...folder, name]);
    return false;
  });
  for (let more = true; more && !signal.aborted; ) {
    more = await inTurn(() => walk.slice());
    for (const part of parts.splice(0)) await uploads.removeIfFree(part, Date.now() - startedAtMs);
  }
  walk.close();
  tree.close();
}
