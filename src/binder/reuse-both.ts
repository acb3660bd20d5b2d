// reuse-both: SO_REUSEADDR and SO_REUSEPORT, which joins a port whatever option the others on it have set.
import { descriptorClaim, nodeBindsWithReusePort, nodeReusePortClaim } from './claims.ts';
import type { Strategy } from './strategy.ts';

export const reuseBoth: Strategy = {
  name: 'reuse-both',
  options: 'SO_REUSEADDR + SO_REUSEPORT',
  standsFor: 'the cure among strangers on the port',
  defaultRetry: 'none',
  keepsPort: true,
  worksWithoutFfi: nodeBindsWithReusePort,
  claim: (local) => nodeReusePortClaim(local) ?? descriptorClaim(local, { reuseAddr: true, reusePort: true }),
};
