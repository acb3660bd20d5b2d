// Opens a folder to be served: by the kernel's own confinement where it has one, by real paths elsewhere.
import { treeCalls } from './calls.ts';
import { KernelTree } from './kernel-tree.ts';
import { PathTree } from './path-tree.ts';
import type { FileTree, Links } from './types.ts';

/**
 * Held open by its descriptor until `close`: what is renamed or put in its place later is not what is served.
 * @throws an error with `code` for a root that is no folder
 */
export function openTree(root: string, links: Links): FileTree {
  const calls = treeCalls();
  return calls === undefined ? new PathTree(root, links) : new KernelTree(root, links, calls);
}
