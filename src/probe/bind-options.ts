// The socket options behind each name that the probes give to a set of them.
import type { BindOptions } from '../net/descriptor.ts';
import type { OptionSet } from './types.ts';

export const BIND_OPTIONS: Readonly<Record<OptionSet, BindOptions>> = {
  none: {},
  addr: { reuseAddr: true },
  port: { reusePort: true },
  both: { reuseAddr: true, reusePort: true },
};
