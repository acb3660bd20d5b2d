// The paths of clients: `/` is the root of what they may see, and `..` there is `/` again. Text alone; no disk is asked.
import type { TreePath } from '../../net/tree/types.ts';
import { Refusal } from '../refusal.ts';

/**
 * The place that `given` names from the folder `current`. `..` takes back the name before it, also where that is a link:
 * the folder above is the one that the client came from. `\` is a character like any other.
 * @param given a byte string, as TreePath's names are. @throws Refusal for a NUL, which no name can have
 */
export function resolvePath(current: TreePath, given: string): TreePath {
  if (given.includes('\0')) throw new Refusal(550, 'Invalid file name.');
  const names = given.startsWith('/') ? [] : [...current];
  for (const name of given.split('/')) {
    if (name === '..') names.pop();
    else if (name !== '' && name !== '.') names.push(name);
  }
  return names;
}

/** As clients write it: `/` for the root, `/a/b` for what is below. */
export function formatPath(path: TreePath): string {
  return `/${path.join('/')}`;
}
