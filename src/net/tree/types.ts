// A folder and all beneath it, as one thing that is never left: what may be done in it, and how links count.

/** How a symbolic link counts: as in a chroot, not at all, or as the kernel takes it, also out of the tree. */
export const LINKS = ['inside', 'refuse', 'follow'] as const;
export type Links = (typeof LINKS)[number];

/**
 * Names from the tree's root down, [] for the root itself. Each is a byte string: one character (up to U+00FF) for each
 * byte, as Buffer's 'latin1' reads and writes them, since a name on a disk is bytes in no encoding. None is empty, `.` or
 * `..`, or has a `/` or a NUL in it.
 */
export type TreePath = readonly string[];

export type When = 'at-once' | 'in-pool';

export interface FileFacts {
  readonly type: 'file' | 'directory' | 'link' | 'other';
  /** As in stat(2). */
  readonly mode: number;
  readonly sizeBytes: number;
  readonly modifiedAtMs: number;
  /** The file's number in its file system: the same by all its names. */
  readonly inode: number;
}

/**
 * Every method throws, or rejects with, an error with `code`, the errno by name. Those that follow links do so to the end
 * of the path, as `Links` says; the others take the last name for itself, whatever it is. What may take the disk long
 * (giving back the blocks of a large file) is done beside the event loop; the others are done when they return.
 */
export interface FileTree {
  readonly links: Links;
  /** Follows. `flags` as in fs.constants. @returns a descriptor, which is the caller's to close */
  open(path: TreePath, flags: number, mode?: number): number;
  /** As `open`; undefined for ENOENT, which is quicker than an error. */
  openIfThere(path: TreePath, flags: number): number | undefined;
  /** Follows. */
  facts(path: TreePath): FileFacts;
  /** Of a link itself; of anything else the same as `facts`. */
  ownFacts(path: TreePath): FileFacts;
  /** As `ownFacts`; undefined where that fails, which is quicker than an error. */
  find(path: TreePath): FileFacts | undefined;
  /** Follows. */
  scan(path: TreePath): FolderScan;
  /** Follows. */
  chmod(path: TreePath, mode: number): void;
  /** Follows. Sets both times of the file. */
  setTimes(path: TreePath, atMs: number): void;
  /** What a link says, a byte string. EINVAL for what is none. */
  readLink(path: TreePath): string;
  /** @param mode permission bits, of which the process's umask takes its own; all unless given */
  makeFolder(path: TreePath, mode?: number): Promise<void>;
  /** Whatever is no folder; of a link the link. */
  remove(path: TreePath): Promise<void>;
  removeFolder(path: TreePath): Promise<void>;
  /** @param when `at-once`: done when it returns. What a large file gives back takes long; a thread of the pool does it unless asked */
  rename(from: TreePath, to: TreePath, when?: When): Promise<void>;
  /** Of a file, to a name that nobody has: EEXIST otherwise, and ENOTSUP where the file system cannot promise that. */
  renameNew(from: TreePath, to: TreePath, when?: When): Promise<void>;
  /**
   * Marks an open file as in use until its descriptor is closed, or its process ends; false when it is so marked by
   * another descriptor. Without the FFI other processes are not seen.
   */
  lock(fd: number): boolean;
  /** Gives the root back; nothing else may be called any more. */
  close(): void;
}

/** The names of one folder in the order of the disk, some at a time. */
export interface FolderScan {
  /** The next names, a bounded number; undefined when there are no more. */
  next(): readonly string[] | undefined;
  /** What a name leads to; of a link that leads nowhere, the link's own. Undefined for what is gone. */
  facts(name: string): FileFacts | undefined;
  /** Of a link itself. Undefined for what is gone. */
  ownFacts(name: string): FileFacts | undefined;
  close(): void;
}
