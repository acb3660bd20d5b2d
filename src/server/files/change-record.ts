// What the server says about every change of what it serves, refused ones too: one record on a diagnostics channel.
import { channel } from 'node:diagnostics_channel';
import type { Endpoint } from '../../address.ts';
import { readable } from '../readable.ts';

/** Subscribe with `diagnostics_channel.subscribe(FILE_CHANGE_CHANNEL, (record) => …)`. */
export const FILE_CHANGE_CHANNEL = 'port20:file-change';

/** Who changes files: a session, as it is logged in. */
export interface Actor {
  /** The server's number within its process: `FtpServer.id`. */
  readonly server: number;
  /** The control connection's number within its process. */
  readonly session: number;
  /** The client's end of the control connection. */
  readonly peer: Endpoint;
  readonly user: string;
}

export interface FileChangeRecord extends Actor {
  readonly pid: number;
  /** Uploads are a change once they are whole, and so seen; one that breaks is none. */
  readonly command: 'STOR' | 'APPE' | 'STOU' | 'DELE' | 'MKD' | 'RMD' | 'RNTO' | 'MFMT' | 'SITE CHMOD';
  /** As in a DataConnectionRecord; of a rename, the name until then. */
  readonly path: string;
  /** Of a rename, the name from then on. */
  readonly to?: string;
  readonly outcome: ChangeOutcome;
}

export type ChangeOutcome =
  /** `upload`: what an upload made of its file. */
  | { readonly kind: 'done'; readonly upload?: UploadChange }
  /** What the client was told. */
  | { readonly kind: 'refused'; readonly replyCode: number; readonly reason: string };

/** The file was not there before; it was, and this is all of it now; it was, and has been gone on with. */
export type UploadChange = 'created' | 'replaced' | 'appended';

/** What is to be changed: byte strings, as the client names it. */
export interface Change {
  readonly command: FileChangeRecord['command'];
  readonly path: string;
  readonly to?: string;
}

const changes = channel(FILE_CHANGE_CHANNEL);

/** Costs nothing while nobody listens. @param absolute from the client's path to the one from the root */
export function publishChange(
  actor: Actor,
  { command, path, to }: Change,
  outcome: ChangeOutcome,
  absolute: (path: string) => string,
): void {
  if (!changes.hasSubscribers) return;
  const named = (given: string) => readable(absolute(given));
  changes.publish({
    ...actor,
    pid: process.pid,
    command,
    path: named(path),
    ...(to !== undefined && { to: named(to) }),
    outcome,
  } satisfies FileChangeRecord);
}
