// A control connection whose local port its owner may listen on, too: the user-DTP's default data port (RFC 959 §3.2).
import { isIPv6, type Socket } from 'node:net';
import type { Endpoint } from '../../address.ts';
import { createBinder } from '../../binder/binders.ts';
import type { Scope } from '../server/scope.ts';

/** @throws DataConnectionError where it cannot be made */
export async function reuseSocket(server: Endpoint, { signal }: Scope): Promise<Socket> {
  const any = { address: isIPv6(server.address) ? '::' : '0.0.0.0', port: 0 };
  const bound = await createBinder('reuse-addr').bind(any, signal);
  const socket = await bound.connect(server, signal);
  return socket.setNoDelay(true);
}
