// Which port the next data connection is listened for on.
import type { DataPort } from './options.ts';

/** What a session knows of its ports; undefined while there is none. */
export interface KnownPorts {
  /** The control connection's own. */
  readonly control: number | undefined;
  /** That of the last data connection. */
  readonly last: number | undefined;
}

/** 0 for a free one. */
export function portToTake(wanted: DataPort, { control, last }: KnownPorts): number {
  switch (wanted) {
    case 'fresh':
      return 0;
    case 'sticky':
      return last ?? 0;
    case 'default':
      // RFC 959 §3.2: the user-process default data port is the same as the control connection port (U).
      return control ?? 0;
    default:
      return wanted;
  }
}
