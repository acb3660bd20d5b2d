// The ways to claim a local address: a descriptor that we bound ourselves, Node's own BoundSocket, or a bind in connect.
import net from 'node:net';
import type { Endpoint } from '../address.ts';
import { type BindOptions, Descriptor } from '../net/descriptor.ts';
import type { Claim } from './strategy.ts';

/** Binds now, by the FFI. `guard` is closed with the claim or as soon as connect(2) was issued. */
export function descriptorClaim(local: Endpoint, options: BindOptions, guard?: Descriptor): Claim {
  const descriptor = boundOrReleased(local, options, guard);
  return {
    local: local.port === 0 ? descriptor.localEndpoint() : local,
    intoSocket: () => descriptor.intoSocket(),
    connectIssued: () => guard?.close(),
    close() {
      descriptor.close();
      guard?.close();
    },
  };
}

function boundOrReleased(local: Endpoint, options: BindOptions, guard?: Descriptor): Descriptor {
  try {
    return Descriptor.bound(local, options);
  } catch (error) {
    guard?.close();
    throw error;
  }
}

/** Binds inside `net.Socket.connect`, where libuv sets SO_REUSEADDR: all that stock Node offers before 24.19. */
export function stockClaim(local: Endpoint): Claim {
  const { address, port } = local;
  return {
    local,
    intoSocket: () => new net.Socket({ allowHalfOpen: true }),
    connectIssued: () => {},
    connectOptions: port === 0 ? { localAddress: address } : { localAddress: address, localPort: port },
    close: () => {},
  };
}

/** The public class of Node ≥ 24.19, as far as it is used here; @types/node 20 does not have it. */
interface NodeBoundSocket {
  address(): { address: string; port: number };
  close(): void;
}
type NodeBoundSocketClass = new (options: {
  host: string;
  port: number;
  reusePort: boolean;
}) => NodeBoundSocket;

const BoundSocketClass = (net as unknown as { BoundSocket?: NodeBoundSocketClass }).BoundSocket;

export const nodeBindsWithReusePort = BoundSocketClass !== undefined;

/** Binds now, by Node itself: SO_REUSEADDR as always in libuv, and SO_REUSEPORT. Undefined before Node 24.19. */
export function nodeReusePortClaim({ address, port }: Endpoint): Claim | undefined {
  if (BoundSocketClass === undefined) return undefined;
  let bound: NodeBoundSocket | undefined = new BoundSocketClass({ host: address, port, reusePort: true });
  return {
    local: { address, port: bound.address().port },
    intoSocket() {
      const options = { handle: bound, allowHalfOpen: true };
      bound = undefined; // the Socket owns it from here on
      return new net.Socket(options as net.SocketConstructorOpts);
    },
    connectIssued: () => {},
    close() {
      bound?.close();
      bound = undefined;
    },
  };
}
