// One TCP socket as the kernel's tables tell of it, whichever of them was read.
import type { Endpoint } from '../address.ts';
import type { TcpState } from './tcp-states.ts';

export interface TableRow {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly state: TcpState;
  readonly uid: number;
  /** 0 for a socket that no descriptor refers to any more, such as one in TIME_WAIT. */
  readonly inode: number;
}
