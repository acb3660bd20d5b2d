// The two ways to claim a local address: a descriptor that we bound ourselves, or Node's own bind inside connect.
import { Socket } from 'node:net';
import type { Endpoint } from '../address.ts';
import { type BindOptions, Descriptor } from '../net/descriptor.ts';
import type { Claim } from './strategy.ts';

/** Binds now, by the FFI. `guard` is closed with the claim or as soon as connect(2) was issued. */
export function descriptorClaim(local: Endpoint, options: BindOptions, guard?: Descriptor): Claim {
  const descriptor = boundOrReleased(local, options, guard);
  return {
    local: descriptor.localEndpoint(),
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
    intoSocket: () => new Socket({ allowHalfOpen: true }),
    connectIssued: () => {},
    connectOptions: port === 0 ? { localAddress: address } : { localAddress: address, localPort: port },
    close: () => {},
  };
}
