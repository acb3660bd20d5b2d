// The descriptor below a net.Socket: the one place that looks under Node's own handle for it.
import type { Socket } from 'node:net';

/** -1 for a socket that has none: not connected yet, or closed. */
export function descriptorOf(socket: Socket): number {
  return (socket as { _handle?: { readonly fd?: number } | null })._handle?.fd ?? -1;
}
