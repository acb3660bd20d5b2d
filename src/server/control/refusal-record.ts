// What the server says about a command that named a file, or asked for a data connection, and was refused before there was one.
import { channel } from 'node:diagnostics_channel';
import { errorCodeOf } from '../../errors.ts';
import type { Actor } from '../files/change-record.ts';
import { readable } from '../readable.ts';
import type { Refusal } from '../refusal.ts';

/** Subscribe with `diagnostics_channel.subscribe(REFUSAL_CHANNEL, (record) => …)`. */
export const REFUSAL_CHANNEL = 'port20:refusal';

/** Refused changes of files are told on FILE_CHANGE_CHANNEL, and not here. */
export interface RefusalRecord extends Actor {
  readonly pid: number;
  readonly command: string;
  /** As in a DataConnectionRecord; undefined for PASV and its like, which name none. */
  readonly path: string | undefined;
  readonly replyCode: number;
  /** What the client was told. */
  readonly reason: string;
  /** What the system said: `EMFILE`. Undefined when it was not the system. */
  readonly code: string | undefined;
}

const refusals = channel(REFUSAL_CHANNEL);

/** Costs nothing while nobody listens. @param path a byte string */
export function publishRefusal(
  who: () => Actor,
  { command, path }: { readonly command: string; readonly path: string | undefined },
  refusal: Refusal,
): void {
  if (refusal.told || !refusals.hasSubscribers) return;
  refusal.told = true;
  refusals.publish({
    ...who(),
    pid: process.pid,
    command,
    path: path === undefined ? undefined : readable(path),
    replyCode: refusal.replyCode,
    reason: readable(refusal.message),
    code: refusal.cause === undefined ? undefined : errorCodeOf(refusal.cause),
  } satisfies RefusalRecord);
}
