// What uploads of processes that are no more have left behind in a tree: looked for once, when a server starts.
import { openTree } from '../../net/tree/open-tree.ts';
import type { FileTree, Links, TreePath } from '../../net/tree/types.ts';
import { inTurn } from '../turns.ts';
import { isPartName } from './part-name.ts';
import { TreeWalk } from './tree-walk.ts';
import { type UploadSettings, Uploads } from './uploads.ts';

export interface ServedTrees extends UploadSettings {
  /** Where there may be uploads: a folder that is only read has none of ours. */
  readonly roots: readonly string[];
  readonly links: Links;
}

/**
 * Removes every part that nobody writes and that is older than this call, in slices between the sessions' work; ends early
 * with the signal.
 */
export async function removeLeftovers(served: ServedTrees, signal: AbortSignal): Promise<void> {
  const startedAtMs = Date.now();
  for (const root of served.roots) {
    const tree = treeAt(root, served.links);
    if (tree !== undefined) await removeBeneath(tree, { served, startedAtMs, signal });
  }
}

function treeAt(root: string, links: Links): FileTree | undefined {
  try {
    return openTree(root, links);
  } catch {
    return undefined; // whoever logs in there hears of it
  }
}

interface Removal {
  readonly served: UploadSettings;
  readonly startedAtMs: number;
  readonly signal: AbortSignal;
}

async function removeBeneath(tree: FileTree, { served, startedAtMs, signal }: Removal): Promise<void> {
  const uploads = new Uploads(tree, () => served);
  const parts: TreePath[] = [];
  const walk = new TreeWalk(tree, ({ name, folder, scan }) => {
    if (!isPartName(name)) return scan.ownFacts(name)?.type === 'directory';
    parts.push([...folder, name]);
    return false;
  });
  for (let more = true; more && !signal.aborted; ) {
    more = await inTurn(() => walk.slice());
    for (const part of parts.splice(0)) await uploads.removeIfFree(part, startedAtMs);
  }
  walk.close();
  tree.close();
}
