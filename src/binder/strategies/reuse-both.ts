// reuse-both: SO_REUSEADDR and SO_REUSEPORT, which joins a port whatever option the others on it have set.
import { descriptorClaim, nodeBindsWithReusePort, nodeReusePortClaim } from '../claims.ts';
import type { Strategy } from '../strategy.ts';

export const reuseBoth: Strategy = {
  name: 'reuse-both',
  note: 'the cure among strangers on the port',
  caution: null,
  options: ['SO_REUSEADDR', 'SO_REUSEPORT'],
  holdsPort: 'never',
  defaultRetry: 'none',
  keepsPort: true,
  worksWithoutFfi: nodeBindsWithReusePort,
  claim: (local) => nodeReusePortClaim(local) ?? descriptorClaim(local, { reuseAddr: true, reusePort: true }),
};
