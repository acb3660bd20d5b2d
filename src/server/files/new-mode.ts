// The permission bits of what clients make: by a umask of the server's own, or by its process's.
import { closeSync, constants, fchmodSync, fstatSync } from 'node:fs';
import type { FileTree, TreePath } from '../../net/tree/types.ts';

const { O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;

/**
 * What is made is made with these bits, of which the kernel takes those of the process's umask; what that took too much is
 * given back by descriptor. So nothing ever has more bits than it is to have, and process.umask(), which is all threads'
 * and programs' in the process, is left alone.
 */
export class NewMode {
  /** Undefined: the process's umask alone counts, and the default ACLs of folders. */
  readonly #umask: number | undefined;

  constructor(umask: number | undefined) {
    this.#umask = umask;
  }

  get ofFile(): number {
    return 0o666 & ~(this.#umask ?? 0);
  }

  get ofFolder(): number {
    return 0o777 & ~(this.#umask ?? 0);
  }

  /** To be called for a file that was opened to be made. */
  settleFile(fd: number): void {
    this.#settle(fd, this.ofFile);
  }

  /** To be called for a folder that was made. @throws an error with `code` when it is gone again */
  settleFolder(tree: FileTree, path: TreePath): void {
    if (this.#umask === undefined) return;
    const fd = tree.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK);
    try {
      this.#settle(fd, this.ofFolder);
    } finally {
      closeSync(fd);
    }
  }

  #settle(fd: number, wanted: number): void {
    if (this.#umask === undefined) return;
    const { mode } = fstatSync(fd);
    // The upper bits (a group that is inherited) stay as the folder above has them.
    if ((mode & 0o777) !== wanted) fchmodSync(fd, (mode & 0o7000) | wanted);
  }
}
