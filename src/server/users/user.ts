// A user as the server sees it, wherever it was found: what is served to it, and what it may do and take.

/** What a user may change. Reading and listing is for all who may log in. */
export interface Permissions {
  /** STOR, STOU, APPE, and what belongs to a file that was sent: MFMT, SITE CHMOD. */
  readonly upload: boolean;
  /** DELE, RMD. */
  readonly delete: boolean;
  /** RNFR, RNTO. */
  readonly rename: boolean;
  /** MKD. */
  readonly makeFolder: boolean;
}

export interface User {
  /** As it is told in logs: for people, decoded. */
  readonly name: string;
  /** Absolute path of the folder that is `/` to this user; the server's root unless set. */
  readonly root?: string;
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
