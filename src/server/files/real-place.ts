// The place behind a link: where the file is that an upload to the link is to replace, or to make.
import { errorCodeOf } from '../../errors.ts';
import type { FileTree, TreePath } from '../../net/tree/types.ts';

/** As the kernel's own bound. */
const MOST_LINKS = 40;

/**
 * `place` itself unless its last name is a link. Renaming onto a link would replace the link; what is meant is the file
 * that it leads to. Whatever is found here is used by the tree's own rules: a wrong answer leads nowhere outside.
 * @throws Error with `code` ELOOP for links in a circle
 */
export function placeBehind(tree: FileTree, place: TreePath): TreePath {
  return isLink(tree, place) ? resolved(tree, place) : place;
}

function resolved(tree: FileTree, place: TreePath): TreePath {
  const ahead = [...place].reverse();
  const done: string[] = [];
  let linksLeft = MOST_LINKS;
  for (let name = ahead.pop(); name !== undefined; name = ahead.pop()) {
    if (name === '' || name === '.') continue;
    if (name === '..') {
      done.pop();
    } else if (isLink(tree, [...done, name])) {
      if (linksLeft-- === 0) throw Object.assign(new Error('ELOOP'), { code: 'ELOOP' });
      const target = tree.readLink([...done, name]);
      if (target.startsWith('/')) done.length = 0;
      ahead.push(...target.split('/').reverse());
    } else {
      done.push(name);
    }
  }
  return done;
}

function isLink(tree: FileTree, place: TreePath): boolean {
  try {
    return tree.ownFacts(place).type === 'link';
  } catch (error) {
    if (errorCodeOf(error) === 'ENOENT') return false;
    throw error;
  }
}
