// The socket options behind each name that the probes give to a set of them.
import type { SocketOption } from '../binder/strategy.ts';
import type { BindOptions } from '../net/descriptor.ts';
import type { OptionSet } from './types.ts';

export const BIND_OPTIONS: Readonly<Record<OptionSet, BindOptions>> = {
  none: {},
  addr: { reuseAddr: true },
  port: { reusePort: true },
  both: { reuseAddr: true, reusePort: true },
};

/** The set that these make on the socket; those that no other socket's bind depends on are passed over. */
export function optionSetOf(options: readonly SocketOption[]): OptionSet {
  const addr = options.includes('SO_REUSEADDR');
  const port = options.includes('SO_REUSEPORT');
  if (addr && port) return 'both';
  if (addr) return 'addr';
  return port ? 'port' : 'none';
}
