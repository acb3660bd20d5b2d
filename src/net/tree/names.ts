// The last name of a path, by which its folder's entry is made, removed or renamed.
import { errorCodeOf } from '../../errors.ts';
import type { TreePath } from './types.ts';

/**
 * A name that is one: calls that take it in a folder cannot be led elsewhere by it.
 * @param ofRoot what there is to say of the root, which has none. @throws Error with `code`
 */
export function requireName(path: TreePath, ofRoot: string): string {
  const name = path.at(-1);
  if (name === undefined) throw failure(ofRoot);
  if (name === '' || name === '.' || name === '..' || /[/\0]/.test(name)) throw failure('EINVAL');
  return name;
}

/** Of a file system that has no rename without replacing, or no second names for files. */
const CANNOT: readonly string[] = ['EINVAL', 'ENOSYS', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP'];

export function cannotRenameNew(error: unknown): boolean {
  return CANNOT.includes(errorCodeOf(error));
}

export function failure(code: string): Error & { readonly code: string } {
  return Object.assign(new Error(code), { code });
}
