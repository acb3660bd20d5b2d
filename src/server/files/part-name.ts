// The hidden names under which uploads lie until they are whole, beside the names that they are for.
import { createHash } from 'node:crypto';
import type { TreePath } from '../../net/tree/types.ts';

const PART = /^\.port20-[0-9a-f]{16}-\d+\.part$/;

/** Whether a name is one of ours: no client sees it, and none can name it. */
export function isPartName(name: string): boolean {
  return PART.test(name);
}

/**
 * Parts of `owner` for the last name of `place`, by number: the same at each try, so that they can be found again.
 * @param owner any text
 */
export function partPlaces(place: TreePath, owner: string): (number: number) => TreePath {
  const key = createHash('sha256')
    .update(owner)
    .update(`\0${place.at(-1)}`, 'latin1') // a byte string
    .digest('hex')
    .slice(0, 16);
  return (number) => [...place.slice(0, -1), `.port20-${key}-${number}.part`];
}
