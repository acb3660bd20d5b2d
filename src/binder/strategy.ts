// What distinguishes one binder from the next: how it claims a local address, in one bind(2), without waiting.
import type { Socket } from 'node:net';
import type { Endpoint } from '../address.ts';
import type { BinderName, RetryPreset } from './types.ts';

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

export interface Strategy {
  readonly name: BinderName;
  /** The socket options, for people. */
  readonly options: string;
  readonly standsFor: string;
  readonly defaultRetry: RetryPreset;
  /** Whether the source port is the one that was asked for (L-1). */
  readonly keepsPort: boolean;
  /** Whether stock Node can do the same, binding inside connect. */
  readonly worksWithoutFfi: boolean;
  /** One bind(2). @throws an error with `code` and `syscall`; FfiUnavailableError where the platform cannot */
  claim(local: Endpoint): Claim;
}
