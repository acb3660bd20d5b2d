// What is asked of whoever counts the bytes of served roots, in this process or in another.

/** For uploads that no quota ends: they are counted all the same. A number, as it is sent between processes. */
export const NO_QUOTA = Number.MAX_SAFE_INTEGER;

export interface Ledger {
  /** From now on the bytes in `root` are counted, and counted again now and then. Does not wait for it. */
  watch(root: string): void;
  /** Undefined for a root that nobody has a quota in. */
  of(root: string): RootUsage | undefined;
  /** Counts no more, and keeps nobody waiting for it; resolves when no count is under way. */
  close(): Promise<void>;
}

export interface RootUsage {
  /** An upload is about to make this file grow, which is `sizeBytes` long; none of its bytes is written before it asks. */
  begin(file: GrowingFile): Growth;
  /**
   * A file is about to be removed, replaced or cut off.
   * @returns how to tell of the bytes when that is done; to be called once, with 0 when it failed
   */
  freeing(): (bytes: number) => void;
}

export interface GrowingFile {
  readonly inode: number;
  readonly sizeBytes: number;
}

export interface Growth {
  /**
   * Asks for `neededBytes` more than it has had. Waits for a count that is needed for the answer.
   * @param limitBytes what the root may hold
   * @returns bytes that it may grow by, `neededBytes` or more; undefined when the root may not hold them
   * @throws an error with `code` ECANCELED when the answer is not waited for any more: nothing is known then
   */
  ask(neededBytes: number, limitBytes: number): Promise<number | undefined>;
  /** To be called once. @param keptBytes what it has grown by in the end */
  end(keptBytes: number): void;
}
