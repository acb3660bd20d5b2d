// The table of strategies: every binder by its name.
import type { Strategy } from '../strategy.ts';
import type { BinderName } from '../types.ts';
import { ephemeral } from './ephemeral.ts';
import { legacy } from './legacy.ts';
import { legacyBsd } from './legacy-bsd.ts';
import { reuseAddr } from './reuse-addr.ts';
import { reuseBoth } from './reuse-both.ts';
import { reusePort } from './reuse-port.ts';

export const STRATEGIES: Readonly<Record<BinderName, Strategy>> = {
  legacy,
  'legacy-bsd': legacyBsd,
  'reuse-addr': reuseAddr,
  'reuse-port': reusePort,
  'reuse-both': reuseBoth,
  ephemeral,
};
