// What distinguishes one binder from the next: all that others need to know of it, and how it claims a local address.
import type { Socket } from 'node:net';
import type { Endpoint } from '../address.ts';
import type { BinderName, PortHold, RetryPreset } from './types.ts';

/** A local address claimed by one successful bind, still owned by the caller. */
export interface Claim {
  readonly local: Endpoint;
  /** Hands the socket to Node; afterwards `close` leaves it alone. */
  intoSocket(): Socket;
  /** Called once connect(2) was really issued, or given up: ends whatever else the claim holds. */
  connectIssued(): void;
  /** What `net.Socket.connect` needs besides the peer, where the platform binds only then. */
  readonly connectOptions?: { readonly localAddress: string; readonly localPort?: number };
  close(): void;
}

export type SocketOption = 'SO_REUSEADDR' | 'SO_REUSEPORT' | 'IP_BIND_ADDRESS_NO_PORT';

export interface Strategy {
  readonly name: BinderName;
  /** What it stands for, in one line. */
  readonly note: string;
  /** What its figures must not be taken for, said wherever they appear; null where there is nothing to mistake. */
  readonly caution: string | null;
  /** Set before bind. */
  readonly options: readonly SocketOption[];
  readonly holdsPort: PortHold;
  readonly defaultRetry: RetryPreset;
  /** Whether the source port is the one that was asked for (L-1). */
  readonly keepsPort: boolean;
  /** Whether stock Node can do the same, binding inside connect. */
  readonly worksWithoutFfi: boolean;
  /** One bind(2). @throws an error with `code` and `syscall`; FfiUnavailableError where the platform cannot */
  claim(local: Endpoint): Claim;
}
