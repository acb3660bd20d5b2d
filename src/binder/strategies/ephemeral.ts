// ephemeral: any free port. The control group: what most modern servers do, and what a port-20 firewall blocks.
import { ffiAvailable } from '../../net/libc.ts';
import { descriptorClaim, stockClaim } from '../claims.ts';
import type { Strategy } from '../strategy.ts';

export const ephemeral: Strategy = {
  name: 'ephemeral',
  note: 'control group: most modern servers',
  caution: null,
  options: ['IP_BIND_ADDRESS_NO_PORT'],
  holdsPort: 'never',
  defaultRetry: 'none',
  keepsPort: false,
  worksWithoutFfi: true,
  // bind(address, 0) would search the ephemeral range for a port that is free against every peer; deferred to
  // connect(2), the kernel needs only a free 4-tuple.
  claim: ({ address }) => {
    const local = { address, port: 0 };
    return ffiAvailable() ? descriptorClaim(local, { deferPort: true }) : stockClaim(local);
  },
};
