// A user as the server sees it, wherever it was found: what is served to it, and what it may do and take.

/** What a user may change. Reading and listing is for all who may log in. */
export interface Permissions {
  /** STOR, STOU, APPE of names that are new, or behind the end of a file; and what belongs to a file that was sent: MFMT, SITE CHMOD. */
  readonly upload: boolean;
  /** DELE, RMD, and whatever else takes away what is there: STOR over a file, RNTO onto one. */
  readonly delete: boolean;
  /** RNFR, RNTO. */
  readonly rename: boolean;
  /** MKD. */
  readonly makeFolder: boolean;
}

export interface User {
  /** As it is told in logs: for people, decoded. Sessions are counted and uploads are gone on with by it. */
  readonly name: string;
  /** Absolute path of the folder that is `/` to this user; the server's root unless set. */
  readonly root?: string;
  /** Where in it the user begins, as a client would write it; in `/` unless set. */
  readonly startFolder?: string;
  readonly may: Permissions;
  /** Sessions at a time, in all processes; no limit of its own unless set. */
  readonly maxSessions?: number;
  /** Of all its transfers in one process together, each way; no limit unless set. */
  readonly maxBytesPerSecond?: number;
  /** What its root may hold; an upload beyond it is 552. No limit unless set. */
  readonly quotaBytes?: number;
}

export const EVERYTHING: Permissions = { upload: true, delete: true, rename: true, makeFolder: true };
export const NOTHING: Permissions = { upload: false, delete: false, rename: false, makeFolder: false };

/** The words for the rights, in users files, flags and replies. */
export const RIGHTS = ['upload', 'delete', 'rename', 'mkdir'] as const;
export type Right = (typeof RIGHTS)[number];

const KEYS: Readonly<Record<Right, keyof Permissions>> = {
  upload: 'upload',
  delete: 'delete',
  rename: 'rename',
  mkdir: 'makeFolder',
};

export function everythingBut(denied: readonly Right[]): Permissions {
  return Object.fromEntries(
    RIGHTS.map((right) => [KEYS[right], !denied.includes(right)]),
  ) as unknown as Permissions;
}

/** The rights that are missing, by their words. */
export function deniedOf(may: Permissions): readonly Right[] {
  return RIGHTS.filter((right) => !may[KEYS[right]]);
}
